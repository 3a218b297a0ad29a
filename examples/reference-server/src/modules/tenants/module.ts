import { defineModule } from "../../frame/module.js";
import { tenantsMigrations } from "./migrations.js";
import { tenantRoutes } from "./routes.js";

/** Merchants and their accounts at providers. */
export const tenantsModule = defineModule({
  name: "tenants",
  migrations: tenantsMigrations,
  tenantTables: [{ name: "rk_channel_accounts", key: ["channel"] }],
  routes: tenantRoutes,
});
