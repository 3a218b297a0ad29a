import { defineModule } from "../../frame/module.js";
import { docsRoutes } from "./routes.js";

/** Home page and documentation of the API. */
export const docsModule = defineModule({ name: "docs", routes: docsRoutes });
