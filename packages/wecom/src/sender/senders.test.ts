import { createRecallKit, type RuleInput, silentLogger, systemRandom } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { memoryStores } from "@recallkit/core/memory";
import { virtualClock } from "@recallkit/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { type SimulatedCustomer, startWecomSimulator } from "../simulator/index.js";
import { batchOf, CREDENTIALS, LINKED, openRig, sendOptions } from "../test-rig.js";
import { wecomChannel } from "../wecom-channel.js";

const HOUR = 3_600_000;
const STAFF = ["anna", "ben", "cai", "dora"] as const;
const SENDERS = ["anna", "ben", "cai"];
const id = (number: number) => `wm_${number}`;

/** 120 customers: a quarter each of ben and anna, a quarter of ben and cai, of whom cai spoke last, a quarter of dora alone. */
const FOLLOWERS: readonly (readonly string[])[] = [["anna"], ["anna", "ben"], ["ben", "cai"], ["dora"]];
const PEOPLE: readonly SimulatedCustomer[] = Array.from({ length: 120 }, (_, number) => ({
  externalUserid: id(number),
  followers: FOLLOWERS[number % 4] ?? [],
}));

/** A shop with a push by follow relation, on one clock with the simulator. */
async function shop(rule: Partial<RuleInput> = {}, { batchSize = 50, confirmAfterMs = HOUR as number | "never" } = {}) {
  const clock = virtualClock(Date.UTC(2026, 4, 20, 2));
  const confirm = { afterMs: confirmAfterMs };
  const simulator = await startWecomSimulator({ seed: "test", clock, staff: STAFF, customers: PEOPLE, confirm });
  onTestFinished(() => simulator.close());
  // Deadlines of the engine are told in its time.
  const transport = undiciTransport({ clock });
  onTestFinished(() => transport.close());
  const channel = wecomChannel({
    ...CREDENTIALS,
    baseUrl: simulator.url,
    transport,
    clock,
    batchSize,
  });
  const stores = memoryStores();
  const kit = createRecallKit({
    stores,
    channels: [channel],
    clock,
    random: systemRandom,
    logger: silentLogger,
    secretKey: "senders-senders-senders-senders-secret",
    caps: "off",
  });
  await kit.customers.upsert(
    PEOPLE.map(({ externalUserid }) => ({ externalKey: externalUserid, externalUserId: externalUserid })),
  );
  const { id: ruleId } = await kit.rules.create({
    name: "召回",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2099-12-31",
    content: { ...LINKED, senders: SENDERS },
    messageClass: "transactional",
    overlap: "allow",
    ...rule,
  });
  const settle = async () => {
    for (let turn = 0; turn < 8; turn += 1) {
      await kit.tick();
      await clock.advance(20_000);
    }
  };
  const rows = async () => (await kit.deliveries.list({ limit: 200 })).items;
  return { clock, simulator, kit, stores, ruleId, settle, rows };
}

const followersOf = (address: string) => FOLLOWERS[Number(address.slice(3)) % 4] ?? [];

test("each customer gets the message once, from an allowed member who follows them; nobody's call is wasted", async () => {
  const { clock, simulator, kit, ruleId, settle, rows } = await shop();
  await kit.occurrences.runNow(ruleId);
  await settle();
  await clock.advance(2 * HOUR);
  await settle();
  const deliveries = [...simulator.ledger.deliveries()];
  expect(deliveries).toHaveLength(90);
  for (const { userid, externalUserid, status } of deliveries) {
    expect(SENDERS).toContain(userid);
    expect([status, followersOf(externalUserid)]).toEqual([1, expect.arrayContaining([userid])]);
  }
  expect(new Set(deliveries.map(({ externalUserid }) => externalUserid)).size).toBe(90);
  expect(simulator.ledger.tasks.flatMap(({ failList }) => failList)).toEqual([]);
  // Three members, and three batches of 50 to begin with.
  expect(simulator.ledger.tasks.length).toBeLessThanOrEqual(9);
  const found = await rows();
  const ends = found.map(
    ({ state, reason, address }) => `${state} ${reason} ${followersOf(address ?? "").includes("dora")}`,
  );
  expect(new Set(ends)).toEqual(new Set(["delivered null false", "suppressed no_sender true"]));
  expect(found.filter(({ state }) => state === "suppressed")).toHaveLength(30);
  // Customers of two members are spread over both.
  const perMember = SENDERS.map((member) => deliveries.filter(({ userid }) => userid === member).length);
  expect(Math.min(...perMember)).toBeGreaterThan(9);
});

