import { serverModule } from "../../frame/server-module.js";
import { docsRoutes } from "./routes.js";

/** Home page and documentation of the API. */
export const docsModule = serverModule({
  name: "docs",
  routes: docsRoutes,
  tags: { "文档 / Documentation": "本文档 / these pages" },
});
