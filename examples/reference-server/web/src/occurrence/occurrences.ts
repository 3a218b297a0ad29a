import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue, watch } from "vue";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";
import { localMinute } from "../shell/format";
import { MOST_PAGES } from "../shell/listing";

type Page<P extends "/api/ops/occurrences" | "/api/ops/batches" | "/api/ops/deliveries" | "/api/ops/attempts"> =
  paths[P]["get"]["responses"][200]["content"]["application/json"]["items"][number];

/** One time that a rule came due. */
export type Occurrence = Page<"/api/ops/occurrences">;
export type Batch = Page<"/api/ops/batches">;
/** A call to the provider: one that sent, or a question what became of one. */
export type Attempt = Page<"/api/ops/attempts">;
export type Delivery = Page<"/api/ops/deliveries">;
export type DeliveryState = Delivery["state"];

const OPEN = new Set<string>(["planned", "snapshotting", "running", "paused"]);

/** True while something may still change by itself. */
export function isOpen(occurrence: Pick<Occurrence, "state" | "deliveries"> | undefined): boolean {
  if (!occurrence) return false;
  return OPEN.has(occurrence.state) || (occurrence.deliveries.by_state.accepted ?? 0) > 0;
}

/** When it was due, in its own zone; runs by hand have no planned minute, only the instant. */
export function dueMinute({ due_at, time_zone }: Pick<Occurrence, "due_at" | "time_zone">): string {
  return localMinute(due_at, time_zone);
}

const FAST_MS = 2_000;
const SLOW_MS = 15_000;

/** Occurrences, newest first; of one rule, or of all. */
export function useOccurrences(ruleId?: MaybeRefOrGetter<number>) {
  const rule = computed(() => (ruleId === undefined ? undefined : toValue(ruleId)));
  return useInfiniteQuery({
    queryKey: ["occurrences", rule],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/ops/occurrences", {
          params: {
            query: { limit: 20, ...(rule.value && { rule_id: rule.value }), ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some(isOpen) ? SLOW_MS / 3 : SLOW_MS),
  });
}

export function useOccurrence(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["occurrence", computed(() => toValue(id))],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/ops/occurrences/{id}", { params: { path: { id: toValue(id) } }, signal })),
    refetchInterval: ({ state }) => (isOpen(state.data) ? FAST_MS : SLOW_MS),
  });
}

/** How many people are where for which reason. @param asOf changes when it is worth asking again */
export function useReasons(occurrenceId: MaybeRefOrGetter<number>, asOf: MaybeRefOrGetter<unknown>) {
  return useQuery({
    queryKey: ["reasons", computed(() => toValue(occurrenceId)), computed(() => toValue(asOf))],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/ops/deliveries/facets", { params: { query: { occurrence_id: toValue(occurrenceId) } }, signal }),
      ),
    placeholderData: (before) => before,
  });
}

/** Who of the staff has confirmed: the provider is asked, so only for whoever looks at it. */
export function useStaff(occurrenceId: MaybeRefOrGetter<number>) {
  return useInfiniteQuery({
    queryKey: ["staff", computed(() => toValue(occurrenceId))],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/ops/occurrences/{id}/staff", {
          params: { path: { id: toValue(occurrenceId) }, query: pageParam === "" ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
}

export function useBatches(occurrenceId: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["batches", computed(() => toValue(occurrenceId))],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/ops/batches", {
          params: { query: { occurrence_id: toValue(occurrenceId), limit: 100 } },
          signal,
        }),
      ),
    refetchInterval: SLOW_MS / 3,
  });
}

/** Which people of an occurrence are listed; what is empty keeps nobody out. */
export interface PeopleFilter {
  readonly state: DeliveryState | "";
  readonly reason: string;
  /** Id of a batch; 0: of any. */
  readonly batch: number;
}

/** The people of an occurrence. @param counts people by state: other counts, and what is listed is read anew */
export function useDeliveries(
  occurrenceId: MaybeRefOrGetter<number>,
  filter: MaybeRefOrGetter<PeopleFilter>,
  counts: MaybeRefOrGetter<Readonly<Record<string, number>>>,
) {
  const listed = useInfiniteQuery({
    queryKey: ["deliveries", computed(() => toValue(occurrenceId)), computed(() => toValue(filter))],
    queryFn: ({ pageParam, signal }) => {
      const { state, reason, batch } = toValue(filter);
      const query = {
        occurrence_id: toValue(occurrenceId),
        limit: 50,
        ...(state && { state }),
        ...(reason && { reason }),
        ...(batch > 0 && { batch_id: batch }),
        ...(pageParam && { cursor: pageParam }),
      };
      return answer(api.GET("/api/ops/deliveries", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
  });
  // A list that was read before everybody was in it would say "nobody" for good.
  watch(
    () => JSON.stringify(toValue(counts)),
    async () => {
      const isOnItsWay = listed.data.value === undefined;
      await listed.refetch();
      if (isOnItsWay) await listed.refetch();
    },
  );
  return listed;
}
