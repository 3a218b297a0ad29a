import { defineModule } from "../../frame/module.js";
import { healthRoutes, probeRoutes } from "./routes.js";
import { databaseReadiness } from "./service.js";

/** Health of the server for people and monitors. */
export const healthModule = defineModule({ name: "health", routes: healthRoutes });

/** What process managers ask; every role serves it. */
export const probesModule = defineModule({ name: "probes", routes: probeRoutes, readiness: databaseReadiness });
