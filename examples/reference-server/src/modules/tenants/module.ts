import { serverModule } from "../../frame/server-module.js";
import { tenantsMigrations } from "./migrations.js";
import { tenantRoutes } from "./routes.js";
import { tenantsTexts } from "./texts.js";

/** Merchants and their accounts at providers. */
export const tenantsModule = serverModule({
  name: "tenants",
  migrations: tenantsMigrations,
  tenantTables: [{ name: "rk_channel_accounts", key: ["channel"] }],
  routes: tenantRoutes,
  permissions: {
    "tenant:read": { summary: "查看自己的商户 / see one's tenant", from: "staff" },
    "tenant:write": { summary: "修改自己的商户 / change one's tenant" },
    "tenants:write": { summary: "管理所有商户 / manage all tenants", from: "platform" },
  },
  texts: tenantsTexts,
  tags: { "商户 / Tenants": "商户与渠道账号 / tenants and their accounts at providers" },
  commands: () => import("./commands/index.js"),
  checks: () => import("./checks.js"),
});
