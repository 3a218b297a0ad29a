import { useQuery } from "@tanstack/vue-query";
import { answer, api } from "../api/client";

/** How the stores and the environment are. */
export function useDoctor() {
  return useQuery({
    queryKey: ["doctor"],
    queryFn: ({ signal }) => answer(api.GET("/api/ops/doctor", { signal })),
    staleTime: 30_000,
  });
}

/** Marks of a check: what is optional and not enabled is no fault. */
export const MARKS = { ok: "✓", off: "○", skipped: "○", failing: "✕" } as const;
