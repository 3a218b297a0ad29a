// A report over all pushes: by the documents' way on the same database by the same driver, by a search for credits, and from credits
// that are kept, after a thousand new orders each. CONVERSIONS_CUSTOMERS says how many customers there are, each with five
// orders and six deliveries for every ten.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serverOf } from "./servers.mjs";

const ONE = fileURLToPath(new URL("conversions/one-engine.mjs", import.meta.url));
/** 1 000 000 are 600 000 deliveries and 5 000 000 orders. */
const CUSTOMERS = Number(process.env.CONVERSIONS_CUSTOMERS ?? 100_000);
/** `CONVERSIONS_ENGINES=sqlite` leaves the servers out. */
const ENGINES = (process.env.CONVERSIONS_ENGINES ?? "sqlite,postgres,mariadb").split(",");

export async function measure() {
  /** @type {Record<string, number>} */
  const figures = { customers: CUSTOMERS, orders: CUSTOMERS * 5 };
  const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
  for (const engine of ENGINES) {
    const server = await serverOf(engine);
    if (!server) continue;
    const told = execFileSync(process.execPath, [ONE, engine, String(CUSTOMERS), server.url], { encoding: "utf8" });
    const { deliveries, orders, credits, buildMs, medians, peakRssMb } = JSON.parse(told);
    // Nothing else keeps this process awake until the server has ended.
    const awake = setInterval(() => {}, 1000);
    await server.stop();
    clearInterval(awake);
    const { naive, search, step, report, idle, firing, ingest } = medians;
    figures.deliveries = deliveries;
    figures["credited orders"] = orders;
    figures[`${engine}: orders per person, ms`] = round(naive);
    figures[`${engine}: report by a search, ms`] = round(search);
    figures[`${engine}: orders per person ÷ report by a search`] = round(naive / search);
    figures[`${engine}: credits that are kept`] = credits;
    figures[`${engine}: s to find them first`] = round(buildMs / 1000);
    figures[`${engine}: import of 1 000 new orders, ms`] = round(ingest);
    figures[`${engine}: credits of 1 000 new orders, ms`] = round(step);
    figures[`${engine}: orders per person ÷ credits of 1 000 new orders`] = round(naive / step);
    figures[`${engine}: report from credits, ms`] = round(report);
    figures[`${engine}: orders per person ÷ report from credits`] = round(naive / report);
    figures[`${engine}: orders per person ÷ both`] = round(naive / (step + report));
    figures[`${engine}: report of one firing from credits, ms`] = round(firing);
    figures[`${engine}: credits with nothing new, ms`] = round(idle);
    figures[`${engine}: MB of memory at most`] = peakRssMb;
  }
  return figures;
}
