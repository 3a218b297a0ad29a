import { cursorPage, idParams, instantField, pageFields } from "@recallkit/http";
import * as z from "zod";
import { type ScheduledJob, serverModule, serverRoute } from "../../frame/server-module.js";
import { ALERT_KINDS, ALERT_STATES, type Alert } from "./alert.js";
import { alertRules, alertTargets } from "./keys.js";
import { alertsMigrations } from "./migrations.js";
import { acknowledge, listAlerts } from "./store.js";
import { watchOnce } from "./watch.js";

const alertSchema = z.strictObject({
  id: z.int(),
  kind: z.enum(ALERT_KINDS),
  subject: z.string().describe("任务、渠道等；空为整体 / a job, a channel; empty for the whole"),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
  state: z.enum(ALERT_STATES),
  opened_at: instantField,
  seen_at: instantField,
  acknowledged_by: z.string().nullable(),
  recovered_at: instantField.nullable(),
  told_at: instantField.nullable(),
});

const example: z.input<typeof alertSchema> = {
  id: 3,
  kind: "job_error",
  subject: "housekeeping",
  detail: { run: 12, reason: "storage.unavailable" },
  state: "open",
  opened_at: 1_767_225_600_000,
  seen_at: 1_767_225_660_000,
  acknowledged_by: null,
  recovered_at: null,
  told_at: 1_767_225_600_000,
};

function shape({ id, kind, subject, detail, state, openedAt, seenAt, acknowledgedBy, recoveredAt, toldAt }: Alert) {
  const times = { opened_at: openedAt, seen_at: seenAt, recovered_at: recoveredAt, told_at: toldAt };
  return { id, kind, subject, detail: { ...detail }, state, acknowledged_by: acknowledgedBy, ...times };
}

const facts = { tags: ["告警 / Alerts"] } as const;

/** Looks around once a minute, in one process. */
const watchJob: ScheduledJob = {
  name: "alerts",
  title: "检查告警 / look for what is not as it should be",
  schedule: { everyMs: 60_000 },
  misfire: "skip",
  run: (context) => watchOnce(context),
};

/** Who is told when something is not as it should be. */
export const alertsModule = serverModule({
  name: "alerts",
  migrations: alertsMigrations,
  configuration: [alertRules, alertTargets],
  jobs: [watchJob],
  permissions: {
    "alerts:read": { summary: "查看告警 / see alerts" },
    // They are of the whole installation.
    "alerts:write": { summary: "确认告警 / acknowledge alerts", from: "platform" },
  },
  tags: { "告警 / Alerts": "失败率、任务、服务商、积压 / failures, jobs, providers, backlog" },
  texts: { "alert.not-found": { zh: "没有进行中的这个告警", en: "No such alert goes on" } },
  routes: [
    serverRoute({
      ...facts,
      method: "get",
      path: "/api/ops/alerts",
      auth: "alerts:read",
      summary: "告警列表 / List alerts",
      description: "最新的在前；同一问题只有一条，恢复后另起。规则与接收方见配置 `alert_rules`、`alert_targets`。",
      request: { query: z.strictObject({ ...pageFields, state: z.enum(ALERT_STATES).optional() }) },
      response: cursorPage(alertSchema),
      example: { response: { items: [example], next_cursor: null } },
      async handler({ query: { state, limit, cursor }, context }) {
        const page = await listAlerts(context.stores, { limit, cursor, ...(state && { states: [state] }) });
        return { items: page.items.map(shape), next_cursor: page.nextCursor };
      },
    }),
    serverRoute({
      ...facts,
      method: "post",
      path: "/api/ops/alerts/:id/acknowledge",
      auth: "alerts:write",
      summary: "确认告警 / Acknowledge an alert",
      description: "不再重复通知；恢复时仍会通知。",
      request: { params: idParams },
      response: alertSchema,
      errors: { 404: { description: "没有进行中的这个告警 / no such alert goes on" } },
      example: { response: { ...example, state: "acknowledged", acknowledged_by: "user:1" } },
      handler: async ({ params, session, context }) =>
        shape(await acknowledge(context.stores, params.id, session.actor)),
    }),
  ],
});
