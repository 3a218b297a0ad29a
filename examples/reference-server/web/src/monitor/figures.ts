import { useQuery } from "@tanstack/vue-query";
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { answer, api, serverRoot } from "../api/client";
import type { paths } from "../api/schema";
import { browserStream } from "../stream/browser-stream";
import { followStream } from "../stream/live-stream";
import { freshness, NOTHING_YET, type Reading } from "../stream/reading";

type Answer<P extends "/api/messages/statistics/realtime" | "/api/messages/statistics/trend"> =
  paths[P]["get"]["responses"][200]["content"]["application/json"];
export type Trend = Answer<"/api/messages/statistics/trend">;
/** Figures of the day. */
export type Overview = Trend["days"][number];
/** What happens now. */
export type Realtime = Omit<Answer<"/api/messages/statistics/realtime">, "at">;
/** All that the stream tells. */
type Sight = Realtime & { readonly today: Overview };

const TREND_MS = 60_000;

async function ask(signal: AbortSignal): Promise<Sight> {
  const [now, { days }] = await Promise.all([
    answer(api.GET("/api/messages/statistics/realtime", { signal })),
    answer(api.GET("/api/messages/statistics/trend", { params: { query: { days: 1 } }, signal })),
  ]);
  const [today] = days;
  if (!today) throw new TypeError("no figures of the day");
  return { ...now, today };
}

/** The figures of the monitor, and how fresh they are. */
export function useFigures(tenantId: number | undefined) {
  const now = ref(Date.now());
  const clock = setInterval(() => (now.value = Date.now()), 1_000);
  const reading = shallowRef<Reading<Sight>>(NOTHING_YET);
  const source = { event: "realtime", url: `${serverRoot}/api/messages/stream`, poll: ask };
  const stop = followStream(browserStream({ ...source, name: `recallkit ${serverRoot} ${tenantId}` }), (next) => {
    reading.value = next;
    now.value = Date.now();
  });
  onScopeDispose(() => {
    clearInterval(clock);
    stop();
  });
  const trend = useQuery({
    queryKey: ["trend"],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/messages/statistics/trend", { params: { query: { days: 7 } }, signal })),
    refetchInterval: TREND_MS,
  });
  const realtime = computed<Realtime | undefined>(() => reading.value.value);
  const today = computed(() => reading.value.value?.today);
  return { realtime, today, trend, fresh: computed(() => freshness(reading.value, now.value)) };
}
