import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openSqlite } from "./database.js";
import { logCheckpoints } from "./log-checkpoints.js";

/** Moves that end when they are told to. */
function moves() {
  const ends: (() => void)[] = [];
  const move = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, checkpoints: logCheckpoints(move) };
}

test("a log is moved after some thousand rows, once at a time", () => {
  const { ends, checkpoints } = moves();
  checkpoints.committed(1000);
  expect(ends).toHaveLength(0);
  checkpoints.committed(3000);
  expect(ends).toHaveLength(1);
  checkpoints.committed(9000);
  expect(ends).toHaveLength(1);
  expect(checkpoints.room()).toBeUndefined();
});

test("many small commits move it too", () => {
  const { ends, checkpoints } = moves();
  for (let n = 0; n < 200; n++) checkpoints.committed(1);
  expect(ends).toHaveLength(1);
});

test("whoever would write on a log that is far ahead waits until it is moved as a whole", async () => {
  const { ends, checkpoints } = moves();
  for (let n = 0; n < 10; n++) checkpoints.committed(5000);
  let isMoved = false;
  const waiting = checkpoints.room()?.then(() => {
    isMoved = true;
  });
  expect(waiting).toBeDefined();
  ends[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  await new Promise(setImmediate);
  expect([isMoved, ends.length]).toEqual([false, 2]);
  ends[1]?.();
  await waiting;
  expect(checkpoints.room()).toBeUndefined();
});

test("a move that fails is left to SQLite", async () => {
  const checkpoints = logCheckpoints(() => Promise.reject(new Error("the thread ended")));
  for (let n = 0; n < 10; n++) checkpoints.committed(5000);
  await checkpoints.room();
  await checkpoints.settle();
  expect(checkpoints.room()).toBeUndefined();
});

test("the log of many transactions stays short, and nothing is lost", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-log-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "a.db");
  const db = await openSqlite<{ t: { id: number; text: string } }>({ file });
  await sql`create table t (id integer primary key, text text not null)`.execute(db.kysely);
  const rows = 2_000;
  for (let n = 0; n < 40; n++) {
    await db.transaction(async (trx) => {
      const text = "x".repeat(400);
      await sql`insert into t (text) select ${text} from json_each(${JSON.stringify(Array(rows).fill(0))})`.execute(
        trx,
      );
    });
  }
  // 80 000 rows are 35 MB.
  expect((await stat(`${file}-wal`)).size).toBeLessThan(25_000_000);
  expect((await stat(file)).size).toBeGreaterThan(15_000_000);
  await db.close();
  const again = await openSqlite<{ t: { id: number } }>({ file });
  const { count } = await again.kysely
    .selectFrom("t")
    .select((of) => of.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  expect(count).toBe(40 * rows);
  await again.close();
});
