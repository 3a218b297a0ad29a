import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";
import { localMinute } from "../shell/format";
import { MOST_PAGES } from "../shell/listing";

type Page<P extends "/api/ops/occurrences" | "/api/ops/batches" | "/api/ops/deliveries" | "/api/ops/attempts"> =
  paths[P]["get"]["responses"][200]["content"]["application/json"]["items"][number];

/** One time that a rule came due. */
export type Occurrence = Page<"/api/ops/occurrences">;
export type Batch = Page<"/api/ops/batches">;
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

export function useDeliveries(occurrenceId: MaybeRefOrGetter<number>, state: MaybeRefOrGetter<DeliveryState | "">) {
  return useInfiniteQuery({
    queryKey: ["deliveries", computed(() => toValue(occurrenceId)), computed(() => toValue(state))],
    queryFn: ({ pageParam, signal }) => {
      const wanted = toValue(state);
      const query = {
        occurrence_id: toValue(occurrenceId),
        limit: 50,
        ...(wanted && { state: wanted }),
        ...(pageParam && { cursor: pageParam }),
      };
      return answer(api.GET("/api/ops/deliveries", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
  });
}
