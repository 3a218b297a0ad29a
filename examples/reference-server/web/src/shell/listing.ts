import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { computed, type Ref, reactive, type UnwrapNestedRefs } from "vue";

/** Rows of the server as a page shows them: more of them by a cursor, or page by page with the number of all. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly error: unknown;
  /** False until the first answer. */
  readonly isReady: boolean;
  readonly isBusy: boolean;
  /** There is another page behind the cursor. */
  readonly hasMore: boolean;
  /** Of lists that are shown page by page; null of others. */
  readonly pages: { readonly page: number; readonly last: number; readonly total: number } | null;
  readonly more: () => unknown;
  readonly again: () => unknown;
  /** Of walked lists: what they are kept by, and where the first page begins that is shown; empty at the beginning. */
  readonly walk: { readonly name: string; readonly first: string } | null;
}

/** Pages of a walked list that are shown at once: two hundred rows of fifty each. */
export const MOST_PAGES = 4;

/** Where the first page begins that is shown of a walked list; empty: at its beginning. */
export function beginOf(data: { readonly pageParams: readonly unknown[] } | undefined): string {
  return String(data?.pageParams[0] ?? "");
}

interface CursorPage<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** A list that is walked by a cursor. @param filter part of the key: another filter is another list */
export function useWalk<T>(
  name: string,
  filter: Ref<unknown>,
  ask: (page: { readonly cursor?: string }, signal: AbortSignal) => Promise<CursorPage<T>>,
  options: { readonly isAsked?: () => boolean; readonly beatMs?: number } = {},
): UnwrapNestedRefs<Listing<T>> {
  const { isAsked = () => true, beatMs } = options;
  const walk = useInfiniteQuery({
    queryKey: [name, filter],
    queryFn: ({ pageParam, signal }) => ask(pageParam === "" ? {} : { cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
    enabled: isAsked,
    ...(beatMs !== undefined && { refetchInterval: beatMs }),
  });
  return reactive({
    items: computed(() => walk.data.value?.pages.flatMap((page) => page.items) ?? []),
    error: walk.error,
    isReady: computed(() => walk.data.value !== undefined),
    isBusy: walk.isFetching,
    hasMore: walk.hasNextPage,
    pages: null,
    more: () => walk.fetchNextPage(),
    again: () => walk.refetch(),
    walk: computed(() => ({ name, first: beginOf(walk.data.value) })),
  }) as UnwrapNestedRefs<Listing<T>>;
}

interface NumberedPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}

/** A list that is shown page by page. @param filter part of the key, with the number of the page */
export function useNumbered<T>(
  name: string,
  filter: Ref<unknown>,
  ask: (signal: AbortSignal) => Promise<NumberedPage<T>>,
): UnwrapNestedRefs<Listing<T>> {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: [name, filter],
    queryFn: ({ signal }) => ask(signal),
    placeholderData: (before) => before,
  });
  return reactive({
    items: computed(() => data.value?.items ?? []),
    error,
    isReady: computed(() => data.value !== undefined),
    isBusy: isFetching,
    hasMore: false,
    pages: computed(() => {
      const { total = 0, page = 1, page_size: size = 1 } = data.value ?? {};
      return { total, page, last: Math.max(1, Math.ceil(total / size)) };
    }),
    more: () => undefined,
    again: () => refetch(),
    walk: null,
  }) as UnwrapNestedRefs<Listing<T>>;
}
