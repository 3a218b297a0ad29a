// Audiences: counts, funnels and members by the store, beside the four steps of the documents done right on the same database
// by the same driver. AUDIENCE_CUSTOMERS says how many customers there are; each has five orders and ten labels of orders.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../scripts/workspace.mjs";
import { serverOf } from "./servers.mjs";

const ONE = fileURLToPath(new URL("audience/one-engine.mjs", import.meta.url));
const CUSTOMERS = Number(process.env.AUDIENCE_CUSTOMERS ?? 100_000);
/** `AUDIENCE_ENGINES=sqlite` leaves the servers out. */
const ENGINES = (process.env.AUDIENCE_ENGINES ?? "sqlite,postgres,mariadb").split(",");
/** `AUDIENCE_GROWTH=no` leaves out the run over a fifth of the customers. */
const WITH_GROWTH = process.env.AUDIENCE_GROWTH !== "no";

export async function measure() {
  /** @type {Record<string, number>} */
  const figures = { customers: CUSTOMERS };
  mkdirSync(join(root, "bench/plans"), { recursive: true });
  for (const engine of ENGINES) {
    const server = await serverOf(engine);
    if (!server) continue;
    const run = (/** @type {number} */ customers) =>
      JSON.parse(
        execFileSync(process.execPath, [ONE, engine, String(customers), server.url], {
          encoding: "utf8",
          maxBuffer: 1 << 26,
        }),
      );
    const few = WITH_GROWTH ? run(CUSTOMERS / 5) : undefined;
    const many = run(CUSTOMERS);
    // Nothing else keeps this process awake until the server has ended.
    const awake = setInterval(() => {}, 1000);
    await server.stop();
    clearInterval(awake);
    writeFileSync(join(root, `bench/plans/audience-${engine}.txt`), many.plans);
    const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
    for (const [name, { people, naiveMs, countMs, stepsMs, membersMs, naiveMembersMs }] of Object.entries(
      many.segments,
    )) {
      figures[`${engine}, ${name}: people`] = people;
      figures[`${engine}, ${name}: four steps, ms`] = round(naiveMs);
      figures[`${engine}, ${name}: count, ms`] = round(countMs);
      figures[`${engine}, ${name}: four steps ÷ count`] = round(naiveMs / countMs);
      figures[`${engine}, ${name}: four steps ÷ funnel with sample`] = round(naiveMs / stepsMs);
      figures[`${engine}, ${name}: four steps with members ÷ members in pages`] = round(naiveMembersMs / membersMs);
      const before = few?.segments[name];
      if (!before) continue;
      figures[`${engine}, ${name}: times as long for five times as many, count`] = round(countMs / before.countMs);
      figures[`${engine}, ${name}: the same, funnel with sample`] = round(stepsMs / before.stepsMs);
      figures[`${engine}, ${name}: the same, four steps`] = round(naiveMs / before.naiveMs);
    }
    figures[`${engine}: MB of memory at most`] = many.peakRssMb;
    const { buildMs, megabytes, countMs: indexed } = many.index;
    figures[`${engine}, index in memory: s to build`] = round(buildMs / 1000);
    figures[`${engine}, index in memory: MB`] = round(megabytes);
    for (const [name, ms] of Object.entries(indexed)) {
      figures[`${engine}, index in memory, ${name}: count, ms`] = Math.round(ms * 10_000) / 10_000;
      figures[`${engine}, index in memory, ${name}: four steps ÷ count`] = Math.round(many.segments[name].naiveMs / ms);
      const before = few?.index.countMs[name];
      if (before)
        figures[`${engine}, index in memory, ${name}: times as long for five times as many`] = round(ms / before);
    }
  }
  return figures;
}
