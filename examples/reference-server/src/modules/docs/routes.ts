import { openApiDocument, reply } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { hasConsoleBuild } from "../console/service.js";
import { docsAssets } from "./assets.js";
import { homePage } from "./home.js";
import { page } from "./pages.js";
import { openApiFacts } from "./service.js";

const facts = { method: "get", auth: "public", tags: ["文档 / Documentation"] } as const;
const html = { produces: "text/html", response: z.string() } as const;

/** Pages about the API, and the description that they show. */
export const docsRoutes = [
  serverRoute({
    ...facts,
    ...html,
    path: "/",
    summary: "首页：控制台，没有控制台时为说明 / Home page: the console, or what there is without it",
    async handler({ context }) {
      const hasConsole = context.config.hasConsole && hasConsoleBuild();
      return hasConsole ? reply("", { status: 302, headers: { location: "console/" } }) : homePage(context);
    },
  }),
  serverRoute({
    ...facts,
    path: "/openapi.json",
    summary: "OpenAPI 3.1 描述 / OpenAPI 3.1 description",
    response: z.looseObject({ openapi: z.string() }),
    example: { response: { openapi: "3.1.1", info: { title: "RecallKit", version: "0.1.0" }, paths: {} } },
    handler: async ({ context }) => openApiDocument(context.modules, openApiFacts(context.version)),
  }),
  serverRoute({
    ...facts,
    ...html,
    path: "/docs",
    summary: "在线调试 / Try the API",
    handler: async ({ path }) =>
      page({
        title: "RecallKit API",
        body: '<div id="swagger-ui"></div>',
        styles: [beside(path, "docs/swagger-ui.css")],
        scripts: [beside(path, "docs/swagger-ui-bundle.js"), beside(path, "docs/start.js")],
      }),
  }),
  serverRoute({
    ...facts,
    ...html,
    path: "/redoc",
    summary: "接口手册 / Reference",
    handler: async ({ path }) =>
      page({
        title: "RecallKit API",
        body: '<div id="redoc"></div>',
        scripts: [beside(path, "redoc/redoc.standalone.js"), beside(path, "redoc/start.js")],
      }),
  }),
  ...docsAssets.map(({ path, contentType, load }) =>
    serverRoute({
      ...facts,
      path,
      isHidden: true,
      summary: "文档页面的文件 / part of a page",
      produces: contentType,
      response: z.string(),
      handler: async () => reply(await load(), { headers: { "cache-control": "public, max-age=3600" } }),
    }),
  ),
];

/** A file by the way from a page one level deep, wherever the routes are mounted. */
function beside(path: string, file: string): string {
  return path.endsWith("/") ? `../${file}` : file;
}
