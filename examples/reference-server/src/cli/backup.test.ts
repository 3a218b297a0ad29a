import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { runCommand } from "../testing/command-line.js";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recallkit-backup-"));
  file = join(folder, "shop.db");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => runCommand(argv, { DATABASE_URL: `sqlite:${file}`, DATA_DIR: folder });

test("a backup is the database as it was, for its owner alone, whatever is being written meanwhile", async () => {
  const stores = await sqliteStores({ file, migrate: true, sets: moduleMigrations });
  const customer = { tenantId: 1, name: null, bornOn: null, timeZone: null, createdAt: 1, updatedAt: 1, rowHash: "0" };
  const add = (externalKey: string) => stores.customers.insertMany([{ ...customer, externalKey, identities: {} }]);
  await add("before");
  const copy = join(folder, "copy.db");
  await stores.transaction(async () => {
    await add("during");
    const { code, stdout } = await run("--json", "backup", copy);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: copy, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
  await stores.close();
  expect((await stat(copy)).mode & 0o777).toBe(0o600);
  const backup = await sqliteStores({ file: copy, sets: moduleMigrations });
  const rows = await backup.sql.selectFrom("rk_customers").select("external_key").execute();
  await backup.close();
  expect(rows.map((row) => row.external_key)).toEqual(["before"]);
});

test("nothing is written over, and nothing is left behind", async () => {
  const copy = join(folder, "copy.db");
  const { code, stderr } = await run("--lang", "en", "backup", copy);
  expect([code, stderr]).toEqual([2, expect.stringContaining("is there already")]);
  const nowhere = await run("backup", join(folder, "no", "such", "copy.db"));
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("ENOENT")]);
  const missing = await run("--db", `sqlite:${join(folder, "none.db")}`, "backup", join(folder, "other.db"));
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("there is no")]);
  expect((await readdir(folder)).filter((name) => /partial|none|other/.test(name))).toEqual([]);
});

test.each([
  ["postgres://u:secret@127.0.0.1:1/shop", "pg_dump"],
  ["mysql://u:secret@127.0.0.1:1/shop", "mariadb-dump"],
])("of a server the tool is named that does it: %s", async (url, tool) => {
  const { code, stderr } = await run("--db", url, "backup", join(folder, "server.dump"));
  expect([code, stderr]).toEqual([2, expect.stringContaining(tool)]);
  expect(stderr).not.toContain("secret");
});
