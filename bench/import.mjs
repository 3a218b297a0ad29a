// How fast orders of one line with two labels each are taken over, beside inserting the very same rows by the bare driver.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serverOf } from "./servers.mjs";

const TAKE = fileURLToPath(new URL("import-orders.mjs", import.meta.url));
/** `IMPORT_ORDERS=500000` measures the size that the goals are about; four times as many follow for the growth. */
const ORDERS = Number(process.env.IMPORT_ORDERS ?? 100_000);
/** `IMPORT_ENGINES=sqlite` leaves the servers out. */
const ENGINES = (process.env.IMPORT_ENGINES ?? "sqlite,postgres,mariadb").split(",");

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
    figures[`${engine}: ms of CPU of the longest turn of the event loop`] = Math.max(few.workMs, many.workMs);
  }
  return figures;
}
