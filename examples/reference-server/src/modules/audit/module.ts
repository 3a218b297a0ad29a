import { type ScheduledJob, serverModule } from "../../frame/server-module.js";
import { auditMigrations } from "./migrations.js";
import { auditRoutes } from "./routes.js";
import { purgeAudit, recordChange } from "./service.js";

const auditHousekeeping: ScheduledJob = {
  name: "audit-retention",
  title: "清理审计记录 / clean the audit log up",
  schedule: { everyMs: 3_600_000 },
  run: async (context, { signal }) => ({ audit: await purgeAudit(context, signal) }),
};

/** Who changed what. */
export const auditModule = serverModule({
  name: "audit",
  migrations: auditMigrations,
  tenantTables: [{ name: "rk_audit_log", key: ["id"], isNumbered: true }],
  routes: auditRoutes,
  permissions: { "audit:read": { summary: "查看审计记录 / see the audit log" } },
  record: recordChange,
  commands: () => import("./commands/index.js"),
  jobs: [auditHousekeeping],
});
