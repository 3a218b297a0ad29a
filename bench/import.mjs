// How fast orders of one line with two labels each are taken over, beside inserting the very same rows by the bare driver.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../scripts/workspace.mjs";

const TAKE = fileURLToPath(new URL("import-orders.mjs", import.meta.url));
/** `IMPORT_ORDERS=500000` measures the size that the goals are about; four times as many follow for the growth. */
const ORDERS = Number(process.env.IMPORT_ORDERS ?? 100_000);
/** `IMPORT_ENGINES=sqlite` leaves the servers out. */
const ENGINES = (process.env.IMPORT_ENGINES ?? "sqlite,postgres,mariadb").split(",");

/** Where private servers are started; their addresses can be given instead. */
const SERVERS = {
  postgres: { given: process.env.TEST_POSTGRES_URL, file: "postgres.ts", start: "startPostgres" },
  mariadb: { given: process.env.TEST_MYSQL_URL, file: "mariadb.ts", start: "startMariadb" },
};

/** @param {string} engine @returns {Promise<{ url: string, stop(): Promise<void> | void } | undefined>} */
async function serverOf(engine) {
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

export async function measure() {
  /** @type {Record<string, number>} */
  const figures = { "orders, of a fifth as many customers": ORDERS };
  for (const engine of ENGINES) {
    const server = await serverOf(engine);
    if (!server) continue;
    const take = (/** @type {number} */ orders, withBare = "no") =>
      JSON.parse(
        execFileSync(process.execPath, [TAKE, engine, String(orders), server.url, withBare], { encoding: "utf8" }),
      );
    const few = take(ORDERS, "yes");
    const many = take(4 * ORDERS);
    // Nothing else keeps this process awake until the server has ended.
    const awake = setInterval(() => {}, 1000);
    await server.stop();
    clearInterval(awake);
    figures[`${engine}: orders/s`] = Math.round(ORDERS / few.seconds);
    figures[`${engine}: orders/s by the bare driver`] = Math.round(ORDERS / few.bareSeconds);
    figures[`${engine}: % of the bare driver`] = Math.round((100 * few.bareSeconds) / few.seconds);
    figures[`${engine}: orders/s of a second run that changes nothing`] = Math.round(ORDERS / few.againSeconds);
    figures[`${engine}: times as long for four times as many`] = Math.round((100 * many.seconds) / few.seconds) / 100;
    figures[`${engine}: MB of memory at most, of four times as many`] = many.peakRssMb;
    figures[`${engine}: ms that the event loop was held up at most`] = Math.max(few.blockedMs, many.blockedMs);
  }
  return figures;
}
