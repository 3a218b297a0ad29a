import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";

export type RecallTask = Got<"/recalls/{id}">["data"];

const BEAT_MS = 5_000;

/** Nothing of it changes any more but what people do with their links. */
export function isOver(state: RecallTask["state"] | undefined): boolean {
  return state === "completed" || state === "cancelled";
}

/** One task, asked again while it runs. */
export function useRecall(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["recall", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/recalls/{id}", { params: { path: { id: toValue(id) } }, signal })),
    select: ({ data }) => data,
    refetchInterval: ({ state }) => (isOver(state.data?.data.state) ? false : BEAT_MS),
  });
}

/** Steps of a task from the list to the purchase, each with the step that it is a part of. */
export const STEPS = [
  { step: "accepted", of: "people" },
  { step: "delivered", of: "accepted" },
  { step: "viewed", of: "accepted" },
  { step: "claimed", of: "accepted" },
  { step: "redeemed", of: "claimed" },
  { step: "buyers", of: "accepted" },
] as const;
