import { defineModule } from "../../frame/module.js";
import { housekeeping } from "./housekeeping.js";
import { opsRoutes } from "./routes.js";

/** What operators look at. */
export const opsModule = defineModule({ name: "ops", routes: opsRoutes, jobs: [housekeeping] });
