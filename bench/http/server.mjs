// @ts-nocheck Express and zod are dependencies of the server, so their types cannot be found from here.
// One of the two servers as a process of its own; tells the port, and, when it is asked, its processor time in µs.
import { silentLogger, systemClock, systemIds } from "../../packages/core/dist/index.js";
import { toExpress } from "../../packages/http/dist/express/index.js";
import { createFrame, defineModule } from "../../packages/http/dist/index.js";
import { peerApp } from "./peer.mjs";
import { callerOf, express, routes } from "./routes.mjs";

function frameApp() {
  const context = { clock: systemClock, ids: systemIds, logger: silentLogger };
  const permissions = { "push:read": { summary: "" } };
  const frame = createFrame({
    modules: [defineModule({ name: "measured", routes, permissions })],
    // Reading routes touch neither kit nor stores.
    context: /** @type {import("../../packages/http/dist/index.js").HttpContext} */ (/** @type {unknown} */ (context)),
    authenticate: (visit) =>
      callerOf(/^Bearer +([\w-]{16,128})$/i.exec(visit.header("authorization") ?? "")?.[1] ?? ""),
  });
  return express()
    .disable("x-powered-by")
    .disable("etag")
    .use(toExpress(frame, { isLast: true }));
}

const app = process.argv[2] === "peer" ? peerApp() : frameApp();
const server = app.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : 0 });
});
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
