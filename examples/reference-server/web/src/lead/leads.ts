import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";

export type LeadPackage = Got<"/api/packages/{id}">;
export type DialTask = Got<"/api/tasks/{id}">;
export type NextLead = paths["/api/tasks/{id}/next-lead"]["post"]["responses"][200]["content"]["application/json"];
export type Lead = NonNullable<NextLead["lead"]>;
export const CALL_RESULTS = ["connected", "voicemail", "busy", "no_answer", "rejected"] as const;
export type CallResult = (typeof CALL_RESULTS)[number];
export const LEAD_STATES = ["ready", "callback", "done", "exhausted", "suppressed", "duplicate"] as const;

export function usePackage(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["package", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/packages/{id}", { params: { path: { id: toValue(id) } }, signal })),
  });
}

export function useTask(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["dial-task", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/tasks/{id}", { params: { path: { id: toValue(id) } }, signal })),
  });
}
