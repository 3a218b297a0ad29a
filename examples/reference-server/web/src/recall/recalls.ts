import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";

export type RecallTask = Got<"/recalls/{id}">["data"];

const BEAT_MS = 5_000;

/** One task, asked again while it runs. */
export function useRecall(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["recall", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/recalls/{id}", { params: { path: { id: toValue(id) } }, signal })),
    select: ({ data }) => data,
    refetchInterval: ({ state }) => (state.data?.data.state === "running" ? BEAT_MS : false),
  });
}

/** Steps of a task from the list to the purchase, each with the step that it is a part of. */
export const STEPS = [
  { step: "accepted", of: "people" },
  { step: "delivered", of: "accepted" },
  { step: "viewed", of: "accepted" },
  { step: "claimed", of: "viewed" },
  { step: "redeemed", of: "claimed" },
  { step: "buyers", of: "accepted" },
] as const;
