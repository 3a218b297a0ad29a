import { AsyncResource } from "node:async_hooks";
import { CompiledQuery } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SqliteDriver, SqliteHandle } from "./handle.js";
import { drivers, newFile, openTest, virtualClock } from "./test-support.js";

/** A promise and the function that fulfils it: holds code at a known point. */
function barrier(): { readonly reached: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { reached, open };
}

/** Another connection to the file, as another process would have it. */
function stranger(driver: SqliteDriver, file: string): SqliteHandle {
  const handle = driver.open(file);
  onTestFinished(() => handle.close());
  return handle;
}

const count = CompiledQuery.raw("SELECT count(*) AS n FROM note") as CompiledQuery<{ n: number }>;

describe.each(drivers)("transactions through $name", (driver) => {
  const { name } = driver;

  test("two of them never overlap, the second begins after the first has committed", async () => {
    const db = await openTest({ driver: name });
    const [inside, proceed] = [barrier(), barrier()];
    const log: string[] = [];
    const first = db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "first" }).execute();
      inside.open();
      await proceed.reached;
      log.push("first ends");
    });
    await inside.reached;
    const second = db.transaction(async (trx) => {
      log.push("second begins");
      return (await trx.executeQuery(count)).rows[0]?.n;
    });
    const write = db.kysely.insertInto("note").values({ text: "single" }).execute();
    expect(log).toEqual([]);
    proceed.open();
    await Promise.all([first, write]);
    expect(await second).toBe(1);
    expect(log).toEqual(["first ends", "second begins"]);
  });

  test("without waiting for each other, read-then-write would lose updates; here 50 of them add up", async () => {
    const db = await openTest({ driver: name });
    await db.kysely.insertInto("note").values({ text: "counter", amount: 0 }).execute();
    await Promise.all(
      Array.from({ length: 50 }, () =>
        db.transaction(async (trx) => {
          const { amount } = await trx.selectFrom("note").select("amount").executeTakeFirstOrThrow();
          await trx
            .updateTable("note")
            .set({ amount: Number(amount) + 1 })
            .execute();
        }),
      ),
    );
    expect(await db.kysely.selectFrom("note").select("amount").execute()).toEqual([{ amount: 50 }]);
  });

  test("code outside sees committed data only, code inside its own writes", async () => {
    const db = await openTest({ driver: name });
    const outside = new AsyncResource("outside");
    const seen = async () => (await db.kysely.executeQuery(count)).rows[0]?.n;
    await db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      expect(await seen()).toBe(1);
      expect(await outside.runInAsyncScope(seen)).toBe(0);
      expect(await db.readHeavy(count.sql)).toEqual([{ n: 0 }]);
    });
    expect(await outside.runInAsyncScope(seen)).toBe(1);
    expect(await db.readHeavy(count.sql)).toEqual([{ n: 1 }]);
  });

  test("a call inside joins the outer one, and so do single statements", async () => {
    const statements: string[] = [];
    const db = await openTest({ driver: name, onStatement: (sql) => statements.push(sql) });
    const before = statements.length;
    const outer = db.transaction(async (trx) => {
      await db.transaction(async (inner) => {
        expect(inner).toBe(trx);
        await inner.insertInto("note").values({ text: "inner" }).execute();
      });
      await db.kysely.insertInto("note").values({ text: "single" }).execute();
      throw new Error("outer fails");
    });
    await expect(outer).rejects.toThrow("outer fails");
    expect(statements.slice(before).filter((sql) => sql.startsWith("BEGIN"))).toHaveLength(1);
    expect((await db.kysely.executeQuery(count)).rows).toEqual([{ n: 0 }]);
  });

  test("code left running after the end gets a transaction of its own and cannot use the old one", async () => {
    const db = await openTest({ driver: name });
    const ended = barrier();
    let late: Promise<unknown> | undefined;
    const old = await db.transaction(async (trx) => {
      late = ended.reached.then(() =>
        db.transaction(async (inner) => {
          expect(inner).not.toBe(trx);
          await inner.insertInto("note").values({ text: "late" }).execute();
        }),
      );
      return trx;
    });
    ended.open();
    await late;
    await expect(old.insertInto("note").values({ text: "never" }).execute()).rejects.toThrow();
    expect((await db.kysely.executeQuery(count)).rows).toEqual([{ n: 1 }]);
  });

  test("waits for the lock of another process and goes on when it is free", async () => {
    const file = newFile();
    let other: SqliteHandle | undefined;
    const clock = virtualClock((sleep) => {
      if (sleep === 3) other?.exec("COMMIT");
    });
    const db = await openTest({ driver: name, file, clock });
    other = stranger(driver, file);
    other.exec("BEGIN IMMEDIATE; INSERT INTO note (text) VALUES ('theirs')");
    await db.transaction((trx) => trx.insertInto("note").values({ text: "ours" }).execute());
    expect(clock.sleeps).toHaveLength(3);
    expect((await db.kysely.executeQuery(count)).rows).toEqual([{ n: 2 }]);
  });

  test("gives up after 5 s without having run the callback, and works again once the lock is gone", async () => {
    const file = newFile();
    const clock = virtualClock();
    const db = await openTest({ driver: name, file, clock });
    const other = stranger(driver, file);
    other.exec("BEGIN IMMEDIATE");
    const startedAt = clock.monotonic();
    let runs = 0;
    const insert = () => db.kysely.insertInto("note").values({ text: "single" }).execute();
    await expect(db.transaction(async () => runs++)).rejects.toMatchObject({ code: "storage.busy", retryable: true });
    expect(clock.monotonic() - startedAt).toBeCloseTo(5_000);
    await expect(insert()).rejects.toMatchObject({ code: "storage.busy" });
    expect(runs).toBe(0);
    other.exec("INSERT INTO note (text) VALUES ('theirs'); COMMIT");
    expect((await db.kysely.executeQuery(count)).rows).toEqual([{ n: 1 }]);
    await insert();
    expect((await db.kysely.executeQuery(count)).rows).toEqual([{ n: 2 }]);
  });
});
