import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { beginOf, MOST_PAGES } from "../shell/listing";

interface Portion<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** A list that is read on from where it was left, begun anew whenever the filter changes. */
export function useKeyset<T>(
  name: string,
  filter: Ref<object>,
  ask: (cursor: string | undefined, signal: AbortSignal) => Promise<Portion<T>>,
) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [name, filter],
    queryFn: ({ pageParam, signal }) => ask(pageParam === "" ? undefined : pageParam, signal),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
  });
  const items = computed(() => data.value?.pages.flatMap((page) => page.items));
  const first = computed(() => beginOf(data.value));
  return { items, first, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage };
}
