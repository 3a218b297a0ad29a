import { useQuery } from "@tanstack/vue-query";
import { computed, onScopeDispose, ref } from "vue";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";

type Answer<
  P extends
    | "/api/messages/statistics/overview"
    | "/api/messages/statistics/realtime"
    | "/api/messages/statistics/trend",
> = paths[P]["get"]["responses"][200]["content"]["application/json"];
export type Realtime = Answer<"/api/messages/statistics/realtime">;
export type Overview = Answer<"/api/messages/statistics/overview">;
export type Trend = Answer<"/api/messages/statistics/trend">;

const BEAT_MS = 2_000;
/** Beats missed before figures are no longer called live. */
const MISSED = 3;

/** The figures of the monitor, and how old they are. */
export function useFigures(today: () => string) {
  const now = ref(Date.now());
  const clock = setInterval(() => (now.value = Date.now()), 1_000);
  onScopeDispose(() => clearInterval(clock));
  const realtime = useQuery({
    queryKey: ["realtime"],
    queryFn: ({ signal }) => answer(api.GET("/api/messages/statistics/realtime", { signal })),
    refetchInterval: BEAT_MS,
    retry: false,
  });
  const overview = useQuery({
    queryKey: ["overview", computed(today)],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/messages/statistics/overview", { params: { query: { from: today() } }, signal })),
    refetchInterval: 5 * BEAT_MS,
  });
  const trend = useQuery({
    queryKey: ["trend"],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/messages/statistics/trend", { params: { query: { days: 7 } }, signal })),
    refetchInterval: 30 * BEAT_MS,
  });
  const age = computed(() =>
    realtime.dataUpdatedAt.value === 0
      ? undefined
      : Math.max(0, Math.round((now.value - realtime.dataUpdatedAt.value) / 1000)),
  );
  const isLive = computed(() => age.value !== undefined && age.value * 1000 < BEAT_MS * MISSED);
  return { realtime, overview, trend, age, isLive };
}
