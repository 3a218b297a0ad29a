import { serverModule } from "../../frame/server-module.js";
import { healthRoutes, probeRoutes } from "./routes.js";
import { databaseReadiness } from "./service.js";

/** Health of the server for people and monitors. */
export const healthModule = serverModule({
  name: "health",
  routes: healthRoutes,
  tags: { "健康 / Health": "健康状况与探针 / health and probes" },
});

/** What process managers ask; every role serves it. */
export const probesModule = serverModule({ name: "probes", routes: probeRoutes, readiness: databaseReadiness });
