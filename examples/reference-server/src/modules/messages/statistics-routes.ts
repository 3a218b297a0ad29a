import { defineRoute, reply } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { eventStream } from "../../frame/event-stream.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Topic } from "../../frame/topic.js";
import { poolExample, poolShape } from "../concurrency/service.js";

import { batchExample } from "./message-routes.js";
import {
  type batchSchema,
  idParams,
  overviewSchema,
  periodQuery,
  realtimeSchema,
  trendQuery,
  trendSchema,
} from "./schema.js";
import { inOurTerms, messagesOf } from "./service.js";
import { batchShape, figuresShape, statisticsShape } from "./shapes.js";

const facts = { tags: ["消息 / Messages"] } as const;
const AT = 1_767_225_600_000;
const WINDOW_MS = 60_000;
/** How often a listener hears that the connection is alive, ms: three of them missed, and the figures are called old. */
const BEAT_MS = 5_000;
/** How often the figures of the day are counted for a listener, ms. */
const DAY_FIGURES_MS = 5_000;
const figures = {
  ...{ total: 3, sent: 2, delivered: 1, failed: 1, unknown: 0, open: 0, success_rate: 2 / 3, delivery_rate: 1 },
  ...{ average_ms: 12, by_status: { accepted: 1, delivered: 1, failed: 1 } },
};
const SSE = { produces: "text/event-stream", response: z.string() } as const;
/** Proxies that gather answers would hold the events back. */
const UNBUFFERED = { headers: { "x-accel-buffering": "no" } } as const;

type Messages = ReturnType<typeof messagesOf>;

/** What happens now: the last minute, and what waits. */
async function realtimeOf(messages: Messages, { clock, concurrency }: Pick<ServerContext, "clock" | "concurrency">) {
  const now = clock.now();
  const all = await messages.statistics({ from: now - WINDOW_MS, to: now });
  const { byLane, dispatching } = await messages.waiting();
  return {
    at: now,
    pool: poolShape(concurrency.pool.gauge()),
    window_ms: WINDOW_MS,
    accepted_per_second: (all.total * 1000) / WINDOW_MS,
    sent_per_second: (all.sent * 1000) / WINDOW_MS,
    last_minute: figuresShape(all),
    queue: byLane,
    dispatching,
  };
}

/** What is looked up at most once in a while, and kept meanwhile. */
function everyOften<T>(ms: number, { clock }: Pick<ServerContext, "clock">, work: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: T; readonly at: number } | undefined;
  return async () => {
    const now = clock.monotonic();
    if (kept === undefined || now - kept.at >= ms) kept = { value: await work(), at: now };
    return kept.value;
  };
}

/** All that the live monitor shows, whenever it is asked; the figures of the day are counted now and then. */
function monitorOf(context: ServerContext, tenantId: number): () => Promise<object> {
  const { messages } = context.kit.forTenant(tenantId);
  const todayOf = everyOften(DAY_FIGURES_MS, context, async () => {
    const [today] = await messages.trend({ days: 1 });
    return today && { date: today.date, ...statisticsShape(today) };
  });
  return async () => {
    const { at: _, ...now } = await realtimeOf(messages, context);
    return { ...now, today: await todayOf() };
  };
}

/** `monitor` of `/api/stream`: what `/api/messages/stream` tells. */
export const monitorTopic: Topic = {
  needs: "messages:read",
  summary: "实时监控 / the live monitor",
  open: ({ context, session }) => monitorOf(context, session.tenantId),
};

/** `/api/messages/statistics/*` and what is told as it happens. */
export const statisticsRoutes = [
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/messages/statistics/overview",
    auth: "messages:read",
    summary: "统计概览 / Figures of a period",
    description: "默认最近 7 天；success_rate = sent ÷ (sent + failed)，未知结果单列，不计入。",
    request: { query: periodQuery },
    response: overviewSchema,
    example: { response: { ...figures, channels: { sms: figures } } },
    handler: async ({ query, ...call }) => statisticsShape(await inOurTerms(() => messagesOf(call).statistics(query))),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/messages/statistics/realtime",
    auth: "messages:read",
    summary: "实时统计 / Figures of this minute",
    response: realtimeSchema,
    example: {
      response: {
        ...{ at: AT, window_ms: WINDOW_MS, accepted_per_second: 0.05, sent_per_second: 0.03, last_minute: figures },
        pool: poolExample,
        ...{ queue: { low: 0, normal: 0, high: 0, urgent: 0 }, dispatching: 0 },
      },
    },
    handler: async (call) => realtimeOf(messagesOf(call), call.context),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/messages/statistics/trend",
    auth: "messages:read",
    summary: "发送趋势 / Figures by day",
    request: { query: trendQuery },
    response: trendSchema,
    example: { response: { days: [{ date: "2026-01-01", ...figures, channels: { sms: figures } }] } },
    async handler({ query, ...call }) {
      const days = await messagesOf(call).trend(query);
      return { days: days.map(({ date, ...day }) => ({ date, ...statisticsShape(day) })) };
    },
  }),
  serverRoute({
    ...facts,
    ...SSE,
    method: "get",
    path: "/api/messages/stream",
    // It has no end: whoever walks all documented routes would wait for it. The guide names it.
    isHidden: true,
    auth: "messages:read",
    summary: "实时统计（SSE） / Figures as server-sent events",
    description:
      "事件 `realtime`：实时统计与当日统计（today）的全部数值，不是增量，变化时发送，id 标识内容；5 秒无变化时一个 `beat`。重新连接时带 Last-Event-ID，未变化的不再发送。",
    async handler({ context, session, headers }) {
      const sightOf = monitorOf(context, session.tenantId);
      const look = async () => ({ name: "realtime", data: await sightOf(), isLast: false });
      return reply(eventStream(context, look, { beatMs: BEAT_MS, seen: headers["last-event-id"] }), UNBUFFERED);
    },
  }),
  serverRoute({
    ...facts,
    ...SSE,
    method: "get",
    path: "/api/messages/batches/:id/events",
    auth: "messages:read",
    summary: "批次进度（SSE） / Progress of a batch as server-sent events",
    description: `事件 \`progress\` 与 \`end\`，数据同批次进度，例如 ${JSON.stringify(batchExample.by_status)}。`,
    request: { params: idParams },
    errors: { 404: { description: "不存在 / there is none" } },
    async handler({ params, context, session, tell }) {
      const messages = context.kit.forTenant(session.tenantId).messages;
      await messages.batch(params.id);
      const look = async () => {
        const data: z.input<typeof batchSchema> = batchShape(await messages.batch(params.id), tell);
        return { name: data.progress === 1 ? "end" : "progress", data, isLast: data.progress === 1 };
      };
      return reply(eventStream(context, look), UNBUFFERED);
    },
  }),
];
