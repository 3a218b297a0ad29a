import { createRecallKit, type RecallKit, type Report, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { CHANNEL_SPEC_VERSION, type Channel, type Stores } from "@recallkit/core/ports";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1, 2);
const PEOPLE = 8;
const WEEKS = 3;

/** Accepts everybody whose turn it is not to be refused. */
function channel(isRefused: (address: string) => boolean): Channel {
  return {
    name: "test",
    specVersion: CHANNEL_SPEC_VERSION,
    personal: false,
    addressType: "external_userid",
    maxBatchSize: 100,
    capability: () => "lookup",
    send: async ({ recipients }) =>
      recipients.map(({ address }) =>
        isRefused(address) ? { kind: "refused", reason: "x" } : { kind: "accepted", providerMessageId: "m" },
      ),
    lookUp: async () => [],
  };
}

/** A shop with pushes a week apart, whose buyers buy in the days after; a person without a touch buys when nobody's counts. */
async function shop(stores: Stores, seed: number) {
  const random = seededRandom(seed);
  const clock = virtualClock(START);
  const chance = (share: number) => random.next() < share;
  const refused = new Set<string>();
  const channels = [channel((address) => refused.has(address))];
  const options = { stores, clock, channels, logger: silentLogger, secretKey: "x".repeat(32) };
  const kit = createRecallKit({ ...options, caps: { minGapHours: 0, maxPerDay: 9, maxPerWeek: 9 } });
  const keys = Array.from({ length: PEOPLE }, (_, n) => `c${n}`);
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey, externalUserId: `wm_${externalKey}` })));
  const suppressed = keys.filter(() => chance(0.2));
  await kit.suppressions.addMany(suppressed.map((externalKey) => ({ externalKey, reason: "opt_out" })));
  const pushes: number[] = [];
  let orders = 0;
  for (let week = 0; week < WEEKS; week += 1) {
    refused.clear();
    for (const key of keys) if (chance(0.3)) refused.add(`wm_${key}`);
    const rule = await kit.rules.create({
      name: `rule ${week}`,
      segment: { everybody: true },
      validFrom: "2026-01-01",
      validTo: "2026-12-31",
      content: { text: "喵" },
    });
    const { id } = await kit.occurrences.runNow(rule.id);
    await kit.tick();
    pushes.push(rule.id);
    const { items } = await kit.deliveries.list({ occurrenceId: id, limit: 200 });
    const touched = new Set(items.flatMap(({ state, externalKey }) => (state === "accepted" ? [externalKey] : [])));
    // Whoever had no message buys after the window of those who had: else a merge rightly finds a touch for the order.
    const rows = keys.flatMap((externalKey) => {
      if (!chance(0.5)) return [];
      orders += 1;
      const days = touched.has(externalKey) ? 1 + random.next() * 5 : 7.5;
      return [{ externalId: `${orders}`, externalKey, orderedAt: clock.now() + days * DAY, amount: 1 + orders }];
    });
    await kit.orders.ingest(rows);
    await clock.advance(8 * DAY);
  }
  return { kit, keys, pushes, suppressed, random };
}

/** What a merge must not change: sums of every push, and of all of them. */
async function sums(kit: RecallKit, pushes: readonly number[]) {
  const ofReport = ({ orders, revenueMinor, refundedMinor }: Report) => [orders, revenueMinor, refundedMinor];
  const reports = await Promise.all(pushes.map((id) => kit.report(id)));
  const states = (await kit.deliveries.list({ limit: 200 })).items.map(({ state }) => state).toSorted();
  return {
    orders: await kit.stores.orders.count(1),
    all: ofReport(await kit.report()),
    pushes: reports.map((report) => [...ofReport(report), report.audience]),
    states,
  };
}

test("a merge changes no sum of orders, money or credits, lifts no opt-out and forgets no charge", {
  timeout: 60_000,
}, async () => {
  for (let seed = 1; seed <= 3; seed += 1) {
    const engines = [memoryStores(), await sqliteStores({ file: ":memory:", migrate: true })];
    const ends: unknown[] = [];
    for (const stores of engines) {
      const { kit, keys, pushes, suppressed, random } = await shop(stores, seed);
      const before = await sums(kit, pushes);
      const outlookOf = async () => {
        const query = { tenantId: 1, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
        const page = { tenantId: 1, channel: "test", addressType: "external_userid", afterId: 0, limit: 99 } as const;
        return stores.deliveries.outlook({ ...page, query, chargesSince: 0 });
      };
      const charges = (await outlookOf()).flatMap((person) => person.charges).toSorted();
      const groups = new Map(keys.map((key) => [key, new Set([key])]));
      for (let n = 0; n < 4; n += 1) {
        const [into = "", from = ""] = [0, 1].map(() => keys[Math.floor(random.next() * PEOPLE)]);
        await kit.customers.merge(into, from);
        const group = new Set([...(groups.get(into) ?? []), ...(groups.get(from) ?? [])]);
        for (const key of group) groups.set(key, group);
      }
      const after = await sums(kit, pushes);
      expect({ seed, ...after }).toEqual({ seed, ...before });
      const people = await outlookOf();
      expect(people.flatMap((person) => person.charges).toSorted()).toEqual(charges);
      for (const key of keys) {
        const { suppressions } = await kit.customers.export(key);
        const wanted = [...(groups.get(key) ?? [])].some((one) => suppressed.includes(one));
        expect([key, suppressions.some(({ reason }) => reason === "opt_out")]).toEqual([key, wanted]);
      }
      ends.push([after, people, (await kit.deliveries.list({ limit: 200 })).items]);
      await kit.close();
    }
    expect(ends[1]).toEqual(ends[0]);
  }
});
