import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";

const POOL = { core_pool_size: 20, max_pool_size: 100, scale_up_threshold: 0.8, scale_down_threshold: 0.2 };

/** A Nacos that answers what a real one answers: with a login, by namespace, group and data id. */
async function startNacos() {
  const documents = new Map<string, string>();
  let token = "t1";
  let isAway = false;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const url = new URL(request.url ?? "", "http://nacos");
    const answer = (status: number, json: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    };
    if (isAway) return answer(503, {});
    if (request.method === "POST" && url.pathname === "/nacos/v1/auth/login") {
      const form = new URLSearchParams(body);
      const isKnown = form.get("username") === "nacos" && form.get("password") === "p";
      return isKnown ? answer(200, { accessToken: token, tokenTtl: 18_000 }) : answer(403, { message: "unknown user" });
    }
    if (request.method !== "GET" || url.pathname !== "/nacos/v2/cs/config") return answer(404, {});
    if (request.headers.accesstoken !== token)
      return answer(403, { code: 10_001, message: "access denied", data: null });
    const { namespaceId = "public", group, dataId } = Object.fromEntries(url.searchParams);
    if (!group || !dataId) return answer(400, { code: 10_000, message: "parameter missing", data: null });
    const found = documents.get(`${namespaceId}/${group}/${dataId}`);
    if (found === undefined)
      return answer(404, { code: 20_004, message: "resource not found", data: "config data not exist" });
    answer(200, { code: 0, message: "success", data: found });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/nacos`,
    publish: (value: unknown) => {
      documents.set("shop/DEFAULT_GROUP/recallkit.json", typeof value === "string" ? value : JSON.stringify(value));
    },
    expireTokens: () => {
      token = `${token}x`;
    },
    setAway: (value: boolean) => {
      isAway = value;
    },
    close: () => new Promise((done) => server.close(done)),
  };
}

let nacos: Awaited<ReturnType<typeof startNacos>>;
let server: TestServer;
const told: string[] = [];
beforeAll(async () => {
  nacos = await startNacos();
  const note = (event: string, fields?: Readonly<Record<string, unknown>>) =>
    told.push(`${event} ${JSON.stringify(fields)}`);
  const environment = { NACOS_URL: nacos.url, NACOS_NAMESPACE: "shop", NACOS_USERNAME: "nacos", NACOS_PASSWORD: "p" };
  server = await startTestServer(environment, { logger: { debug() {}, info() {}, warn: note, error: note } });
});
afterAll(async () => {
  await server.close();
  await nacos.close();
});
beforeEach(() => {
  told.length = 0;
});

const core = async () => {
  const { config } = (await server.get("/api/admin/config")).json as { config: { message_sender: typeof POOL } };
  return config.message_sender.core_pool_size;
};

test("the configuration follows a Nacos, with history", async () => {
  expect(await core()).toBe(10);
  nacos.publish({ message_sender: POOL });
  await expect.poll(core).toBe(20);
  nacos.expireTokens();
  nacos.publish({ message_sender: { ...POOL, core_pool_size: 30 } });
  await expect.poll(core).toBe(30);
  const { json } = await server.get("/api/config/configs/1/history");
  expect(json).toMatchObject({
    items: [
      { version: 2, actor: "nacos" },
      { version: 1, actor: "nacos" },
    ],
  });
});

test("a value that its key refuses changes nothing, and the others are taken", async () => {
  const limits = { qps: 5, concurrent: 5 };
  nacos.publish({ message_sender: { ...POOL, core_pool_size: -1 }, no_such: 1, api_send_message: limits });
  const inForce = async () => (await server.get("/api/admin/config")).json;
  await expect.poll(inForce).toMatchObject({ config: { api_send_message: limits } });
  expect(await core()).toBe(30);
  expect(told.toSorted()).toEqual([
    'config.source-refused {"source":"nacos","key":"message_sender","code":"input.invalid"}',
    'config.source-refused {"source":"nacos","key":"no_such","code":"config.unknown-key"}',
  ]);
});

test("a Nacos that is away, or holds no JSON, leaves everything as it is and is told once", async () => {
  nacos.setAway(true);
  await expect.poll(() => told).toEqual([expect.stringContaining("config.source-away")]);
  expect(await core()).toBe(30);
  nacos.publish("core_pool_size=7");
  nacos.setAway(false);
  nacos.publish({ message_sender: { ...POOL, core_pool_size: 50 } });
  await expect.poll(core).toBe(50);
});
