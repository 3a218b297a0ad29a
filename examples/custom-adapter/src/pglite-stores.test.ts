import { readdir, readFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { storesConformance } from "@recallkit/core/conformance";
import type { Stores } from "@recallkit/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pgliteStores } from "./pglite-stores.js";

// All cases share one connection of a database that is interpreted in this process.
describe("PGlite, an engine of a third party", { timeout: 120_000 }, () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
  });
  afterAll(() => database.close());

  const open = () => pgliteStores({ database, migrate: true });
  const reopen = (stores: Stores) => stores.close().then(open);
  for (const { name, run } of storesConformance({ open, reopen })) test(name, run);

  test("cannot join a transaction of the application", async () => {
    const stores = await open();
    expect(() => stores.within({})).toThrow(expect.objectContaining({ code: "transaction.unsupported" }));
    await stores.close();
  });

  test("says that it does not wait for its disk", async () => {
    const stores = await open();
    expect(await stores.checkSettings()).toEqual([{ setting: "fsync", value: "off", needed: "on", isMet: false }]);
    await stores.close();
  });

  test("takes at most 300 lines", async () => {
    const files = (await readdir(import.meta.dirname)).filter((name) => /^pglite-(?!.*\.test\.)/.test(name));
    const texts = await Promise.all(files.map((name) => readFile(`${import.meta.dirname}/${name}`, "utf8")));
    expect(texts.join("").split("\n").length).toBeLessThanOrEqual(300);
  });
});
