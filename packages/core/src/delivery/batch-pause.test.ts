import { expect, test } from "vitest";
import { pushRig } from "../testing/push-rig.js";

const PAUSE = 30_000;

async function attemptTimes(rig: Awaited<ReturnType<typeof pushRig>>): Promise<readonly number[]> {
  const { items } = await rig.kit.attempts.list({ limit: 200 });
  return items.map(({ startedAt }) => startedAt).sort((a, b) => a - b);
}

const gaps = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? 0));

test("batches of one occurrence keep their distance", async () => {
  const rig = await pushRig({ people: 5, maxBatchSize: 1, rule: { batchPauseMs: PAUSE } });
  await rig.push();
  for (let step = 0; step < 40; step += 1) await rig.after(5_000);
  expect(gaps(await attemptTimes(rig))).toEqual([PAUSE, PAUSE, PAUSE, PAUSE]);
});

test("also when all of them are due at once after the rule was paused", async () => {
  const rig = await pushRig({ people: 4, maxBatchSize: 1, rule: { batchPauseMs: PAUSE }, concurrency: 4 });
  await rig.push();
  await rig.kit.rules.setStatus(rig.ruleId, "paused");
  await rig.after(10 * PAUSE);
  await rig.kit.rules.setStatus(rig.ruleId, "active");
  for (let step = 0; step < 20; step += 1) await rig.after(7_000);
  const times = await attemptTimes(rig);
  expect(times).toHaveLength(4);
  for (const gap of gaps(times)) expect(gap).toBeGreaterThanOrEqual(PAUSE);
});
