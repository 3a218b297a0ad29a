import { describe, expect, test } from "vitest";
import { MESSAGE_TRANSITIONS } from "../../message/states.js";
import { MESSAGE_MUTANTS, type MessageMutantName } from "./message-mutants.js";
import { simulateMessages } from "./simulate-messages.js";

/** A few here, a thousand in `npm run test:full` and `npm run sim -- --channel messages`. */
const SEEDS = Number(process.env.MESSAGE_SEEDS ?? 40);
const isFull = SEEDS > 100;
/** Take their time to do harm. */
const SLOW: readonly string[] = ["messages-are-never-swept", "no-fence"];
/** Of the operator in a transaction of stores, not of the engine; or taken by ways that the world has not. */
const UNSEEN = new Set(["queued → cancelled", "queued → suppressed"]);

test(`messages keep every promise through ${SEEDS} worlds, in which every transition is taken`, {
  timeout: 600_000,
}, async () => {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = await simulateMessages(seed);
    for (const name of run.counts.keys()) seen.add(name);
    faults.push(...run.faults.map((fault) => `${seed}: ${fault}`));
  }
  expect(faults).toEqual([]);
  // In a few worlds not everything happens.
  if (!isFull) return;
  const missing = Object.entries(MESSAGE_TRANSITIONS)
    .flatMap(([from, all]) => all.map((to) => `${from} → ${to}`))
    .filter((name) => !UNSEEN.has(name) && ![...seen].some((one) => one.includes(name)));
  expect(missing).toEqual([]);
});

test("one seed is one run", async () => {
  const [first, second] = [await simulateMessages(7), await simulateMessages(7)];
  expect(second.hash).toBe(first.hash);
});

describe("a safeguard that is taken out is missed:", () => {
  const mutants = (Object.keys(MESSAGE_MUTANTS) as MessageMutantName[]).filter(
    (name) => isFull || !SLOW.includes(name),
  );
  test.each(mutants)("%s", { timeout: 300_000 }, async (mutant) => {
    for (let seed = 1; seed <= 200; seed++) {
      if ((await simulateMessages(seed, { mutant })).faults.length > 0) return;
    }
    expect.fail(`${mutant} does no harm in 200 worlds`);
  });
});
