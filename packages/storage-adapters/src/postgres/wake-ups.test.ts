import { createRecallKit, silentLogger } from "@recallkit/core";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { postgresStores } from "./postgres-stores.js";
import { newSchema, postgresUrl } from "./test-support.js";

describe.skipIf(postgresUrl === "")("wake-ups over PostgreSQL (needs a server)", () => {
  async function place() {
    const { drop, ...options } = newSchema();
    onTestFinished(drop);
    const open = async () => {
      const stores = await postgresStores({ ...options, migrate: true });
      onTestFinished(() => stores.close());
      return stores;
    };
    return { one: await open(), other: await open() };
  }

  test("reach other processes, and not the one that announced", async () => {
    const { one, other } = await place();
    const heard: string[] = [];
    const listening = [
      await one.wakeUps?.listen(() => heard.push("one")),
      await other.wakeUps?.listen(() => heard.push("other")),
    ];
    // Each is called once when it begins to listen.
    await expect.poll(() => heard.length).toBe(2);
    await one.wakeUps?.announce();
    await expect.poll(() => heard.slice(2)).toEqual(["other"]);
    for (const each of listening) await each?.close();
    await one.wakeUps?.announce();
    expect(heard).toHaveLength(3);
  });

  test("are heard again on a new connection when theirs was cut", { timeout: 60_000 }, async () => {
    const { one, other } = await place();
    let heard = 0;
    const listening = await other.wakeUps?.listen(() => heard++);
    onTestFinished(() => listening?.close());
    await expect.poll(() => heard).toBe(1);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where query like ${"LISTEN recallkit_wake%"}`.execute(
      one.sql,
    );
    // It is told of whatever it may have missed.
    await expect.poll(() => heard, { timeout: 60_000 }).toBe(2);
    await one.wakeUps?.announce();
    await expect.poll(() => heard).toBe(3);
  });

  test("let a worker that would sleep for an hour begin at once", async () => {
    const { one, other } = await place();
    const calls: number[] = [];
    const channel = {
      name: "wecom",
      addressType: "external_userid" as const,
      maxBatchSize: 10,
      specVersion: 1 as const,
      personal: false,
      capability: () => "none" as const,
      send: async ({ recipients }: { readonly recipients: readonly unknown[] }) => {
        calls.push(recipients.length);
        return recipients.map(() => ({ kind: "accepted" as const, providerMessageId: "m" }));
      },
    };
    const secretKey = "a secret key that is long enough to be one";
    const api = createRecallKit({ stores: one, logger: silentLogger, secretKey });
    const timings = { pollIntervalMs: 3_600_000, sweepIntervalMs: 3_600_000 };
    const worker = createRecallKit({ stores: other, channels: [channel], logger: silentLogger, secretKey, timings });
    await api.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]);
    const { id } = await api.rules.create({
      name: "everybody",
      segment: { everybody: true },
      validFrom: "2020-01-01",
      validTo: "2100-12-31",
      channel: "wecom",
      content: { text: "喵" },
    });
    const stop = new AbortController();
    const running = worker.run({ signal: stop.signal, roles: ["worker"] });
    // It sleeps now.
    await expect
      .poll(
        async () =>
          (await sql`select 1 from pg_stat_activity where query like ${"LISTEN recallkit_wake%"}`.execute(one.sql)).rows
            .length,
      )
      .toBeGreaterThan(0);
    await api.occurrences.runNow(id);
    await expect.poll(() => calls, { timeout: 60_000 }).toEqual([1]);
    stop.abort();
    await running;
  });

  test("a listener that is closed at once, while it connects and once it hears ends each time", async () => {
    const { one } = await place();
    for (const turns of [0, 0, 1, 2, 3, 4, 5, 6, 8, 13, 50]) {
      const listening = await one.wakeUps?.listen(() => {});
      for (let n = 0; n < turns; n += 1) await new Promise((resolve) => setImmediate(resolve));
      await listening?.close();
    }
    const hearing = sql`select 1 from pg_stat_activity where query like ${"LISTEN recallkit_wake%"}`;
    await expect.poll(async () => (await hearing.execute(one.sql)).rows).toEqual([]);
  });
});
