import Libsql from "libsql";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { mysqlUrl } from "../mysql/test-support.js";
import { postgresUrl } from "../postgres/test-support.js";
import { signal } from "../server-engine/test-support.js";
import { newFile } from "../sqlite/test-support.js";
import { hostKinds } from "./test-support.js";

const kinds = hostKinds.map((kind) => [`${kind.engine} by ${kind.driver}`, kind] as const);
const people = (...keys: readonly number[]) => keys.map((key) => ({ externalKey: `p${key}` }));
const kindOf = (engine: string) => hostKinds.find((kind) => kind.engine === engine && kind.driver !== "Kysely")!;

describe.each(kinds)("in a transaction on %s", (_, kind) => {
  const run = kind.isThere ? test : test.skip;

  run("a COMMIT of the host during a call waits for it, or is refused: nothing is half-written", async () => {
    const host = await kind.open();
    const { handle, write, commit } = await host.begin();
    await write(1);
    const [begun, told] = [signal(), signal()];
    async function* rows() {
      yield* people(1);
      begun.give();
      await told.given;
      yield* people(2);
    }
    const ours = host.kit.withTransaction(handle).customers.upsert(rows());
    await begun.given;
    // Where nothing can wait the handle throws; the host then commits once the call has ended.
    const committing = commit().then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );
    told.give();
    expect(await ours).toMatchObject({ inserted: 2 });
    const early = await committing;
    if (early !== undefined) {
      expect([kind.engine, early]).toEqual(["SQLite", "transaction.in-use"]);
      await commit();
    }
    expect(await host.kept()).toEqual({ notes: [1], people: 2 });
  });

  run("calls that ask a channel or work for long are refused, and the transaction goes on", async () => {
    const host = await kind.open();
    const { handle, write, commit } = await host.begin();
    const kit = host.kit.withTransaction(handle);
    const everybody = { segment: { everybody: true } } as const;
    const calls: readonly (() => unknown)[] = [
      () => kit.run(),
      () => kit.tick(),
      () => kit.reconcileFirst(),
      () => kit.retain(),
      () => kit.close(),
      () => kit.rehearse(async () => 1),
      () => kit.on(() => {}),
      () => kit.forgetChannels(),
      () => kit.sendTest(1, { addresses: ["wm1"] }),
      () => kit.audience.preview(everybody),
      () => kit.rules.obstacles({} as never),
      () => kit.occurrences.remind(1),
      () => kit.occurrences.cancel(1),
      () => kit.forTenant(1).audience.preview(everybody),
    ];
    for (const call of calls) {
      await expect((async () => call())(), String(call)).rejects.toMatchObject({ code: "transaction.refused" });
    }
    await write(1);
    await kit.customers.upsert(people(1));
    await commit();
    expect(await host.kept()).toEqual({ notes: [1], people: 1 });
  });

  run("a transaction of another engine is foreign", async () => {
    const host = await kind.open();
    for (const [engine, handle] of await strangers()) {
      if (engine === kind.engine) continue;
      const call = (async () => host.kit.withTransaction(handle).customers.upsert(people(1)))();
      await expect(call, engine).rejects.toMatchObject({ code: "transaction.foreign" });
    }
    for (const nothing of [{}, [], new Date(0), host.kit.stores]) {
      const call = (async () => host.kit.withTransaction(nothing).customers.upsert(people(1)))();
      await expect(call).rejects.toMatchObject({ code: "transaction.foreign" });
    }
    expect(await host.kept()).toEqual({ notes: [], people: 0 });
  });
});

/** An open transaction of each engine's driver. */
async function strangers(): Promise<readonly (readonly [string, object])[]> {
  const file = new Libsql(newFile());
  onTestFinished(() => void file.close());
  file.exec("BEGIN");
  const found: (readonly [string, object])[] = [["SQLite", file]];
  if (postgresUrl !== "") {
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query("BEGIN");
    found.push(["PostgreSQL", client]);
  }
  if (mysqlUrl !== "") {
    const connection = await createConnection(mysqlUrl);
    onTestFinished(() => connection.end());
    await connection.query("BEGIN");
    found.push(["MariaDB", connection]);
  }
  return found;
}

test.skipIf(postgresUrl === "")(
  "a transaction that PostgreSQL has aborted is said to be, until it is undone",
  async () => {
    const host = await kindOf("PostgreSQL").open();
    const { handle, write, commit } = await host.begin();
    const kit = host.kit.withTransaction(handle);
    const client = handle as pg.PoolClient;
    await client.query("SAVEPOINT before");
    await write(1);
    await expect(write(1)).rejects.toMatchObject({ code: "23505" });
    await expect(kit.customers.upsert(people(1))).rejects.toMatchObject({ code: "transaction.aborted" });
    await client.query("ROLLBACK TO SAVEPOINT before");
    await kit.customers.upsert(people(2));
    await commit();
    expect(await host.kept()).toEqual({ notes: [], people: 1 });
  },
);

describe.skipIf(mysqlUrl === "")("isolation on MariaDB", () => {
  async function begun(...before: readonly string[]) {
    const host = await kindOf("MariaDB").open();
    const handle = (await host.idle()) as { query(sql: string): Promise<unknown> };
    for (const statement of before) await handle.query(statement);
    return { host, handle, kit: host.kit.withTransaction(handle) };
  }
  const REPEATABLE = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
  const PLAIN = "SET SESSION innodb_snapshot_isolation = OFF";

  test("REPEATABLE READ, which would write over what it has not seen, is refused", async () => {
    const { host, handle, kit } = await begun(PLAIN, REPEATABLE, "START TRANSACTION");
    await expect(kit.customers.upsert(people(1))).rejects.toMatchObject({ code: "transaction.isolation" });
    await handle.query("INSERT INTO host_notes (id) VALUES (1)");
    await handle.query("COMMIT");
    expect(await host.kept()).toEqual({ notes: [1], people: 0 });
  });

  test.each([
    ["a transaction that was made READ COMMITTED", PLAIN, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"],
    ["one that fails over what it has not seen", "SET SESSION innodb_snapshot_isolation = ON", "DO 0"],
  ])("%s is joined though the session says REPEATABLE READ", async (_, snapshot, own) => {
    const { host, handle, kit } = await begun(snapshot, REPEATABLE, own, "START TRANSACTION");
    await kit.customers.upsert(people(1));
    await kit.customers.upsert(people(2));
    await handle.query("COMMIT");
    expect(await host.kept()).toEqual({ notes: [], people: 2 });
  });

  test("READ UNCOMMITTED is refused", async () => {
    const { kit } = await begun("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", "START TRANSACTION");
    await expect(kit.customers.upsert(people(1))).rejects.toMatchObject({ code: "transaction.isolation" });
  });
});
