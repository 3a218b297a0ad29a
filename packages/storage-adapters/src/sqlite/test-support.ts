// What the tests of this folder and of the migrator share; not part of the package.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "@recallkit/core";
import type { Generated } from "kysely";
import { onTestFinished } from "vitest";
import { type OpenSqliteOptions, openSqlite } from "./database.js";
import { loadSqliteDriver } from "./driver.js";
import type { SqliteDriver } from "./handle.js";

/** The drivers that this runtime has. */
export const drivers: readonly SqliteDriver[] = (["node", "libsql"] as const).flatMap((choice) => {
  try {
    return [loadSqliteDriver(choice)];
  } catch {
    return [];
  }
});

/** The path of a file that does not exist yet, in a folder removed after the test. */
export function newFile(name = "recall.db"): string {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** The one table that these tests use. */
export interface TestTables {
  note: { id: Generated<number>; text: string | null; amount: Generated<number | null> };
}

/** Opens a database that is closed after the test; a new file with the table `note` unless told otherwise. */
export async function openTest(options: Partial<OpenSqliteOptions> & { schema?: boolean } = {}) {
  const { schema = true, ...rest } = options;
  const db = await openSqlite<TestTables>({ file: rest.file ?? newFile(), ...rest });
  onTestFinished(() => db.close());
  if (schema) {
    await db.kysely.schema
      .createTable("note")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("text", "text", (column) => column.unique())
      .addColumn("amount", "integer")
      .execute();
  }
  return db;
}

/** A clock that sleeping moves; `onSleep` sees the number of the sleep, from 1. */
export function virtualClock(onSleep: (count: number) => void = () => {}): Clock & { readonly sleeps: number[] } {
  let nowMs = 1_700_000_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => nowMs,
    monotonic: () => nowMs,
    async sleep(ms) {
      sleeps.push(ms);
      nowMs += ms;
      onSleep(sleeps.length);
    },
  };
}

const sourceFolder = fileURLToPath(new URL("../", import.meta.url));
const repository = fileURLToPath(new URL("../../../../", import.meta.url));
let bundled: Promise<string> | undefined;

/** This package's sources as plain modules that a bare Node runs; made once per test file. */
async function bundle(): Promise<string> {
  const { build } = await import("vite");
  // Below the package, so that the driver is found from there.
  const outDir = join(sourceFolder, `../node_modules/.cache/test-program-${process.pid}`);
  await build({
    configFile: false,
    logLevel: "silent",
    root: sourceFolder,
    resolve: {
      alias: [
        { find: /^@recallkit\/core$/, replacement: join(repository, "packages/core/src/index.ts") },
        { find: /^@recallkit\/core\/ports$/, replacement: join(repository, "packages/core/src/ports/index.ts") },
      ],
    },
    ssr: { noExternal: true, external: ["libsql"] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: {
        input: {
          "sqlite/database": join(sourceFolder, "sqlite/database.ts"),
          "migrations/migrate": join(sourceFolder, "migrations/migrate.ts"),
        },
        output: { entryFileNames: "[name].mjs", chunkFileNames: "sqlite/[name].mjs" },
      },
    },
  });
  process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));
  return outDir;
}

/**
 * Runs a module in a process of its own; `await load("sqlite/database")` in it gives a module of this package's sources.
 *
 * Resolves when the process has ended, however that came about.
 */
export async function runProgram(
  source: string,
): Promise<{ exitCode: number | null; signal: string | null; stdout: string }> {
  bundled ??= bundle();
  const folder = await bundled;
  const prelude = `const load = (path) => import(${JSON.stringify(folder)} + "/" + path + ".mjs");\n`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", prelude + source], {
    cwd: repository,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal, stdout }));
  });
}
