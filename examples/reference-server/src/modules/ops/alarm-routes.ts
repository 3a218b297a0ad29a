import {
  addressesFor,
  type CallerCall,
  cursorPage,
  defineRoute,
  idParams,
  pageFields,
  wholeNumber,
} from "@recallkit/http";
import * as z from "zod";
import { alarmExample, upcomingExample } from "./examples.js";
import { filterOf } from "./query.js";
import { alarmSchema, muteBody, mutesSchema, upcomingSchema } from "./schema.js";
import { alarmShape, mutesShape, pageAnswer, upcomingShape } from "./shapes.js";

const facts = { method: "get", auth: "ops:read", tags: ["运维 / Operations"] } as const;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LONGEST_REHEARSAL_DAYS = 31;

type Asked = Pick<CallerCall, "session" | "context">;

function kitOf({ session, context }: Asked) {
  return context.kit.forTenant(session.tenantId);
}

const count = wholeNumber(1, 200).optional().describe("默认 10 / default 10");

/** `/api/ops/alarms*` and what is due next. */
export const alarmRoutes = [
  defineRoute({
    ...facts,
    path: "/api/ops/alarms",
    summary: "告警 / Alarms",
    request: { query: z.strictObject(pageFields) },
    response: cursorPage(alarmSchema),
    example: { response: { items: [alarmExample], next_cursor: null } },
    async handler({ query, language, ...call }) {
      const { alarms } = kitOf(call);
      const shape = alarmShape(addressesFor(call.session), await alarms.muted(), language);
      return pageAnswer(await alarms.list(filterOf(query)), shape);
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    auth: "ops:write",
    path: "/api/ops/alarms/:id/acknowledge",
    summary: "确认告警 / Acknowledge an alarm",
    description: "写下谁在处理；先确认的人保留。",
    request: { params: idParams },
    response: alarmSchema,
    errors: { 404: { description: "没有这条告警 / no such alarm" } },
    example: { response: { ...alarmExample, acknowledged_by: "user:1", acknowledged_at: alarmExample.at } },
    async handler({ params, language, ...call }) {
      const { alarms } = kitOf(call);
      const alarm = await alarms.acknowledge(params.id, call.session.actor);
      return alarmShape(addressesFor(call.session), await alarms.muted(), language)(alarm);
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/alarm-mutes",
    summary: "静默中的告警 / Muted alarms",
    response: mutesSchema,
    example: { response: { items: [{ code: "missed", muted_until: alarmExample.at, by: "user:1" }] } },
    handler: async (call) => mutesShape(await kitOf(call).alarms.muted()),
  }),
  defineRoute({
    ...facts,
    method: "post",
    auth: "ops:write",
    path: "/api/ops/alarm-mutes",
    summary: "静默一类告警 / Mute alarms of a code",
    description: "静默期间不再通知任何人，记录与日志照旧；minutes 为 0 时取消。",
    request: { body: muteBody },
    response: mutesSchema,
    example: {
      request: { code: "missed", minutes: 60 },
      response: { items: [{ code: "missed", muted_until: alarmExample.at, by: "user:1" }] },
    },
    async handler({ body, ...call }) {
      const until = call.context.clock.now() + body.minutes * MINUTE_MS;
      return mutesShape(await kitOf(call).alarms.mute({ code: body.code, until, by: call.session.actor }));
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/rules/upcoming",
    summary: "接下来的推送 / What is due next",
    description: "所有规则接下来的时段，暂停的也列出；holds 是现状下不会发送的原因。",
    request: { query: z.strictObject({ count }) },
    response: upcomingSchema,
    example: { response: { items: [upcomingExample] } },
    async handler({ query, language, ...call }) {
      const slots = await kitOf(call).rules.upcoming({ count: query.count, language });
      return { items: slots.map(upcomingShape(new Map())) };
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/rules/:id/upcoming",
    summary: "一条规则接下来的推送 / What a rule does next",
    description: "`people=true` 同时预演 31 天内的时段：人群与将触达的人数。",
    request: { params: idParams, query: z.strictObject({ count, people: z.enum(["true", "false"]).optional() }) },
    response: upcomingSchema,
    errors: { 404: { description: "没有这条规则 / no such rule" } },
    example: { response: { items: [upcomingExample] } },
    async handler({ params, query, language, ...call }) {
      const kit = kitOf(call);
      const slots = await kit.rules.upcoming({ ruleId: params.id, count: query.count, language });
      const isMissing = slots.some(({ holds }) => holds.some(({ code }) => code === "channel.missing"));
      if (query.people !== "true" || isMissing || slots.length === 0)
        return { items: slots.map(upcomingShape(new Map())) };
      const last = slots.at(-1)?.dueAt ?? 0;
      const days = Math.min(LONGEST_REHEARSAL_DAYS, Math.max(1, Math.ceil((last - call.context.clock.now()) / DAY_MS)));
      const simulated = await kit.simulate(await kit.rules.get(params.id), { days });
      return { items: slots.map(upcomingShape(new Map(simulated.map((slot) => [slot.nominal, slot])))) };
    },
  }),
];
