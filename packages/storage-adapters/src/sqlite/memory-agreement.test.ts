import type { DeliveryState, Random } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { AudienceQuery, OrderWrite, Stores } from "@recallkit/core/ports";
import { seededRandom } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";

const PEOPLE = 30;
const LABELS = [1, 2, 3, 4, 5];
const STATUSES = ["paid", "completed", "open"];
// Few instants, so that equal ones and ones right at an edge are common.
const INSTANTS = 40;

function draws(random: Random) {
  const below = (limit: number) => Math.floor(random.next() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const some = <T>(values: readonly T[], share: number) => values.filter(() => random.next() < share);
  return { below, pick, some, chance: (share: number) => random.next() < share };
}
type Draws = ReturnType<typeof draws>;

function shop({ below, pick, some, chance }: Draws) {
  const orders: OrderWrite[] = Array.from({ length: PEOPLE * 4 }, (_, index) => {
    const amountMinor = below(4);
    const isRefunded = chance(0.3);
    return {
      tenantId: 1,
      source: "shop",
      externalId: `${index}`,
      customerId: 1 + below(PEOPLE),
      orderedAt: below(INSTANTS),
      amountMinor,
      refundedMinor: isRefunded ? below(amountMinor + 2) : 0,
      refundedAt: isRefunded && chance(0.7) ? below(INSTANTS) : null,
      status: pick(STATUSES),
      rowHash: "",
      lines: [],
      labelIds: some(LABELS, 0.2),
    };
  });
  const people = Array.from({ length: PEOPLE }, (_, index) => ({
    tenantId: 1,
    externalKey: `c${index}`,
    name: null,
    bornOn: null,
    timeZone: null,
    identities: chance(0.8) ? { external_userid: `wm_${index}` } : {},
    rowHash: "",
    createdAt: 0,
    updatedAt: 0,
  }));
  const pairs = people.flatMap((_, index) => some(LABELS, 0.2).map((labelId) => ({ customerId: index + 1, labelId })));
  return { people, orders, pairs };
}

function audience({ below, pick, some, chance }: Draws): AudienceQuery {
  const from = below(INSTANTS);
  const groups = Array.from({ length: pick([0, 0, 1, 1, 2]) }, () => ({
    customerLabelIds: some(LABELS, 0.3),
    orderLabelIds: some(LABELS, 0.3),
  }));
  return {
    tenantId: 1,
    orders: { asOf: below(INSTANTS + 2), statuses: some(STATUSES, 0.7) },
    ...(chance(0.7)
      ? { window: { from, to: from + below(15), recency: pick(["last-order", "any-order"] as const) } }
      : {}),
    labelGroups: groups,
    ...(chance(0.3) ? { reachableBy: "external_userid" as const } : {}),
  };
}

/** Three pushes to everybody, whose outcomes depend on the number of the person. */
function pushes({ below, pick }: Draws) {
  return Array.from({ length: 3 }, (_, index) => ({
    ruleId: 1 + (index % 2),
    dueAt: below(INSTANTS),
    outcomes: Array.from({ length: PEOPLE }, (_, person) => ({
      address: `wm_${person}`,
      state: pick<DeliveryState>(["accepted", "delivered", "not_delivered", "failed", "unknown"]),
      acceptedAt: below(INSTANTS),
      deliveredAt: below(INSTANTS),
    })),
  }));
}

async function push(stores: Stores, plan: ReturnType<typeof pushes>[number], number: number): Promise<void> {
  const { ruleId, dueAt, outcomes } = plan;
  const { occurrence } = await stores.occurrences.insert({
    tenantId: 1,
    ruleId,
    ruleVersion: 1,
    kind: "manual",
    nominal: `${number}`,
    timeZone: "Asia/Shanghai",
    customerIds: null,
    dueAt,
    expiresAt: INSTANTS,
    salt: "",
    createdAt: 0,
    state: "planned",
    reason: null,
  });
  const query = { tenantId: 1, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
  const key = { tenantId: 1, occurrenceId: occurrence.id, channel: "wecom" };
  await stores.deliveries.snapshot({
    ...key,
    ruleId,
    addressType: "external_userid",
    query,
    afterId: 0,
    limit: 1000,
    at: 1,
  });
  await stores.deliveries.fillBatch(key, number, 1000, 1);
  for (const { address, state, acceptedAt, deliveredAt } of outcomes) {
    const one = { batchId: number, addresses: [address] };
    const isReported = state === "delivered" || state === "not_delivered";
    await stores.deliveries.transition(
      1,
      one,
      "in_batch",
      isReported ? "accepted" : state,
      { acceptedAt },
      deliveredAt,
    );
    const report = state === "delivered" && deliveredAt % 4 > 0 ? { deliveredAt } : {};
    if (isReported) await stores.deliveries.transition(1, one, "accepted", state, report, deliveredAt);
  }
}

test.each(Array.from({ length: 12 }, (_, seed) => seed))("SQLite and memory answer alike (seed %i)", async (seed) => {
  const random = draws(seededRandom(seed));
  const { people, orders, pairs } = shop(random);
  const plans = pushes(random);
  const memory = memoryStores();
  const sqlite = await sqliteStores({ file: ":memory:", migrate: true });
  const both: readonly Stores[] = [memory, sqlite];
  for (const stores of both) {
    await stores.customers.insertMany(people);
    await stores.orders.insertMany(orders);
    await stores.labels.assign(1, pairs);
    for (const [index, plan] of plans.entries()) await push(stores, plan, index + 1);
  }
  const compare = async <T>(ask: (stores: Stores) => Promise<T>, what: unknown): Promise<T> => {
    const [expected, actual] = [await ask(memory), await ask(sqlite)];
    expect(actual, JSON.stringify(what)).toEqual(expected);
    return expected;
  };
  const seen = { members: 0, credited: 0, past: 0 };

  for (let round = 0; round < 60; round++) {
    const query = audience(random);
    seen.members += await compare(({ audience }) => audience.count(query), query);
    const person = 1 + random.below(PEOPLE);
    await compare(({ audience }) => audience.page(query, person - 1, 20), [query, person]);
    await compare(({ audience }) => audience.includes(query, person), [query, person]);
    await compare(({ audience }) => audience.facts(1, person, query.orders), [query.orders, person]);
    const report = {
      tenantId: 1,
      ...query.orders,
      windowMs: random.below(12),
      ...(random.chance(0.3) ? { ruleIds: random.some([1, 2], 0.5) } : {}),
      ...(random.chance(0.2) ? { occurrenceId: 1 + random.below(3) } : {}),
      ...(random.chance(0.3) ? { from: random.below(INSTANTS) } : {}),
      ...(random.chance(0.3) ? { to: random.below(INSTANTS) } : {}),
    };
    seen.credited += (await compare(({ conversions }) => conversions.figures(report), report)).orders;
    const past = { ...report, pushesAsOf: report.asOf };
    seen.past += (await compare(({ conversions }) => conversions.figures(past), past)).orders;
    await compare(({ conversions }) => conversions.dueRange(past), past);
  }
  expect(seen.members).toBeGreaterThan(0);
  expect(seen.credited).toBeGreaterThan(0);
  expect(seen.past).toBeGreaterThan(0);
  await Promise.all(both.map((stores) => stores.close()));
});
