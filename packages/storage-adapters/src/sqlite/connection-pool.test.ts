import { systemClock, systemRandom } from "@recallkit/core";
import { CompiledQuery } from "kysely";
import { describe, expect, test } from "vitest";
import { sqliteConnection } from "./connection.js";
import { repeatOnBusyCommit, sqliteConnectionPool } from "./connection-pool.js";
import type { SqliteHandle } from "./handle.js";
import { drivers, virtualClock } from "./test-support.js";

const sqlOf = (sql: string, ...parameters: readonly unknown[]) => CompiledQuery.raw(sql, [...parameters]);

describe.each(drivers)("writes that wait at the same time, through $name", (driver) => {
  function poolOf(failing: (sql: string) => boolean = () => false) {
    const handle = driver.open(":memory:");
    handle.exec("CREATE TABLE note (text TEXT UNIQUE)");
    const controls: string[] = [];
    const watched: SqliteHandle = {
      ...handle,
      inTransaction: () => handle.inTransaction(),
      exec(sql) {
        controls.push(sql);
        if (failing(sql)) throw Object.assign(new Error("locked"), { errcode: 5 });
        handle.exec(sql);
      },
    };
    const connection = sqliteConnection(watched, systemClock, () => {});
    const timing = { clock: virtualClock(), random: systemRandom };
    const pool = sqliteConnectionPool({ writer: connection, reader: connection, timing, readOnly: false });
    const note = (text: string) => pool.run(sqlOf("INSERT INTO note VALUES (?)", text));
    const stored = () => connection.execute("SELECT text FROM note ORDER BY rowid", []).rows.map(({ text }) => text);
    return { pool, note, stored, controls };
  }

  test("share a commit, in their order; each is told its own result", async () => {
    const { note, stored, controls } = poolOf();
    const results = await Promise.all(["a", "b", "c"].map(note));
    expect(results.map(({ changes, lastInsertRowid }) => [changes, lastInsertRowid])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(stored()).toEqual(["a", "b", "c"]);
    expect(controls.filter((sql) => sql === "COMMIT")).toHaveLength(1);
    await note("d");
    await note("e");
    expect(controls.filter((sql) => sql === "COMMIT")).toHaveLength(3);
  });

  test("fail one by one", async () => {
    const { note, stored } = poolOf();
    const told = await Promise.allSettled(["a", "a", "b"].map(note));
    expect(told.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(stored()).toEqual(["a", "b"]);
    await expect(note("b")).rejects.toMatchObject({ code: "storage.constraint" });
  });

  test("come after the transaction that holds the writer, and are more than fit into one", async () => {
    const { pool, note, stored, controls } = poolOf();
    const transaction = await pool.begin();
    const notes = Array.from({ length: 250 }, (_, n) => `n${n}`);
    const all = Promise.all(notes.map(note));
    transaction.execute("INSERT INTO note VALUES (?)", ["first"]);
    transaction.commit();
    transaction.release();
    await all;
    expect(stored()).toEqual(["first", ...notes]);
    expect(controls.filter((sql) => sql === "COMMIT")).toHaveLength(4);
  });

  test("are repeated as a whole when their commit met a lock, and all told when none could be had", async () => {
    let commits = 0;
    const { note, stored } = poolOf((sql) => sql === "COMMIT" && ++commits <= 2);
    await Promise.all(["a", "b"].map(note));
    expect([stored(), commits]).toEqual([["a", "b"], 3]);
    const shut = poolOf((sql) => sql === "COMMIT");
    const told = await Promise.allSettled(["a", "b"].map(shut.note));
    expect(told.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(shut.stored()).toEqual([]);
  });
});

describe.each(drivers)("a lock met at COMMIT through $name", (driver) => {
  /** A pool in memory whose first `failures` commits meet a lock. */
  function poolWithBusyCommits(failures: number) {
    const clock = virtualClock();
    const handle = driver.open(":memory:");
    handle.exec("CREATE TABLE note (text TEXT)");
    let commits = 0;
    const locking: SqliteHandle = {
      ...handle,
      exec(sql) {
        if (sql === "COMMIT" && ++commits <= failures) throw Object.assign(new Error("locked"), { errcode: 5 });
        handle.exec(sql);
      },
    };
    const connection = sqliteConnection(locking, clock, () => {});
    const timing = { clock, random: systemRandom };
    const pool = sqliteConnectionPool({ writer: connection, reader: connection, timing, readOnly: false });
    let runs = 0;
    const run = () =>
      repeatOnBusyCommit(async () => {
        const transaction = await pool.begin();
        try {
          transaction.execute("INSERT INTO note VALUES (?)", [`run ${++runs}`]);
          transaction.commit();
        } catch (error) {
          transaction.rollback();
          throw error;
        } finally {
          transaction.release();
        }
      }, timing);
    const stored = () => connection.execute("SELECT text FROM note", []).rows.map(({ text }) => text);
    return { run, stored, runs: () => runs, sleeps: clock.sleeps };
  }

  test("repeats the whole transaction and stores the last run only", async () => {
    const { run, stored, sleeps } = poolWithBusyCommits(4);
    await run();
    expect(stored()).toEqual(["run 5"]);
    expect(sleeps).toHaveLength(4);
  });

  test("fails as busy after five runs and has stored nothing", async () => {
    const { run, stored, runs } = poolWithBusyCommits(5);
    await expect(run()).rejects.toMatchObject({ code: "storage.busy", retryable: true });
    expect(runs()).toBe(5);
    expect(stored()).toEqual([]);
    await run();
    expect(stored()).toEqual(["run 6"]);
  });
});
