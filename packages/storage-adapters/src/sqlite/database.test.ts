import { AsyncResource } from "node:async_hooks";
import { StorageError, systemClock } from "@recallkit/core";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { isConstraintError } from "../sql/constraint-error.js";
import { openSqlite, type SqliteDatabase } from "./database.js";
import { drivers, newFile, openTest, type TestTables } from "./test-support.js";

const texts = async (db: Pick<SqliteDatabase<TestTables>, "kysely">) =>
  (await db.kysely.selectFrom("note").select("text").orderBy("id").execute()).map(({ text }) => text);

test("an empty path is a configuration fault", async () => {
  await expect(openSqlite({ file: "" })).rejects.toMatchObject({ code: "config.invalid", option: "file" });
});

describe.each(drivers)("a database through $name", ({ name: driver }) => {
  test("is opened with write-ahead log, full sync, foreign keys and a short busy wait on the writer", async () => {
    const db = await openTest({ driver });
    const pragma = async (name: string) =>
      (await sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(db.kysely)).rows;
    expect(await pragma("journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(await pragma("synchronous")).toEqual([{ synchronous: 2 }]);
    expect(await pragma("foreign_keys")).toEqual([{ foreign_keys: 1 }]);
    expect(await pragma("busy_timeout")).toEqual([{ timeout: 15 }]);
  });

  test("keeps what was written over close and reopen", async () => {
    const file = newFile();
    const first = await openTest({ driver, file });
    await first.kysely.insertInto("note").values({ text: "召回 🐱", amount: Number.MAX_SAFE_INTEGER }).execute();
    await first.close();
    const second = await openTest({ driver, file, schema: false });
    expect(await second.kysely.selectFrom("note").selectAll().execute()).toStrictEqual([
      { id: 1, text: "召回 🐱", amount: Number.MAX_SAFE_INTEGER },
    ]);
  });

  test("tells inserted ids and affected rows, and no id for an insert that changed nothing", async () => {
    const { kysely } = await openTest({ driver });
    const insert = (text: string) =>
      kysely
        .insertInto("note")
        .values({ text })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
    expect(await insert("a")).toMatchObject({ insertId: 1n, numInsertedOrUpdatedRows: 1n });
    const unchanged = await insert("a");
    expect(unchanged).toMatchObject({ numInsertedOrUpdatedRows: 0n });
    expect(unchanged.insertId).toBeUndefined();
    await insert("b");
    expect(await kysely.updateTable("note").set({ amount: 1 }).executeTakeFirst()).toMatchObject({
      numUpdatedRows: 2n,
    });
    expect(await kysely.deleteFrom("note").returning("text").execute()).toEqual([{ text: "a" }, { text: "b" }]);
  });

  test("commits what the callback wrote and gives its result", async () => {
    const db = await openTest({ driver });
    const result = await db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      return "result";
    });
    expect(result).toBe("result");
    expect(await texts(db)).toEqual(["a"]);
  });

  test("rolls back when the callback throws, and goes on afterwards", async () => {
    const db = await openTest({ driver });
    const failing = db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await texts(db)).toEqual([]);
    await db.kysely.insertInto("note").values({ text: "b" }).execute();
    expect(await texts(db)).toEqual(["b"]);
  });

  test("a broken rule caught inside a transaction leaves the rest of it", async () => {
    const db = await openTest({ driver });
    await db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      const error = await trx
        .insertInto("note")
        .values({ text: "a" })
        .execute()
        .catch((reason: unknown) => reason);
      expect(isConstraintError(error, "unique")).toBe(true);
      await trx.insertInto("note").values({ text: "b" }).execute();
    });
    expect(await texts(db)).toEqual(["a", "b"]);
  });

  test("a rule checked at commit rolls everything back", async () => {
    const db = await openTest({ driver });
    await sql`CREATE TABLE child (note_id INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)`.execute(
      db.kysely,
    );
    const dangling = db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      await sql`INSERT INTO child VALUES (99)`.execute(trx);
    });
    await expect(dangling).rejects.toMatchObject({ code: "storage.constraint", kind: "foreign-key" });
    expect(await texts(db)).toEqual([]);
    await db.kysely.insertInto("note").values({ text: "b" }).execute();
    expect(await texts(db)).toEqual(["b"]);
  });

  test("statements after the engine itself rolled back are refused, not stored one by one", async () => {
    const db = await openTest({ driver });
    const broken = db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      await sql`INSERT OR ROLLBACK INTO note (text) VALUES ('a')`.execute(trx).catch(() => {});
      await trx.insertInto("note").values({ text: "b" }).execute();
    });
    await expect(broken).rejects.toMatchObject({ code: "storage.constraint" });
    expect(await texts(db)).toEqual([]);
  });

  test("Kysely's own transactions and streams are refused with a word on what to do", async () => {
    const db = await openTest({ driver });
    await expect(db.kysely.transaction().execute(async () => {})).rejects.toThrow(/transaction\(\) of the database/);
    const stream = db.kysely.selectFrom("note").selectAll().stream();
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(/page by page/);
  });

  test("a database opened for reading shows data and refuses writes", async () => {
    const file = newFile();
    const db = await openTest({ driver, file });
    await db.kysely.insertInto("note").values({ text: "a" }).execute();
    const reading = await openTest({ driver, file, readOnly: true, schema: false });
    expect(await texts(reading)).toEqual(["a"]);
    expect(await reading.transaction((trx) => texts({ kysely: trx }))).toEqual(["a"]);
    expect(await reading.readHeavy("SELECT count(*) AS n FROM note")).toEqual([{ n: 1 }]);
    await expect(reading.kysely.insertInto("note").values({ text: "b" }).execute()).rejects.toMatchObject({
      code: "storage.unavailable",
    });
    await expect(openSqlite({ file: newFile(), driver, readOnly: true })).rejects.toMatchObject({
      code: "storage.unavailable",
      hint: "the file must exist to be read",
    });
  });

  test("counts statements and shows each of them with its transaction", async () => {
    const seen: string[] = [];
    const db = await openTest({ driver, onStatement: (text) => seen.push(text) });
    const [countBefore, seenBefore] = [db.statementCount(), seen.length];
    await texts(db);
    await db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      await trx.insertInto("note").values({ text: "b" }).execute();
    });
    expect(db.statementCount() - countBefore).toBe(3);
    expect(seen.slice(seenBefore).map((text) => text.split(" ")[0])).toEqual([
      "select",
      "BEGIN",
      "insert",
      "insert",
      "COMMIT",
    ]);
  });

  test("a long chain of statements lets the event loop turn", async () => {
    const clock = { ...systemClock, monotonic: () => ++ticks };
    let ticks = 0;
    const db = await openTest({ driver, clock });
    let hasTurned = false;
    setImmediate(() => {
      hasTurned = true;
    });
    await db.transaction(async (trx) => {
      for (let n = 0; n < 20; n++) await trx.insertInto("note").values({ amount: n }).execute();
      expect(hasTurned).toBe(true);
    });
  });

  test("close waits for the open transaction and refuses everything after", async () => {
    const file = newFile();
    const db = await openTest({ driver, file });
    let closed: Promise<void> | undefined;
    await db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
      closed = outsideOf(() => db.close());
      await trx.insertInto("note").values({ text: "b" }).execute();
      await expect(db.close()).rejects.toThrow(/inside a transaction/);
    });
    await closed;
    await db.close();
    const refused = { code: "storage.unavailable", message: "the database is closed" };
    await expect(texts(db)).rejects.toMatchObject(refused);
    await expect(db.transaction(async () => {})).rejects.toMatchObject(refused);
    await expect(db.kysely.insertInto("note").values({ text: "c" }).execute()).rejects.toMatchObject(refused);
    await expect(db.readHeavy("SELECT 1")).rejects.toMatchObject(refused);
    expect(await texts(await openTest({ driver, file, schema: false }))).toEqual(["a", "b"]);
  });

  test("a database in memory serves reads, writes and heavy reads on one connection", async () => {
    const db = await openTest({ driver, file: ":memory:" });
    await db.kysely.insertInto("note").values({ text: "a" }).execute();
    const reads = await db.transaction(async (trx) => {
      await trx.insertInto("note").values({ text: "b" }).execute();
      return Promise.all([texts({ kysely: trx }), texts(db), db.readHeavy("SELECT count(*) AS n FROM note")]);
    });
    expect(reads).toEqual([["a", "b"], ["a", "b"], [{ n: 2 }]]);
    await expect(db.transaction(async () => Promise.reject(new StorageError("storage.failed", "no")))).rejects.toThrow(
      "no",
    );
    expect(await texts(db)).toEqual(["a", "b"]);
  });
});

// Runs as code would that began before any transaction.
const startedEarlier = new AsyncResource("started-earlier");
function outsideOf<T>(run: () => T): T {
  return startedEarlier.runInAsyncScope(run);
}
