// Two processes share one Redis and the credentials of one app.
import { randomBytes } from "node:crypto";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { startChild } from "../testing/child.js";

declare module "vitest" {
  interface ProvidedContext {
    redisUrl: string;
  }
}

const url = inject("redisUrl");
const CALLS = 500;

const CALL = `
const { openRedis, redisTokenCache } = await import("@recallkit/storage-adapters/redis");
const { keyRing } = await import("@recallkit/core/ports");
const { createWecomClient } = await import("@recallkit/wecom");
const redis = process.env.REDIS_URL && await openRedis({ url: process.env.REDIS_URL, prefix: process.env.PREFIX });
const keys = keyRing({ secretKey: "k".repeat(32) });
const client = createWecomClient({ corpId: "ww1", secret: "s", baseUrl: process.env.WECOM_BASE_URL,
  ...(redis && { tokenCache: redisTokenCache(redis, { keys }) }) });
const end_time = Math.floor(Date.now() / 1000);
// Most want the token only; some use it, and find out that it is over.
const call = async (_, n) => {
  if (n % 100 > 0) return client.getAccessToken();
  const query = { chat_type: "single", start_time: end_time - 3600, end_time };
  for await (const page of client.getGroupmsgList(query)) return page.length;
};
for (;;) {
  say("ready");
  if (await told() !== "go") break;
  await Promise.all(Array.from({ length: ${CALLS} }, call));
}
await redis?.close();
process.exit(0);`;

describe.skipIf(url === "")("two processes and one Redis (needs a server)", () => {
  async function rounds(redis: boolean): Promise<number> {
    const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
    onTestFinished(() => simulator.close());
    const shared = { REDIS_URL: url, PREFIX: `recallkit_test_${randomBytes(6).toString("hex")}:` };
    const environment = { WECOM_BASE_URL: simulator.url, ...(redis && shared) };
    const children = [1, 2].map(() => startChild(CALL, environment));
    for (let round = 0; round < 3; round++) {
      for (const child of children) expect(await child.line()).toBe("ready");
      // From the second round on the provider declares the token in use to be over.
      if (round > 0) simulator.faults.push({ on: "*", kind: "expire-token" });
      for (const child of children) child.tell("go");
    }
    for (const child of children) {
      expect(await child.line()).toBe("ready");
      child.tell("stop");
      expect(await child.ended).toBe(0);
    }
    return simulator.ledger.calls.filter(({ path }) => path === "/cgi-bin/gettoken").length;
  }

  test("ask for one token per expiry under 1 000 calls at once", { timeout: 60_000 }, async () => {
    expect(await rounds(true)).toBe(3);
  });

  test("without it, each asks for its own", { timeout: 60_000 }, async () => {
    expect(await rounds(false)).toBeGreaterThan(3);
  });
});
