import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { type RecallkitAppOptions, recallkitApp, toNodeHandler } from "@recallkit/http";
import { toExpress } from "@recallkit/http/express";
import express, { type Express } from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { pushModule } from "recallkit/modules";
import { afterEach, describe, expect, test } from "vitest";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const kit = createRecallKit({ logger: silentLogger });

function recall(options: Partial<RecallkitAppOptions> = {}) {
  const authorize = () => ({ tenantId: 1, actor: "user:7", permissions: "all" as const });
  return recallkitApp(kit, { modules: [pushModule], authorize, logger: silentLogger, ...options });
}

async function served(app: Express): Promise<string> {
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  // A server that listens on a port has an address of this form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const PUSH = {
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  weekDayPushTime: [{ week: 1, time: "10:00" }],
  content: "喵～ https://shop.example/r",
  allCustomers: true,
};
let made = 0;

function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const type = { "content-type": "application/json", ...headers };
  return fetch(url, { method: "POST", headers: type, body: typeof body === "string" ? body : JSON.stringify(body) });
}

async function creates(url: string): Promise<void> {
  const answer = await post(`${url}/wechatpush/create`, { name: `push ${++made}`, ...PUSH });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ success: true })]);
  const refused = await post(`${url}/wechatpush/create`, { name: "" });
  expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ success: false })]);
}

describe("Express", () => {
  test.each(["/recall", "", "/recall/"])("mounted under /recall with the base path %j", async (basePath) => {
    const app = express();
    app.use("/recall", toExpress(recall({ basePath })));
    await creates(`${await served(app)}/recall`);
  });

  test.each(["/a/b", "", "/b"])("mounted twice over, under /a and /b, with the base path %j", async (basePath) => {
    const app = express();
    const router = express.Router();
    router.use("/b", toExpress(recall({ basePath })));
    app.use("/a", router);
    await creates(`${await served(app)}/a/b`);
  });

  test.each([
    ["express.json()", express.json()],
    ["express.raw()", express.raw({ type: () => true })],
    ["express.text()", express.text({ type: () => true })],
    ["express.urlencoded()", express.urlencoded()],
  ])("after %s of the host, with the same answers and fingerprints", async (_, parser) => {
    const plain = await served(express().use(toExpress(recall())));
    const parsed = await served(express().use(parser, toExpress(recall())));
    await creates(parsed);
    const key = { "idempotency-key": `same-${++made}` };
    const push = { name: `push ${made}`, ...PUSH };
    const first = await post(`${plain}/wechatpush/create`, push, key);
    const again = await post(`${parsed}/wechatpush/create`, push, key);
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(await again.json()).toEqual(await first.json());
    const image = await fetch(`${parsed}/api/media`, {
      method: "POST",
      body: "no image",
      headers: { "content-type": "image/png" },
    });
    expect(image.status).toBe(400);
  });

  test("hands on what is not its own, before and after", async () => {
    const app = express();
    app.use(toExpress(recall({ basePath: "/recall" })));
    app.get("/wechatpush/lists", (_request, response) => void response.send("the host's"));
    app.get("/recall/mine", (_request, response) => void response.send("the host's"));
    const url = await served(app);
    for (const path of ["/wechatpush/lists", "/recall/mine"]) {
      expect(await (await fetch(url + path)).text()).toBe("the host's");
    }
    expect((await fetch(`${url}/recall/wechatpush/lists`)).status).toBe(405);
  });

  test("two apps of one kit, each with callers of its own", async () => {
    const app = express();
    app.use(toExpress(recall({ basePath: "/staff" })));
    app.use(toExpress(recall({ basePath: "/partners", authorize: () => null })));
    const url = await served(app);
    await creates(`${url}/staff`);
    expect((await post(`${url}/partners/wechatpush/lists`, {})).status).toBe(401);
  });

  test("tells addresses as far as the host trusts its proxies", async () => {
    const seen: (string | undefined)[] = [];
    const module = { ...pushModule, record: async (_route: unknown, call: { ip: string }) => void seen.push(call.ip) };
    const app = express()
      .set("trust proxy", "loopback")
      .use(toExpress(recall({ modules: [module] })));
    const forwarded = { "x-forwarded-for": "203.0.113.9" };
    await post(`${await served(app)}/wechatpush/create`, { name: `push ${++made}`, ...PUSH }, forwarded);
    expect(seen).toEqual(["203.0.113.9"]);
  });
});

test("Fastify, with the body that its parser made", async () => {
  const handle = toNodeHandler(recall({ basePath: "/recall" }));
  const app = fastify();
  app.post("/recall/*", (request, reply) => {
    reply.hijack();
    handle(Object.assign(request.raw, { body: request.body }), reply.raw);
  });
  closers.push(() => app.close());
  await creates(`${await app.listen({ port: 0, host: "127.0.0.1" })}/recall`);
});

test("Hono, mounted under a path that it takes off", async () => {
  const app = new Hono().mount("/recall", (request) => recall({ publicPath: "/recall" }).fetch(request));
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ name: `push ${++made}`, ...PUSH }) };
  expect(await (await app.request("/recall/wechatpush/create", init)).json()).toMatchObject({ success: true });
});
