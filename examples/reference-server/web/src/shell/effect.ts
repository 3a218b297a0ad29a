import { useMutation, useQueryClient } from "@tanstack/vue-query";
import { computed, type Ref, reactive, ref } from "vue";
import { Failure } from "../api/client";
import { newKey } from "./request-key";

/** What an effect says and does. */
interface EffectOptions<A, R> {
  /** Does it. @param key makes repeats of one question one effect; it is made when the question is asked */
  readonly run: (about: A, key: string) => Promise<R>;
  /** Names of queries that are asked again after it. */
  readonly refresh: readonly string[];
  /** What is told when it is done. @default nothing */
  readonly told?: (result: R, about: A) => string;
  readonly after?: (result: R, about: A) => unknown;
}

/** Something that is done after a question: what it is about, whether it runs, what was wrong, field by field. */
export function useEffect<A, R>({ run, refresh, told, after }: EffectOptions<A, R>) {
  const client = useQueryClient();
  // The draft of a form is changed field by field.
  const about = ref() as Ref<A | undefined>;
  const key = ref("");
  const done = ref("");
  const mutation = useMutation({
    mutationFn: (what: A) => run(what, key.value),
    async onSuccess(result, what) {
      about.value = undefined;
      done.value = told?.(result, what) ?? "";
      await after?.(result, what);
      await Promise.all(refresh.map((name) => client.invalidateQueries({ queryKey: [name] })));
    },
    // What was refused did nothing: the corrected form is another request.
    onError(error) {
      if (error instanceof Failure && error.status < 500) key.value = newKey();
    },
  });
  const fields = computed(() => (mutation.error.value instanceof Failure ? mutation.error.value.fields : {}));
  return reactive({
    about,
    done,
    isOpen: computed(() => about.value !== undefined),
    isBusy: mutation.isPending,
    error: mutation.error,
    fields,
    ask(what: A) {
      key.value = newKey();
      done.value = "";
      mutation.reset();
      about.value = what;
    },
    close() {
      about.value = undefined;
    },
    confirm() {
      if (about.value !== undefined && !mutation.isPending.value) mutation.mutate(about.value);
    },
    /** Does it without a question: for what harms nobody and can be taken back. */
    doNow(what: A) {
      key.value = newKey();
      done.value = "";
      mutation.mutate(what);
    },
    /** What is wrong with a field, or with something inside it. */
    faultOf: (path: string) =>
      Object.entries(fields.value).find(([at]) => at === path || at.startsWith(`${path}.`))?.[1],
  });
}

/** The header of an effect. */
export function keyed(key: string) {
  return { "Idempotency-Key": key };
}
