import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

/** A figure that follows a form: it belongs to what the form says now, or it is not shown as known. */
export type LiveCount<T> =
  | { readonly state: "counting"; readonly last: T | undefined }
  | { readonly state: "exact"; readonly last: T }
  | { readonly state: "failed"; readonly last: T | undefined; readonly error: unknown };

/** How long a form rests before it is asked about, ms. */
const REST_MS = 300;

/**
 * Asks again whenever the question changes: after a rest, with the question before it called off, and with answers of
 * questions that are no longer asked thrown away, in whatever order they come.
 */
export function useLiveCount<Q, T>(
  question: () => Q,
  ask: (question: Q, signal: AbortSignal) => Promise<T>,
): { readonly count: Readonly<ShallowRef<LiveCount<T>>>; readonly again: () => void } {
  const count = shallowRef<LiveCount<T>>({ state: "counting", last: undefined });
  let asking: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function restart(rest: number) {
    asking?.abort();
    clearTimeout(timer);
    const mine = new AbortController();
    asking = mine;
    count.value = { state: "counting", last: count.value.last };
    timer = setTimeout(() => void settle(mine), rest);
  }

  async function settle(mine: AbortController) {
    try {
      const last = await ask(question(), mine.signal);
      if (asking === mine) count.value = { state: "exact", last };
    } catch (error) {
      if (asking === mine) count.value = { state: "failed", last: count.value.last, error };
    }
  }

  watch(
    () => JSON.stringify(question()),
    () => restart(REST_MS),
    { immediate: true },
  );
  onScopeDispose(() => {
    asking?.abort();
    clearTimeout(timer);
  });
  return { count, again: () => restart(0) };
}
