import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openSqlite } from "./database.js";
import { sharedTransactions } from "./shared-transactions.js";

interface Notes {
  readonly notes: { readonly text: string };
}

async function open() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-shared-"));
  const controls: string[] = [];
  const database = await openSqlite<Notes>({ file: join(folder, "a.db"), onStatement: (text) => controls.push(text) });
  onTestFinished(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  await sql`CREATE TABLE notes (text TEXT UNIQUE)`.execute(database.kysely);
  const shared = sharedTransactions<Notes>(database.transaction);
  const write = (...texts: readonly string[]) =>
    shared(async (trx) => {
      for (const text of texts) await trx.insertInto("notes").values({ text }).execute();
      return texts.length;
    });
  const stored = async () =>
    (await database.kysely.selectFrom("notes").select("text").orderBy("text").execute()).map(({ text }) => text);
  const commits = () => controls.filter((text) => text === "COMMIT").length;
  return { database, shared, write, stored, commits };
}

test("what waits at the same time shares a commit, and each is told its own", async () => {
  const { write, stored, commits } = await open();
  const before = commits();
  expect(await Promise.all([write("a"), write("b", "c"), write("d")])).toEqual([1, 2, 1]);
  expect([await stored(), commits() - before]).toEqual([["a", "b", "c", "d"], 1]);
  expect(await write("e")).toBe(1);
  expect(commits() - before).toBe(2);
});

test("a piece that fails is undone by itself, wherever it stands", async () => {
  const { write, stored } = await open();
  const told = await Promise.allSettled([write("a"), write("b", "a"), write("c")]);
  expect(told.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await stored()).toEqual(["a", "c"]);
  await expect(write("d", "c")).rejects.toMatchObject({ code: "storage.constraint" });
  expect(await stored()).toEqual(["a", "c"]);
});

test("when the whole transaction is lost, everybody hears of it and nothing is kept", async () => {
  const { shared, write, stored } = await open();
  const lost = shared(async (trx) => {
    await sql`ROLLBACK`.execute(trx);
    return 0;
  });
  const told = await Promise.allSettled([write("a"), lost, write("b")]);
  expect(told.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(await stored()).toEqual([]);
  expect(await write("later")).toBe(1);
});
