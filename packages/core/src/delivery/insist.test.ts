import { expect, test } from "vitest";
import { StorageError } from "../errors.js";
import { accept, fail, lose, pushRig } from "../testing/push-rig.js";

/** A shop whose store goes away when a call is made, for so many transactions. */
async function shop(failures: number) {
  const rig = await pushRig({ people: 2, caps: "off" });
  const { stores, clock, kit, ruleId, channel } = rig;
  let left = 0;
  const transaction: typeof stores.transaction = (work) => {
    left -= 1;
    if (left >= 0) return Promise.reject(new StorageError("storage.unavailable", "away", { retryable: true }));
    return stores.transaction(work);
  };
  const worker = rig.open({ stores: { ...stores, transaction } });
  const { id } = await kit.occurrences.runNow(ruleId);
  /** Ticks, moving time on while the tick waits. */
  const tick = async () => {
    let isDone = false;
    const ticking = worker.tick().finally(() => {
      isDone = true;
    });
    ticking.catch(() => {});
    while (!isDone) {
      await clock.advance(250);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ticking;
  };
  return {
    ...rig,
    id,
    tick,
    goAway: () => {
      left = failures;
    },
    channel,
  };
}

test.each([
  ["an acceptance", accept(), ["accepted", "accepted"], ["OK"]],
  ["a refusal of the call", fail("REQUEST"), ["failed: request_rejected", "failed: request_rejected"], ["REQUEST"]],
  ["a lost answer", lose(false), ["unknown", "unknown"], ["UNKNOWN"]],
] as const)("%s is written down although the store was away for a while", async (_, step, states, classes) => {
  const { id, tick, goAway, channel, people, attempts } = await shop(8);
  channel.steps.push((call) => {
    goAway();
    return step(call);
  });
  await tick();
  expect(await people(id)).toEqual(states);
  expect(await attempts()).toEqual(classes);
  expect(channel.lookUps).toEqual([]);
});

test("a store that stays away longer than a lease leaves the outcome to a look-up", async () => {
  const { id, tick, goAway, channel, people, clock } = await shop(10_000);
  channel.steps.push((call) => {
    goAway();
    return accept()(call);
  });
  const startedAt = clock.now();
  await expect(tick()).rejects.toMatchObject({ code: "storage.unavailable" });
  expect(clock.now() - startedAt).toBeGreaterThanOrEqual(60_000);
  expect(await people(id)).toEqual(["in_batch", "in_batch"]);
});
