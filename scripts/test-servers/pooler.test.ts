// PostgreSQL behind pgbouncer: what goes through a pooler, and what is refused.
import { randomBytes } from "node:crypto";
import { storesConformance } from "@recallkit/core/conformance";
import type { Stores } from "@recallkit/core/ports";
import { postgresStores } from "@recallkit/storage-adapters/postgres";
import pg from "pg";
import { afterAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { type PoolMode, startPgbouncer } from "./pgbouncer.ts";

const direct = inject("postgresUrl");

async function pooler(mode: PoolMode) {
  const started = direct === "" ? undefined : await startPgbouncer(direct, mode);
  if (!started && direct !== "" && process.env.REQUIRE_SERVICES === "1")
    throw new Error("pgbouncer is required and not installed");
  return started;
}

async function onServer(statement: string) {
  const client = new pg.Client({ connectionString: direct });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const newSchema = () => `recallkit_pooler_${randomBytes(6).toString("hex")}`;

const transactions = await pooler("transaction");
describe.skipIf(!transactions)("PostgreSQL behind pgbouncer in transaction mode (needs pgbouncer)", () => {
  const schema = newSchema();
  const url = transactions?.url ?? "";
  afterAll(async () => {
    await transactions?.stop();
    await onServer(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
  const open = () => postgresStores({ url, schema, migrate: true });
  const reopen = (stores: Stores) => stores.close().then(open);
  for (const { name, run } of storesConformance({ open, reopen })) test(name, run);

  test("an application behind the same pooler finds the sessions as it left them", async () => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    onTestFinished(() => pool.end());
    const stores = await open();
    onTestFinished(() => stores.close());
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => stores.transaction((tx) => tx.config.put(1, `k${n}`, String(n)))),
    );
    const seen = await Promise.all(
      Array.from({ length: 4 }, () =>
        pool.query(`select (select setting from pg_settings where name = 'lock_timeout') as lock_timeout,
          (select setting from pg_settings where name = 'join_collapse_limit') as joins, current_schema() as place,
          (select count(*)::int from pg_prepared_statements) as prepared, pg_sleep(0.05)`),
      ),
    );
    for (const { rows } of seen)
      expect(rows).toMatchObject([{ lock_timeout: "0", joins: "8", place: "public", prepared: 0 }]);
  });
});

describe("PostgreSQL behind pgbouncer in other modes (needs pgbouncer)", () => {
  test("session mode works", async ({ skip }) => {
    const started = await pooler("session");
    if (!started) return skip("pgbouncer is not installed");
    onTestFinished(() => started.stop());
    const schema = newSchema();
    onTestFinished(() => onServer(`DROP SCHEMA IF EXISTS ${schema} CASCADE`).then(() => {}));
    const stores = await postgresStores({ url: started.url, schema, migrate: true });
    onTestFinished(() => stores.close());
    await stores.config.put(1, "key", "value");
    expect(await stores.config.get(1, "key")).toBe("value");
  });

  test("statement mode is refused with the reason", async ({ skip }) => {
    const started = await pooler("statement");
    if (!started) return skip("pgbouncer is not installed");
    onTestFinished(() => started.stop());
    await expect(postgresStores({ url: started.url, schema: newSchema(), migrate: true })).rejects.toMatchObject({
      code: "storage.unavailable",
      retryable: false,
      hint: expect.stringContaining("pool_mode = transaction"),
    });
  });
});
