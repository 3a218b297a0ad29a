import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { PUSH } from "../contract/shop.js";
import { runCommand } from "../testing/command-line.js";
import { engines } from "../testing/engines.js";
import { startTestServer } from "../testing/test-server.js";

const SECRETS = { SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8" };

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A shop after a push, with users, an account and everything else that a tenant can have. */
async function pushedShop(url: string): Promise<void> {
  const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
  const wecom = { WECOM_CORP_ID: "ww1", WECOM_SECRET: "s", WECOM_BASE_URL: simulator.url };
  const server = await startTestServer({ DATABASE_URL: url, ...SECRETS, ...wecom });
  try {
    const { kit } = server.context;
    await kit.customers.upsert(
      Array.from({ length: 30 }, (_, n) => ({ externalKey: `喵 ${n}😺`, externalUserId: `wm_${n}`, city: "上海" })),
    );
    await kit.orders.ingest(
      Array.from({ length: 30 }, (_, n) => ({
        externalId: `o${n}`,
        externalKey: `喵 ${n}😺`,
        orderedAt: Date.now() - n * 86_400_000,
        lines: [{ sku: "茶", quantity: 2, amount: 10 }],
      })),
      { source: "shop" },
    );
    await kit.suppressions.add({ externalKey: "喵 3😺", reason: "opt_out" });
    await kit.suppressions.add({ externalKey: "喵 4😺", reason: "opt_out" });
    await kit.customers.erase("喵 4😺");
    await kit.media.put(PNG);
    await server.post("/wechatpush/create", PUSH);
    const id = (await kit.rules.list()).items[0]?.id ?? 0;
    await server.post("/wechatpush/run", { id });
    await expect.poll(async () => (await kit.report(id)).accepted, { timeout: 60_000 }).toBe(28);
    await server.call("PUT", "/api/tenants/1/channel-accounts/wecom", { body: { corp_id: "ww1", secret: "s" } });
    await server.post("/api/users", { username: "店员", password: "a long phrase" });
  } finally {
    await server.close();
    await simulator.close();
  }
}

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const copyOf = async (from: string, to: string) => {
  const run = await runCommand(["copy", "--from", from, "--to", to, "--json"], {});
  expect(run.stderr.replace(/^.*(empty database|空数据库).*$/gm, "")).not.toContain("recallkit:");
  return run.answer;
};

describe("copy", () => {
  const available = engines.filter(({ missing }) => missing === undefined);
  const pairs = available.flatMap((from) => available.map((to) => [from.name, to.name, from, to] as const));

  test.each(pairs)(
    "from %s to %s keeps every row, and the server goes on there",
    { timeout: 60_000 },
    async (...pair) => {
      const [, , from, to] = pair;
      const folder = await scratch();
      const [source, target] = [await from.newUrl(folder), await to.newUrl(folder)];
      await pushedShop(source);
      const there = await copyOf(source, target);
      expect(there).toMatchObject({ tenant_id: 1 });
      const back = `sqlite:${join(folder, "back.db")}`;
      expect(await copyOf(target, back)).toEqual(there);

      const server = await startTestServer({
        DATABASE_URL: target,
        ...SECRETS,
        WECOM_CORP_ID: "ww1",
        WECOM_SECRET: "s",
      });
      try {
        const { kit } = server.context;
        expect(await kit.report()).toMatchObject({ accepted: 28 });
        expect((await kit.customers.export("喵 1😺")).orders).toMatchObject([{ lines: [{ sku: "茶", quantity: 2 }] }]);
        const { inserted } = await kit.customers.upsert([{ externalKey: "new" }, { externalKey: "喵 4😺" }]);
        expect(inserted).toBe(2);
        expect((await kit.customers.export("喵 4😺")).suppressions).toMatchObject([{ reason: "opt_out" }]);
        expect((await server.get("/api/users")).json).toMatchObject({ total: 2 });
        expect((await server.get("/api/tenants/1/channel-accounts")).status).toBe(200);
      } finally {
        await server.close();
      }
    },
  );

  test("goes on after an interruption, and refuses what it would spoil", async () => {
    const folder = await scratch();
    const [source, target] = [`sqlite:${join(folder, "a.db")}`, `sqlite:${join(folder, "b.db")}`];
    await pushedShop(source);
    const stop = new AbortController();
    stop.abort();
    const interrupted = await runCommand(["copy", "--from", source, "--to", target], {}, stop.signal);
    expect(interrupted.code).toBe(130);
    const copied = await copyOf(source, target);
    expect(copied).toMatchObject({
      tables: expect.arrayContaining([expect.objectContaining({ table: "rk_orders", rows: 30 })]),
    });
    const again = await runCommand(["copy", "--from", source, "--to", target], {});
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("copy.target-not-empty")]);
    const same = await runCommand(["copy", "--from", source, "--to", source], {});
    expect([same.code, same.stderr]).toEqual([2, expect.stringContaining("--to")]);
    const nobody = await runCommand(
      ["copy", "--from", source, "--to", `sqlite:${join(folder, "c.db")}`, "--tenant", "9"],
      {},
    );
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining("tenant.not-found")]);
  });
});
