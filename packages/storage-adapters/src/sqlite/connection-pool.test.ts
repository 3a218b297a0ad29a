import { systemRandom } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import { sqliteConnection } from "./connection.js";
import { repeatOnBusyCommit, sqliteConnectionPool } from "./connection-pool.js";
import type { SqliteHandle } from "./handle.js";
import { drivers, virtualClock } from "./test-support.js";

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
