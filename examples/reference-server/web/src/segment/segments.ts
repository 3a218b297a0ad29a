import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";

import { answer, api } from "../api/client";

export function useSegment(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["segment", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/segments/{id}", { params: { path: { id: toValue(id) } }, signal })),
    enabled: () => toValue(id) > 0,
  });
}
