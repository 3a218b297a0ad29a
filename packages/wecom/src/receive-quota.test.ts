import { createRecallKit, silentLogger, systemRandom } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { virtualClock } from "@recallkit/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { startWecomSimulator } from "./simulator/index.js";
import { CREDENTIALS, LINKED, testTransport } from "./test-rig.js";
import { wecomChannel } from "./wecom-channel.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAILY = { window: "day", max: 2 } as const;

/** A shop whose customers can receive two messages a day, and whose staff take an hour, or as long as they like. */
async function shop(receiveQuota: typeof DAILY | "off", afterMs = HOUR, taskDeadlineMs = 3 * DAY) {
  const clock = virtualClock(Date.UTC(2026, 4, 20, 2));
  const simulator = await startWecomSimulator({ seed: "test", clock, cap: DAILY, confirm: { afterMs } });
  onTestFinished(() => simulator.close());
  const channel = wecomChannel({
    ...CREDENTIALS,
    baseUrl: simulator.url,
    transport: testTransport(),
    clock,
    receiveQuota,
  });
  const kit = createRecallKit({
    stores: memoryStores(),
    channels: [channel],
    clock,
    random: systemRandom,
    logger: silentLogger,
    secretKey: "receive-quota-receive-quota-secret",
    caps: "off",
    timings: { taskDeadlineMs },
  });
  await kit.customers.upsert(
    Array.from({ length: 20 }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
  );
  const { id } = await kit.rules.create({
    name: "召回",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2099-12-31",
    content: LINKED,
    messageClass: "transactional",
    overlap: "allow",
  });
  return {
    async push() {
      await kit.occurrences.runNow(id);
      await kit.tick();
    },
    /** Sends the push to one customer as a test. */
    async test(address: string) {
      await kit.sendTest(id, { addresses: [address] });
      await kit.tick();
    },
    async pass(ms: number) {
      await clock.advance(ms);
      await kit.tick();
    },
    reasons: async () =>
      (await kit.deliveries.list({ states: ["suppressed"], limit: 200 })).items.map(({ reason }) => reason),
    states: async () => (await kit.deliveries.list({ limit: 200 })).items.map(({ state }) => state),
    close: () => simulator.close(),
    overQuota: () => [...simulator.ledger.deliveries()].filter(({ status }) => status === 3).length,
    received: () => [...simulator.ledger.deliveries()].filter(({ status }) => status === 1).length,
  };
}

test("whoever can receive no more is left out: no message comes to nothing over the quota", async () => {
  const { push, pass, reasons, overQuota, received } = await shop(DAILY);
  for (let day = 0; day < 3; day += 1) {
    for (let n = 0; n < 4; n += 1) {
      await push();
      await pass(2 * HOUR);
    }
    await pass(DAY - 8 * HOUR);
  }
  expect([overQuota(), received()]).toEqual([0, 3 * 2 * 20]);
  expect([...new Set(await reasons())]).toEqual(["provider_quota"]);
});

test("a test counts against the quota of who got it, and is never held back by it", async () => {
  const { push, test: sendTest, pass, reasons, overQuota, received } = await shop(DAILY);
  await sendTest("wm_3");
  await pass(2 * HOUR);
  await push();
  await pass(2 * HOUR);
  await push();
  await pass(2 * HOUR);
  expect([overQuota(), received(), await reasons()]).toEqual([0, 1 + 20 + 19, ["provider_quota"]]);
  await sendTest("wm_3");
  await pass(2 * HOUR);
  // WeCom itself refuses the third of the day.
  expect([overQuota(), received()]).toEqual([1, 40]);
});

test("what waits for staff counts, on whatever day they confirm it", async () => {
  const { push, pass, reasons, overQuota, received } = await shop(DAILY, 30 * HOUR);
  for (let n = 0; n < 4; n += 1) {
    await push();
    await pass(20 * HOUR);
  }
  await pass(3 * DAY);
  expect(overQuota()).toBe(0);
  expect(received()).toBeGreaterThan(0);
  expect(await reasons()).not.toEqual([]);
});

test("results are read while the platform has them, and kept when it has them no more", async () => {
  const { push, pass, states, received, close } = await shop("off", 14 * DAY, 20 * DAY);
  await push();
  await pass(HOUR);
  for (let day = 0; day < 13; day += 1) await pass(DAY);
  expect([received(), new Set(await states())]).toEqual([0, new Set(["accepted"])]);
  // Staff confirm on the fifteenth day, the last one of which results are promised.
  await pass(DAY);
  await pass(2 * HOUR);
  expect([received(), new Set(await states())]).toEqual([20, new Set(["delivered"])]);
  await close();
  for (let day = 0; day < 10; day += 1) await pass(DAY);
  expect(new Set(await states())).toEqual(new Set(["delivered"]));
});

test("without a quota messages come to nothing, which their reports tell", async () => {
  const { push, pass, reasons, overQuota } = await shop("off");
  for (let n = 0; n < 3; n += 1) {
    await push();
    await pass(2 * HOUR);
  }
  expect([overQuota(), await reasons()]).toEqual([20, []]);
});

test("a quota that is none is refused", () => {
  for (const receiveQuota of [
    { window: "year", max: 1 },
    { window: "day", max: 0 },
  ] as never[]) {
    expect(() => wecomChannel({ ...CREDENTIALS, receiveQuota })).toThrow(/receiveQuota/);
  }
});
