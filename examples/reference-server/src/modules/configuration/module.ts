import { serverModule } from "../../frame/server-module.js";
import { configurationMigrations } from "./migrations.js";
import { configurationRoutes } from "./routes.js";
import { configurationTexts } from "./texts.js";
import { configurationVariables } from "./variables.js";

/** What changes while the server runs. */
export const configurationModule = serverModule({
  name: "configuration",
  migrations: configurationMigrations,
  routes: configurationRoutes,
  permissions: {
    "config:read": { summary: "查看系统配置 / see the configuration" },
    // It is of the whole installation.
    "config:write": { summary: "修改系统配置 / change the configuration", from: "platform" },
  },
  tags: { "配置 / Configuration": "无需重启的配置 / what changes without a restart" },
  texts: configurationTexts,
  config: configurationVariables,
});
