// `npm run sim -- --seeds N [--first N] [--channel shared|personal|sms|fallback|messages] [--mutant NAME] [--verbose]`: runs the engine
// through seeded worlds, each with a channel that sends one text to all with one of personal messages, with SMS, with two channels of
// which one follows the other, and one of messages of templates unless --channel names one, and
// tells what it found. The hash over all seeds is the same whenever every world went the same way; --verbose prints a line
// for each seed, with the hash of each of its worlds.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { root } from "./workspace.mjs";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    first: { type: "string", default: "1" },
    channel: { type: "string" },
    mutant: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
await install();
await build({ types: false });
/** @type {typeof import("../packages/core/src/testing/index.ts")} */
const { MESSAGE_MUTANTS, MUTANTS, simulate, simulateMessages } = await import(
  pathToFileURL(join(root, "packages/core/dist/testing/index.js")).href
);

const [seeds, first] = [Number(values.seeds), Number(values.first)];
if (!Number.isInteger(seeds) || !Number.isInteger(first) || seeds < 1 || first < 0) {
  throw new Error("--seeds and --first must be whole numbers");
}
const ofMessages = values.channel === "messages";
const known = Object.keys(ofMessages ? MESSAGE_MUTANTS : MUTANTS);
if (values.mutant !== undefined && !known.includes(values.mutant))
  throw new Error(`--mutant is one of ${known.join(", ")}`);

const channels = ["shared", "personal", "sms", "fallback", "messages"].filter(
  (name) => name === (values.channel ?? name),
);
if (channels.length === 0) throw new Error("--channel is shared, personal, sms, fallback or messages");

/** One world. A mutant of pushes does not exist for messages, nor the other way round. @param {number} seed @param {string} channel */
function run(seed, channel) {
  const mutant = /** @type {any} */ (values.mutant);
  if (channel === "messages") return simulateMessages(seed, { mutant: ofMessages ? mutant : undefined });
  const personal = channel === "personal" || channel === "sms";
  return simulate(seed, { mutant, personal, sms: channel === "sms", fallBack: channel === "fallback" });
}

/** @type {Map<string, number>} */
const counts = new Map();
const failed = [];
const overall = createHash("sha256");
const startedAt = performance.now();
for (let seed = first; seed < first + seeds; seed++) {
  const hashes = [];
  for (const channel of channels) {
    const world = await run(seed, channel);
    hashes.push(world.hash);
    for (const [name, count] of world.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    if (world.faults.length === 0) continue;
    failed.push(`${seed} ${channel}`);
    if (failed.length <= 3) {
      const story = [`seed ${seed}, ${channel}`, ...world.faults, ...world.story.slice(-60)];
      process.stdout.write(`\n${story.join("\n")}\n`);
    }
  }
  const line = `${seed} ${hashes.join(" ")}\n`;
  overall.update(line);
  if (values.verbose) process.stdout.write(line);
  if (process.stderr.isTTY && seed % 20 === 0) process.stderr.write(`\r${seed - first + 1} / ${seeds}`);
}
const rows = [...counts]
  .filter(([name]) => / → |^fault|^provider|^handed/.test(name))
  .sort(([a], [b]) => (a < b ? -1 : 1));
process.stdout.write(`\n${rows.map(([name, count]) => `${String(count).padStart(9)}  ${name}`).join("\n")}\n`);
const mean = ((performance.now() - startedAt) / seeds / channels.length).toFixed(1);
process.stdout.write(
  `\n${seeds} seeds from ${first}, ${channels.join(" and ")}, ${mean} ms a world, ${failed.length} broke a promise${failed.length ? `: ${failed.slice(0, 20).join(", ")}` : ""}\n`,
);
process.stdout.write(`hash ${overall.digest("hex")}\n`);
process.exitCode = failed.length > 0 === (values.mutant === undefined) ? 1 : 0;
