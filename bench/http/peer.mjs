// @ts-nocheck Express and zod are dependencies of the server, so their types cannot be found from here.
// Routes wired into Express one by one, with its own body parser: how the reference server did it before the frame was a package.
import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { callerOf, express, routes } from "./routes.mjs";

const readJson = express.json({
  limit: 1024 * 1024,
  strict: false,
  type: () => true,
  verify: (_request, _response, bytes, charset) => {
    if (charset === "utf-8" && !isUtf8(bytes)) throw new Error("not UTF-8");
  },
});

/** Depth and number of entries, as the frame counts them. @param {unknown} value */
function checkShape(value) {
  let level = [value];
  for (let depth = 0; level.length > 0 && depth < 32; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
}

/** @returns {import("express").Express} */
export function peerApp() {
  const app = express().disable("x-powered-by").disable("etag");
  app.use((request, response, next) => {
    response.locals.requestId = request.get("x-request-id") ?? randomUUID();
    response.set({ "x-request-id": response.locals.requestId, "cache-control": "no-store" });
    next();
  });
  app.use((request, response, next) => {
    const startedAt = Date.now();
    response.on("close", () => {
      const { route, requestId, session } = response.locals;
      void { method: request.method, route, requestId, session, ms: Date.now() - startedAt };
    });
    next();
  });
  for (const route of routes) {
    app[route.method](route.path, async (request, response) => {
      response.locals.route = route.path;
      const token = /^Bearer +([\w-]{16,128})$/i.exec(request.get("authorization") ?? "")?.[1] ?? "";
      const session = await callerOf(token);
      if (!session?.permissions.has(route.auth)) throw new Error("nobody");
      response.locals.session = session;
      if (!request.is(["application/json", "application/*+json"])) throw new Error("media type");
      await new Promise((resolve, reject) => {
        readJson(request, response, (error) => (error ? reject(error) : resolve(undefined)));
      });
      checkShape(request.body);
      const parsed = route.request.body.safeParse(request.body);
      if (!parsed.success) throw new Error("input");
      response.status(200).set({});
      response.setHeader("content-type", "application/json");
      response.end(Buffer.from(JSON.stringify(await route.handler()), "utf8"));
    });
  }
  return app;
}
