import { instantField, reply } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { revisitHealth } from "../revisit/service.js";
import { databaseState, missingForReadiness } from "./service.js";

const facts = { method: "get", auth: "public", limit: "probe", tags: ["健康 / Health"] } as const;

const healthAnswer = z.strictObject({
  status: z.enum(["ok", "unavailable"]),
  version: z.string().optional().describe("生产环境不公开 / not told in production"),
  role: z.enum(["all", "api", "worker", "scheduler"]),
  database: z.strictObject({ engine: z.enum(["sqlite", "postgres", "mysql"]), status: z.enum(["ok", "unavailable"]) }),
  sample_push: z.enum(["running", "finished", "failed"]).nullable().describe("示例推送 / push of the sample shop"),
  revisits: z
    .strictObject({ status: z.enum(["ok", "late", "unavailable"]), last_run_at: instantField.nullable() })
    .describe("生日回访；不影响 status / birthday revisits; without effect on status"),
});

/** `/health`. */
export const healthRoutes = [
  serverRoute({
    ...facts,
    path: "/health",
    summary: "健康状况 / Health",
    response: healthAnswer,
    errors: { 503: { description: "数据库不可用 / database unavailable", schema: healthAnswer } },
    example: {
      response: {
        status: "ok",
        version: "0.1.0",
        role: "all",
        database: { engine: "sqlite", status: "ok" },
        sample_push: "finished",
        revisits: { status: "ok", last_run_at: 1_767_225_600_000 },
      },
    },
    async handler({ context }) {
      const { version, role, config, lifecycle } = context;
      const status = await databaseState(context);
      const revisits = await revisitHealth(context.stores, context.clock.now());
      const body = {
        status,
        // Whoever may ask this is anybody: in production it does not tell which faults to try.
        ...(!config.isProduction && { version }),
        role,
        database: { engine: config.database.engine, status },
        sample_push: lifecycle.samplePush?.phase ?? null,
        revisits: { status: revisits.status, last_run_at: revisits.lastRunAt },
      };
      return reply(body, { status: status === "ok" ? 200 : 503 });
    },
  }),
];

const liveAnswer = z.strictObject({ status: z.literal("ok") });
const readyAnswer = z.strictObject({
  status: z.enum(["ready", "not_ready"]),
  missing: z.record(z.string(), z.string()).describe("尚缺什么，按模块 / what is missing, by module"),
});

/** `/healthz` and `/readyz`. */
export const probeRoutes = [
  serverRoute({
    ...facts,
    path: "/healthz",
    summary: "存活探针 / Liveness",
    response: liveAnswer,
    example: { response: { status: "ok" } },
    handler: async () => ({ status: "ok" as const }),
  }),
  serverRoute({
    ...facts,
    path: "/readyz",
    summary: "就绪探针 / Readiness",
    response: readyAnswer,
    errors: { 503: { description: "未就绪 / not ready", schema: readyAnswer } },
    example: { response: { status: "ready", missing: {} } },
    async handler({ context }) {
      const missing = await missingForReadiness(context);
      const isReady = Object.keys(missing).length === 0;
      return reply({ status: isReady ? "ready" : "not_ready", missing }, { status: isReady ? 200 : 503 });
    },
  }),
];
