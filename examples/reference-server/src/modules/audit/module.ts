import { defineModule } from "../../frame/module.js";
import { auditMigrations } from "./migrations.js";
import { auditRoutes } from "./routes.js";

/** Who changed what. */
export const auditModule = defineModule({
  name: "audit",
  migrations: auditMigrations,
  tenantTables: [{ name: "rk_audit_log", key: ["id"], isNumbered: true }],
  routes: auditRoutes,
});
