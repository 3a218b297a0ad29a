import { defineModule } from "../../frame/module.js";
import { authMigrations } from "./migrations.js";
import { authRoutes } from "./routes.js";
import { authVariables } from "./variables.js";

/** Logins and sessions. */
export const authModule = defineModule({
  name: "auth",
  migrations: authMigrations,
  routes: authRoutes,
  config: authVariables,
});
