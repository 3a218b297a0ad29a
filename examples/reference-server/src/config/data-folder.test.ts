import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../testing/command-line.js";
import { startTestServer } from "../testing/test-server.js";
import { makePrivate, openToOthers } from "./data-folder.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "recallkit-folder-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const rights = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe.skipIf(process.platform === "win32")("the data folder", () => {
  test.each(["new", "wide open"])("that is %s is the server's alone, with every file in it", async (kind) => {
    const dataDir = join(home, "data");
    if (kind === "wide open") {
      await mkdir(dataDir);
      await chmod(dataDir, 0o777);
      for (const name of ["recallkit.db", "secret.key", "login.txt"]) {
        const key = name === "secret.key" ? "planted-secret-key-0123456789-abcdef\n" : "";
        await writeFile(join(dataDir, name), key);
        await chmod(join(dataDir, name), 0o666);
      }
    }
    const server = await startTestServer({ DATA_DIR: dataDir });
    try {
      await server.post("/api/labels", { labels: [{ kind: "city", key: "上海" }] });
      const names = await readdir(dataDir);
      expect(names).toEqual(expect.arrayContaining(["recallkit.db", "recallkit.db-wal", "secret.key"]));
      expect(await rights(dataDir)).toBe("700");
      for (const name of names) expect([name, await rights(join(dataDir, name))]).toEqual([name, "600"]);
    } finally {
      await server.close();
    }
  });

  test("that many share is left as it is, and so are files of others' making", async () => {
    await chmod(home, 0o1777);
    await writeFile(join(home, "notes.txt"), "");
    await chmod(join(home, "notes.txt"), 0o644);
    await makePrivate(home);
    expect([await rights(home), await rights(join(home, "notes.txt"))]).toEqual(["777", "644"]);
    expect(await openToOthers(home)).toEqual([]);
  });

  test("is named by doctor when others may read it", async () => {
    const dataDir = join(home, "data");
    const env = { DATA_DIR: dataDir };
    expect((await runCommand(["migrate", "up"], env)).code).toBe(0);
    expect((await runCommand(["doctor", "--lang", "en"], env)).stdout).toMatch(/data-folder +ok/);
    await chmod(join(dataDir, "recallkit.db"), 0o644);
    const { code, stdout } = await runCommand(["doctor", "--lang", "en"], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/data-folder +warning .*recallkit\.db/);
  });
});
