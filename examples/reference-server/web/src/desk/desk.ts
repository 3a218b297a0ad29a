import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";

export type Project = Got<"/api/projects/{id}">;
export type Ticket = Got<"/api/tickets/{id}">;
export type Stage = Project["stage"];
export const STAGES = ["pre_sales", "in_sales", "after_sales", "lost", "closed"] as const;
export const TICKET_STATES = ["queued", "assigned", "solved", "confirmed", "merged"] as const;
export const TICKET_KINDS = ["consult", "progress", "after_sales", "complaint", "invoice", "other"] as const;
export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;

/** Stages that a project can go to next. */
export const NEXT_STAGES: Readonly<Record<Stage, readonly Stage[]>> = {
  pre_sales: ["in_sales", "lost"],
  in_sales: ["after_sales", "lost"],
  after_sales: ["closed"],
  lost: ["pre_sales"],
  closed: ["after_sales"],
};

export function useProject(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["project", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/projects/{id}", { params: { path: { id: toValue(id) } }, signal })),
  });
}

const BEAT_MS = 15_000;

export function useTicket(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["ticket", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/tickets/{id}", { params: { path: { id: toValue(id) } }, signal })),
    refetchInterval: BEAT_MS,
  });
}

const MOST_STAFF = 200;

/** Who works at the desk, and their names. */
export function useStaff(isAsked: () => boolean) {
  const { data } = useQuery({
    queryKey: ["desk-staff"],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/desk/staff", { params: { query: { page_size: MOST_STAFF } }, signal })),
    staleTime: 60_000,
    enabled: isAsked,
  });
  const staff = computed(
    () => data.value?.items.filter(({ role, left_at }) => role !== "customer" && left_at === null) ?? [],
  );
  const nameOf = (id: number | null) =>
    id === null ? "—" : (data.value?.items.find((one) => one.id === id)?.name ?? `#${id}`);
  return { staff, nameOf };
}
