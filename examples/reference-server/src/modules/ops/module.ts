import { defineModule } from "../../frame/module.js";
import { opsRoutes } from "./routes.js";

/** What operators look at. */
export const opsModule = defineModule({ name: "ops", routes: opsRoutes });
