import { useQuery } from "@tanstack/vue-query";
import type { Ref } from "vue";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";

export type Run = paths["/api/v1/reminders/{code}/run"]["post"]["responses"][200]["content"]["application/json"];

/** Institutions that the caller may see, with what a run does in each. */
export function useInstitutions() {
  return useQuery({
    queryKey: ["institutions"],
    queryFn: async ({ signal }) => (await answer(api.GET("/api/v1/analytics/dashboard", { signal }))).institutions,
  });
}

/** Who has a birthday soon, over some institutions. */
export function useUpcoming(codes: Ref<readonly string[]>, days: Ref<number>) {
  return useQuery({
    queryKey: ["birthdays", codes, days],
    enabled: () => codes.value.length > 0 && Number.isInteger(days.value) && days.value >= 0,
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        codes.value.map(async (code) => {
          const query = { days_ahead: days.value, page_size: 50 };
          const params = { path: { code }, query };
          const page = await answer(api.GET("/api/v1/reminders/{code}/upcoming-birthdays", { params, signal }));
          return { total: page.total, items: page.items.map((item) => ({ code, ...item })) };
        }),
      );
      const items = pages.flatMap((page) => page.items).sort((a, b) => a.days_left - b.days_left);
      return { total: pages.reduce((sum, { total }) => sum + total, 0), items };
    },
  });
}
