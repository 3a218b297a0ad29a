import { serverModule } from "../../frame/server-module.js";
import { consoleRoutes } from "./routes.js";
import { consoleVariables } from "./variables.js";

/** The web console: rules, sends, results, the live monitor. */
export const consoleModule = serverModule({
  name: "console",
  routes: consoleRoutes,
  tags: { "控制台 / Console": "网页控制台 / the web console" },
  config: consoleVariables,
});
