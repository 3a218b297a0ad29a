import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import { useLiveCount } from "./live-count";

/** A server that answers when the test says so. */
function server() {
  const open = new Map<number, { answer(count: number): void; fail(error: Error): void; signal: AbortSignal }>();
  const ask = (question: number, signal: AbortSignal) =>
    new Promise<number>((answer, fail) => open.set(question, { answer, fail, signal }));
  return { ask, open };
}

describe("a count that follows a form", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("belongs to what the form says now, whatever order answers come in", async () => {
    const scope = effectScope();
    const form = ref(1);
    const { ask, open } = server();
    const { count } = scope.run(() => useLiveCount(() => form.value, ask))!;
    await vi.advanceTimersByTimeAsync(300);
    form.value = 2;
    await nextTick();
    expect(count.value).toEqual({ state: "counting", last: undefined });
    expect(open.get(1)?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    open.get(2)?.answer(20);
    await vi.advanceTimersByTimeAsync(0);
    open.get(1)?.answer(10);
    await vi.advanceTimersByTimeAsync(0);
    expect(count.value).toEqual({ state: "exact", last: 20 });
    scope.stop();
  });

  test("is asked once for a burst of changes", async () => {
    const scope = effectScope();
    const form = ref(0);
    const { ask, open } = server();
    scope.run(() => useLiveCount(() => form.value, ask));
    for (let key = 1; key <= 5; key += 1) {
      form.value = key;
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect([...open.keys()]).toEqual([5]);
    scope.stop();
  });

  test("is no number while it is not known, and can be asked again after a failure", async () => {
    const scope = effectScope();
    const { ask, open } = server();
    const { count, again } = scope.run(() => useLiveCount(() => 7, ask))!;
    expect(count.value).toEqual({ state: "counting", last: undefined });
    await vi.advanceTimersByTimeAsync(300);
    const fault = new Error("away");
    open.get(7)?.fail(fault);
    await vi.advanceTimersByTimeAsync(0);
    expect(count.value).toEqual({ state: "failed", last: undefined, error: fault });
    again();
    await vi.advanceTimersByTimeAsync(0);
    open.get(7)?.answer(70);
    await vi.advanceTimersByTimeAsync(0);
    expect(count.value).toEqual({ state: "exact", last: 70 });
    scope.stop();
  });

  test("asks nothing more once its page is left", async () => {
    const scope = effectScope();
    const { ask, open } = server();
    scope.run(() => useLiveCount(() => 1, ask));
    scope.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(open.size).toBe(0);
  });
});
