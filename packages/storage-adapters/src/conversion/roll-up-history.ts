// A random history of a shop: orders, refunds, pushes, reports that come late, merges, erasures; only tests use it.
import type { DeliveryState, RecallKit } from "@recallkit/core";
import type { ConversionQuery } from "@recallkit/core/ports";
import type { draws } from "../audience/shop-model.js";
import type { SqlStores } from "../sql/index.js";

export type Draws = ReturnType<typeof draws>;

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const NOW = Date.UTC(2026, 2, 16, 2);
const PEOPLE = 40;
const STATUSES = ["paid", "completed", "pending"];
const SKUS = ["1", "2", "3"];
const CHANNELS = { wecom: "external_userid", sms: "mobile" } as const;
const RULES = [1, 2, 3];

interface Push {
  readonly occurrenceId: number;
  readonly batchId: number;
  readonly channel: keyof typeof CHANNELS;
}

interface ToldOrder {
  readonly externalId: string;
  readonly externalKey: string;
  readonly status: string;
  readonly orderedAt: number;
  readonly amountMinor: number;
  readonly lines: readonly { readonly sku: string; readonly amountMinor: number; readonly quantity: number }[];
}

/** What happened so far, whichever process is asked. */
export interface History {
  readonly d: Draws;
  readonly pushes: Push[];
  /** Orders as they were last told. */
  readonly told: Map<string, ToldOrder>;
  batches: number;
}

export const newHistory = (d: Draws, batches: number): History => ({ d, batches, pushes: [], told: new Map() });

const keyOf = (d: Draws) => `c${d.below(PEOPLE)}`;
/** Few instants, so that equal ones and ones right at the ends of a window are common. */
const instantOf = (d: Draws) => NOW - d.below(20) * DAY + d.pick([0, 0, 1, -1, 3 * HOUR]);

function newOrder({ d, told }: History): ToldOrder {
  return {
    ...{ externalId: `o${told.size}`, externalKey: keyOf(d), status: d.pick(STATUSES), orderedAt: instantOf(d) },
    amountMinor: d.pick([1, 500, 999, 10_000]),
    lines: d.some(SKUS, 0.5).map((sku) => ({ sku, amountMinor: d.below(900), quantity: 1 + d.below(3) })),
  };
}

const ingest = (kit: RecallKit, orders: readonly (ToldOrder & { readonly refundedMinor?: number })[]) =>
  kit.orders.ingest(orders, { source: "shop", onRejected: "return" });

/** Everybody is there before anything happens. */
export async function begin({ d }: History, kit: RecallKit): Promise<void> {
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({
      externalKey: `c${n}`,
      externalUserId: `wm_${n}`,
      ...(d.chance(0.6) && { mobile: `+861380000${1000 + n}` }),
    })),
  );
}

type Happening = (history: History, kit: RecallKit<SqlStores>) => Promise<unknown>;

/** Each may happen at any time. */
export const HAPPENINGS: Readonly<Record<string, Happening>> = {
  orders: async (history, kit) => {
    const fresh = Array.from({ length: 1 + history.d.below(30) }, () => {
      const order = newOrder(history);
      history.told.set(order.externalId, order);
      return order;
    });
    await ingest(kit, fresh);
  },
  refunds: async ({ d, told }, kit) => {
    const again = d.some([...told.values()], 0.1).map((order) => ({
      ...order,
      refundedMinor: d.pick([0, order.amountMinor, order.amountMinor >> 1]),
      refundedAt: instantOf(d),
    }));
    await ingest(kit, again);
  },
  changedOrders: async (history, kit) => {
    const { d, told } = history;
    const changed = d.some([...told.values()], 0.08).map((order) => {
      // The kit takes no order of another customer.
      const { externalId: _, externalKey: __, ...fresh } = newOrder(history);
      return { ...order, ...d.pick([{ status: fresh.status }, { orderedAt: fresh.orderedAt }, fresh]) };
    });
    for (const order of changed) told.set(order.externalId, order);
    await ingest(kit, changed);
  },
  push: async (history, { stores }) => {
    const { d } = history;
    const channel = d.pick(["wecom", "wecom", "sms"] as const);
    const kind = d.pick(["manual", "manual", "test"] as const);
    const push = await addPush(history, stores, { channel, kind, afterId: d.below(PEOPLE / 2) });
    await move(history, stores, push, ["accepted", "accepted", "failed", "unknown"], "in_batch");
  },
  reports: async (history, { stores }) => {
    const { d, pushes } = history;
    for (const push of d.some(pushes, 0.4)) {
      await move(history, stores, push, ["delivered", "delivered", "not_delivered"], "accepted");
    }
    for (const push of d.some(pushes, 0.2)) await move(history, stores, push, ["accepted", "failed"], "unknown");
  },
  merge: ({ d }, kit) => kit.customers.merge(keyOf(d), keyOf(d)).catch(() => {}),
  erase: ({ d }, kit) => kit.customers.erase(keyOf(d)).catch(() => {}),
  people: ({ d }, kit) => kit.customers.upsert([{ externalKey: keyOf(d), name: `${d.below(99)}` }]),
};

