import { computed, reactive, watch } from "vue";
import { useRoute, useRouter } from "vue-router";

/** The filter of a list as the address holds it, and the form that changes it. */
export function useListFilter<const N extends string>(names: readonly N[]) {
  const route = useRoute();
  const router = useRouter();
  const text = (name: string) => (typeof route.query[name] === "string" ? route.query[name] : "");
  // Every name is there, if only as an empty text.
  const read = () => Object.fromEntries(names.map((name) => [name, text(name)])) as Record<N, string>;
  const filter = computed(read);
  const form = reactive<Record<string, string>>(read()) as Record<N, string>;
  watch(filter, (now) => Object.assign(form, now));
  const go = (query: Readonly<Record<string, string>>) =>
    router.push({ query: Object.fromEntries(Object.entries(query).filter(([, value]) => value.trim() !== "")) });
  return {
    filter,
    form,
    page: computed(() => Math.max(1, Math.trunc(Number(text("page"))) || 1)),
    isFiltered: computed(() => names.some((name) => filter.value[name] !== "")),
    apply: () => go(form),
    reset: () => go({}),
    go,
  };
}

/** What of a filter is asked for: empty fields are left out. */
export function given<T extends object>(filter: T): { [K in keyof T]?: Exclude<T[K], ""> } {
  // What is left of a filter has its types.
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== "")) as never;
}
