// Private servers of databases for benchmarks.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../scripts/workspace.mjs";

/** Where private servers are started; their addresses can be given instead. */
const SERVERS = {
  postgres: { given: process.env.TEST_POSTGRES_URL, file: "postgres.ts", start: "startPostgres" },
  mariadb: { given: process.env.TEST_MYSQL_URL, file: "mariadb.ts", start: "startMariadb" },
};

/** The server of an engine; undefined: it can't be had here. @param {string} engine @returns {Promise<{ url: string, stop(): Promise<void> | void } | undefined>} */
export async function serverOf(engine) {
  if (engine !== "postgres" && engine !== "mariadb") return { url: "", stop() {} };
  const { given, file, start } = SERVERS[engine];
  if (given) return { url: given, stop() {} };
  const folder = mkdtempSync(join(root, ".cache", "bench-"));
  const outfile = join(folder, "server.mjs");
  await build({
    entryPoints: [join(root, "scripts/test-servers", file)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  const started = await (await import(pathToFileURL(outfile).href))[start]();
  rmSync(folder, { recursive: true, force: true });
  return started;
}