/** A firing whose people all stand in one batch. */
export async function addPush(
  history: History,
  stores: SqlStores,
  { channel, kind, afterId }: { readonly afterId: number; readonly kind: "manual" | "test" } & Pick<Push, "channel">,
): Promise<Push> {
  const { d } = history;
  const ruleId = d.pick(RULES);
  history.batches += 1;
  const batchId = history.batches;
  const { occurrence } = await stores.occurrences.insert({
    ...{
      tenantId: 1,
      ruleId,
      ruleVersion: 1,
      kind,
      nominal: `${batchId}`,
      timeZone: "Asia/Shanghai",
      customerIds: null,
    },
    ...{ dueAt: instantOf(d), expiresAt: NOW, salt: "", createdAt: 0, state: "planned", reason: null },
  });
  const key = { tenantId: 1, occurrenceId: occurrence.id, channel };
  const query = { tenantId: 1, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
  const page = { ...key, ruleId, addressType: CHANNELS[channel], query, afterId, limit: 1000 };
  await stores.deliveries.snapshot({ ...page, at: NOW });
  await stores.deliveries.fillBatch(key, batchId, 1000, NOW);
  const push = { occurrenceId: occurrence.id, batchId, channel };
  history.pushes.push(push);
  return push;
}

/** Some people of a push, from one state to others. */
async function move(
  { d }: History,
  stores: SqlStores,
  { batchId }: Push,
  states: readonly DeliveryState[],
  from: DeliveryState,
): Promise<void> {
  const { items } = await stores.deliveries.list(1, { batchId, states: [from], limit: 200 });
  for (const to of new Set(states)) {
    const some = items.filter(() => d.chance(0.4)).flatMap(({ address }) => (address === null ? [] : [address]));
    if (some.length === 0) continue;
    const at = instantOf(d);
    const patch =
      to === "accepted" ? { acceptedAt: at } : to === "delivered" && d.chance(0.8) ? { deliveredAt: at } : {};
    await stores.deliveries.transition(1, { batchId, addresses: some }, from, to, patch, at);
  }
}

/** A question that credits can answer, or, at times, one that they cannot. */
export function questionOf({ d, pushes }: History): ConversionQuery {
  const push = d.pick([...pushes, undefined]);
  return {
    ...{
      tenantId: 1,
      asOf: d.pick([NOW, NOW, instantOf(d)]),
      windowMs: d.pick([7 * DAY, 7 * DAY, 3 * DAY, 1, 30 * DAY]),
    },
    statuses: d.pick([STATUSES, STATUSES.slice(0, 2), []]),
    ...(d.chance(0.3) && { ruleIds: d.some(RULES, 0.5) }),
    ...(push && d.chance(0.3) && { occurrenceId: push.occurrenceId }),
    ...(d.chance(0.2) && { channel: d.pick(["wecom", "sms"]) }),
    ...(d.chance(0.3) && { from: instantOf(d) }),
    ...(d.chance(0.3) && { to: instantOf(d) }),
    ...(d.chance(0.1) && { pushesAsOf: instantOf(d) }),
  };
}