test("a second push goes out by the same members, and asks about relations anew only after a while", async () => {
  const { clock, simulator, kit, ruleId, settle } = await shop();
  const lists = () => simulator.ledger.calls.filter(({ path }) => path.endsWith("externalcontact/list")).length;
  const push = async () => {
    await kit.occurrences.runNow(ruleId);
    await settle();
    await clock.advance(2 * HOUR);
    await settle();
  };
  await kit.occurrences.runNow(ruleId);
  await settle();
  expect(lists()).toBe(3);
  await clock.advance(2 * HOUR);
  await push();
  const senders = new Map<string, Set<string>>();
  for (const { externalUserid, userid } of simulator.ledger.deliveries()) {
    senders.set(externalUserid, (senders.get(externalUserid) ?? new Set()).add(userid));
  }
  expect([...senders.values()].every(({ size }) => size === 1)).toBe(true);
  expect(lists()).toBe(6);
});

test("whoever does not confirm is told of, and the rule's time limit calls their tasks off", async () => {
  const { clock, kit, ruleId, settle, rows } = await shop({}, { confirmAfterMs: "never" });
  await kit.occurrences.runNow(ruleId);
  await settle();
  for (let day = 0; day < 4; day += 1) {
    await clock.advance(24 * HOUR);
    await settle();
  }
  expect(new Set((await rows()).map(({ state, reason }) => `${state} ${reason}`))).toEqual(
    new Set(["not_delivered staff_not_confirmed", "suppressed no_sender"]),
  );
});

test("who changed hands after the batch was divided comes with a later task; a repeat goes to all it went to", async () => {
  const { simulator, channel, clock } = await openRig({
    simulator: { staff: STAFF, customers: PEOPLE },
    channel: { senders: ["*"] },
  });
  const addresses = [id(0), id(4), id(8), id(3)];
  const groups = await channel.divide?.(1, LINKED, addresses, { signal: new AbortController().signal });
  expect(groups).toEqual([[id(0), id(4), id(8)], [id(3)]]);
  simulator.control.setFollowers(id(4), ["cai"]);
  simulator.control.setFollowers(id(8), []);
  clock.advance(300_000);
  const batch = batchOf(LINKED, [id(0), id(4), id(8), id(12)]);
  expect((await channel.send(batch, sendOptions())).map(({ kind }) => kind)).toEqual([
    "accepted",
    "deferred",
    "refused",
    "accepted",
  ]);
  const repeat = { ...batch, mayBeSentSince: clock.now() };
  expect((await channel.send(repeat, sendOptions())).map(({ kind }) => kind)).toEqual([
    "accepted",
    "refused",
    "refused",
    "accepted",
  ]);
});

test("a member whom the corp does not know keeps nobody else from sending", async () => {
  const { channel } = await openRig({
    simulator: { staff: STAFF, customers: PEOPLE },
    channel: { senders: ["anna", "nobody"] },
  });
  const { signal } = new AbortController();
  expect(await channel.divide?.(1, LINKED, [id(0), id(3)], { signal })).toEqual([[id(0)]]);
  expect(await channel.divide?.(1, { ...LINKED, sender: "ben" }, [id(0)], { signal })).toBeUndefined();
});

test("when relations can't be read nothing is sent, and the batch is tried again", async () => {
  const { simulator, kit, ruleId, settle, clock } = await shop();
  simulator.faults.push({ on: "list", kind: "html", times: 4 });
  await kit.occurrences.runNow(ruleId);
  await kit.tick();
  expect(simulator.ledger.tasks).toEqual([]);
  for (let turn = 0; turn < 5; turn += 1) {
    await clock.advance(10 * 60_000);
    await settle();
  }
  expect(new Set([...simulator.ledger.deliveries()].map(({ externalUserid }) => externalUserid)).size).toBe(90);
  expect([...simulator.ledger.tasksPerCustomer().values()].every((count) => count === 1)).toBe(true);
});

test("both ways at once, too many members and empty lists are refused", () => {
  for (const senders of [[], Array.from({ length: 1001 }, (_, n) => `m${n}`), [""], ["x".repeat(65)]]) {
    expect(() => wecomChannel({ ...CREDENTIALS, senders })).toThrow(/senders/);
  }
  expect(() => wecomChannel({ ...CREDENTIALS, sender: "anna", senders: ["ben"] })).toThrow(/senders/);
  const { checkContent } = wecomChannel(CREDENTIALS);
  expect(checkContent?.({ text: "x", sender: "a", senders: ["b"] })[0]?.path).toBe("senders");
});
