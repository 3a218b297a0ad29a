import { HttpError, type Reply, reply } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import { page } from "../docs/service.js";
import { consoleBuild } from "./files.js";

const facts = { method: "get", auth: "public", tags: ["控制台 / Console"] } as const;
const html = { produces: "text/html", response: z.string(), isHidden: true } as const;
/** Addresses in the console: `rules/12/occurrences/98`. */
const DEPTHS = ["/console", "/console/:a", "/console/:a/:b", "/console/:a/:b/:c", "/console/:a/:b/:c/:d"];

/** Its own files, nothing inline, nothing from anywhere else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join("; ");

const NOT_BUILT = `<h1>控制台尚未构建 / The console is not built</h1>
<p>请运行 <code>npm run build</code>，然后重新启动。<br>Run <code>npm run build</code> and start again.</p>`;

/** The page at a path, of a build if there is one. */
export async function consolePage(
  { config }: { readonly config: Pick<ServerContext["config"], "hasConsole"> },
  path: string,
  find: typeof consoleBuild = consoleBuild,
): Promise<Reply> {
  if (!config.hasConsole) throw new HttpError(404, "http.not-found");
  const build = await find();
  if (!build) {
    const { body, headers } = page({ title: "RecallKit", body: NOT_BUILT });
    return reply(body, { status: 503, headers });
  }
  const headers = { "content-security-policy": POLICY, "cache-control": "no-cache" };
  return reply(build.page(path), { headers });
}

/** `/console*`, the pages and files of the web console; `/monitor`, the address that the documents give its monitor. */
export const consoleRoutes = [
  ...DEPTHS.map((path) =>
    serverRoute({
      ...{ ...facts, ...html, path },
      summary: "控制台页面 / a page of the console",
      handler: async ({ context, path }) => consolePage(context, path),
    }),
  ),
  serverRoute({
    ...{ ...facts, ...html, path: "/monitor" },
    summary: "实时监控 / the live monitor",
    async handler({ context, path }) {
      if (!context.config.hasConsole) throw new HttpError(404, "http.not-found");
      const location = path.endsWith("/") ? "../console/monitor" : "console/monitor";
      return reply("", { status: 302, headers: { location } });
    },
  }),
  serverRoute({
    ...{ ...facts, path: "/console/assets/:name", isHidden: true },
    limit: "probe",
    summary: "控制台的文件 / a file of the console",
    request: { params: z.strictObject({ name: z.string().max(200) }) },
    produces: "application/octet-stream",
    response: z.instanceof(Uint8Array),
    async handler({ params, headers, context }) {
      const file = context.config.hasConsole ? (await consoleBuild())?.file(params.name) : undefined;
      if (!file) throw new HttpError(404, "http.not-found");
      const { body, encoding } = await file.load(headers["accept-encoding"] ?? "");
      return reply(body, {
        headers: {
          "content-type": file.contentType,
          "cache-control": "public, max-age=31536000, immutable",
          vary: "accept-encoding",
          ...(encoding && { "content-encoding": encoding }),
        },
      });
    },
  }),
];
