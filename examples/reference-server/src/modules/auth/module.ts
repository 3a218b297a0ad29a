import { defineModule } from "../../frame/module.js";
import { authMigrations } from "./migrations.js";
import { authRoutes } from "./routes.js";
import { authVariables } from "./variables.js";

/** Logins and sessions. */
export const authModule = defineModule({
  name: "auth",
  migrations: authMigrations,
  // Sessions stay behind: everybody logs in anew.
  tenantTables: [
    { name: "rk_memberships", key: ["user_id"] },
    { name: "rk_api_keys", key: ["id"], isNumbered: true },
  ],
  routes: authRoutes,
  config: authVariables,
});
