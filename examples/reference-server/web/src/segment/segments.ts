import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";

/** A saved segment. */
export type Segment = Got<"/api/segments/{id}">;

export function useSegment(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["segment", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/segments/{id}", { params: { path: { id: toValue(id) } }, signal })),
    enabled: () => toValue(id) > 0,
  });
}
