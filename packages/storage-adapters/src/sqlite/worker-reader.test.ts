import { describe, expect, onTestFinished, test } from "vitest";
import { drivers, newFile, openTest, runProgram } from "./test-support.js";
import { workerReader } from "./worker-reader.js";

/** A thread that ends itself when told, to see what its death does. */
const MORTAL = `const { parentPort } = require("node:worker_threads");
parentPort.on("message", (request) => {
  if (request === "close") parentPort.close();
  else if (request.sql === "die") process.exit(1);
  else if (request.sql === "throw") throw new Error("broken thread");
  else if (request.sql !== "hang") parentPort.postMessage({ id: request.id, rows: [{ sql: request.sql }] });
});`;

function mortalReader() {
  const reader = workerReader("unused", "node", MORTAL);
  onTestFinished(() => reader.close());
  return reader;
}

describe.each(drivers)("heavy reads through $name", ({ name: driver }) => {
  test("give the same rows as the connection of this thread", async () => {
    const db = await openTest({ driver });
    const rows = [
      { text: "召回 🐱", amount: Number.MAX_SAFE_INTEGER },
      { text: null, amount: -Number.MAX_SAFE_INTEGER },
    ];
    await db.kysely.insertInto("note").values(rows).execute();
    const heavy = await db.readHeavy("SELECT *, x'00ff' AS bytes FROM note WHERE id > ? ORDER BY id", [0]);
    const bytes = new Uint8Array([0, 255]);
    expect(heavy).toStrictEqual([
      { id: 1, ...rows[0], bytes },
      { id: 2, ...rows[1], bytes },
    ]);
    expect(Object.getPrototypeOf(heavy[0])).toBe(Object.prototype);
  });

  test("are answered each with its own rows when many are under way", async () => {
    const db = await openTest({ driver });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => db.readHeavy("SELECT ? AS n", [n])));
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => [{ n }]));
    expect(db.statementCount()).toBe(21);
  });

  test("report errors by their class and go on", async () => {
    const db = await openTest({ driver });
    await expect(db.readHeavy("SELECT * FROM nowhere")).rejects.toMatchObject({ code: "storage.failed" });
    await expect(db.readHeavy("DELETE FROM note")).rejects.toMatchObject({ code: "storage.unavailable" });
    await expect(db.readHeavy("SELECT 9007199254740993 AS n")).rejects.toMatchObject({
      code: "storage.value-out-of-range",
    });
    await expect(db.readHeavy("SELECT ?", [undefined])).rejects.toMatchObject({ code: "storage.invalid-parameter" });
    expect(await db.readHeavy("SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  test("under way are waited for by close", async () => {
    const db = await openTest({ driver });
    const reading = db.readHeavy("SELECT count(*) AS n FROM note");
    await Promise.all([db.close(), db.close()]);
    expect(await reading).toEqual([{ n: 0 }]);
  });

  test("leave no thread that keeps the process alive", async () => {
    const { exitCode, stdout } = await runProgram(`
      const { openSqlite } = await load("sqlite/database");
      const db = await openSqlite(${JSON.stringify({ file: newFile(), driver })});
      console.log(await db.readHeavy("SELECT 1 AS n"));
    `);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "[ { n: 1 } ]\n" });
  });
});

describe("when the thread ends", () => {
  test.each(["die", "throw"])("by %s, all reads under way fail and the next one starts another thread", async (end) => {
    const reader = mortalReader();
    const lost = { code: "storage.unavailable", retryable: true };
    const [hanging, ending] = [reader.read("hang", []), reader.read(end, [])];
    await expect(hanging).rejects.toMatchObject(lost);
    await expect(ending).rejects.toMatchObject(lost);
    expect(await reader.read("again", [])).toEqual([{ sql: "again" }]);
  });

  test("a reader that was never used closes without one", async () => {
    await workerReader("unused", "node").close();
  });
});
