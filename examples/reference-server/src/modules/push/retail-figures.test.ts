import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  createRecallKit,
  type Delivery,
  type OrderInput,
  type RecallKit,
  type StatisticsOptions,
  silentLogger,
} from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel, type DeliveryReport } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { describe, expect, test } from "vitest";
import { engines } from "../../testing/engines.js";

const folder = process.env.RECALLKIT_DATA_DIR;
const name = "statistics equal a recomputation by hand on Online Retail, for several pushes, windows and refunds";

const DAY = 86_400_000;
const at = (text: string) => Date.parse(`${text}T00:00:00+08:00`);
/** Instants of the pushes; the first two overlap in their windows, so that orders have to be credited once. */
const PUSHES = [
  { rule: "一月未购", on: at("2011-09-05") + 10 * 3_600_000, minDays: 20, maxDays: 60 },
  { rule: "大促", on: at("2011-09-08") + 15 * 3_600_000, minDays: 5, maxDays: 120 },
  { rule: "一月未购", on: at("2011-10-17") + 10 * 3_600_000, minDays: 20, maxDays: 60 },
  { rule: "大促", on: at("2011-11-14") + 9 * 3_600_000, minDays: 5, maxDays: 120 },
] as const;

/** An order as the file and the made-up refunds say; what the recomputation works with. */
interface Sale {
  readonly id: string;
  readonly customer: string;
  readonly at: number;
  readonly lines: readonly {
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly minor: number;
  }[];
  readonly minor: number;
  readonly refundMinor: number;
  readonly refundAt: number | null;
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const reason = folder ? engine.missing : "needs RECALLKIT_DATA_DIR";
  const needs = reason === undefined ? "" : ` (${reason})`;
  (needs === "" ? test : test.skip)(name + needs, { timeout: 300_000 }, async () => {
    const sales = salesOf(gunzipSync(await readFile(join(folder ?? "", "online_retail.csv.gz"))).toString("utf8"));
    expect(sales).toHaveLength(18_536);
    expect(sales.filter(({ refundAt }) => refundAt !== null).length).toBeGreaterThan(1000);
    const scratch = await mkdtemp(join(tmpdir(), "recallkit-test-"));
    const clock = virtualClock(at("2011-09-01"));
    const stores = await engine.open(scratch, { clock });
    const kit = createRecallKit({
      stores,
      clock,
      channels: [postbox(() => clock.now())],
      logger: silentLogger,
      secretKey: "x".repeat(32),
    });
    try {
      await kit.orders.ingest(sales.map(inputOf), { source: "retail" });
      const customers = [...new Set(sales.map(({ customer }) => customer))];
      await kit.customers.upsert(customers.map((key) => ({ externalKey: key, externalUserId: `wm_${key}` })));
      await push(kit, clock);
      const deliveries = await allDeliveries(kit);
      const states = new Set(deliveries.map(({ state }) => state));
      for (const state of ["delivered", "accepted", "not_delivered", "failed"]) expect(states).toContain(state);

      const rules = (await kit.rules.list()).items;
      const ruleId = rules.find((rule) => rule.name === "大促")?.id ?? 0;
      const occurrences = new Map((await kit.occurrences.list({ limit: 200 })).items.map((one) => [one.id, one.dueAt]));
      const questions: Question[] = [
        {},
        { ruleId },
        { search: "未购" },
        { from: at("2011-09-08"), to: at("2011-10-18") },
        { from: PUSHES[1].on, to: PUSHES[1].on + 1 },
        { asOf: at("2011-09-20") },
        { asOf: PUSHES[0].on },
        { windowMs: DAY },
        { windowMs: 30 * DAY, asOf: at("2011-12-01") },
        { ruleId, windowMs: 3 * DAY, from: at("2011-11-14"), asOf: at("2011-11-16") },
        { search: "没有这个名称" },
      ];
      const facts = { deliveries, sales, occurrences, ruleNames: new Map(rules.map((rule) => [rule.id, rule.name])) };
      let credited = 0;
      for (const question of questions) {
        const { byDay, products, ...totals } = await kit.statistics({ products: 200, ...question });
        const truth = recompute(facts, question, clock.now());
        expect({ question, ...totals }).toMatchObject({ question, ...truth.totals });
        expect(Object.fromEntries(byDay.map(({ date, orders, pushed }) => [date, { orders, pushed }]))).toEqual(
          truth.days,
        );
        expect(products.slice(0, 20)).toEqual(truth.products.slice(0, 20));
        credited += totals.orders;
      }
      expect(credited).toBeGreaterThan(1000);
    } finally {
      await kit.close();
      await rm(scratch, { recursive: true });
    }
  });
});

/** Reads the file without any of our code: quoted cells, one line per cell row. */
function salesOf(text: string): readonly Sale[] {
  const sales = new Map<string, { customer: string; at: number; lines: Sale["lines"][number][] }>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = ""]) =>
      cell.replace(/^"|"$/g, "").replaceAll('""', '"'),
    );
    const [invoice = "", sku = "", description = "", quantity = "", when = "", price = "", customer = ""] = cells;
    if (invoice === "" || invoice.startsWith("C") || customer === "") continue;
    const sale = sales.get(invoice) ?? { customer, at: Date.parse(`${when.replace(" ", "T")}+08:00`), lines: [] };
    sale.lines.push({
      sku,
      name: description.trim(),
      quantity: Number(quantity),
      minor: Math.round(Number(quantity) * Number(price) * 100),
    });
    sales.set(invoice, sale);
  }
  return [...sales].map(([id, sale]) => {
    const minor = sale.lines.reduce((sum, line) => sum + line.minor, 0);
    const number = Number(id.replace(/\D/g, ""));
    // Made up, since the file's cancellations do not name the invoice they cancel: some in part, some in full.
    const share = number % 11 === 0 ? 1 : number % 7 === 0 ? 0.3 : 0;
    const refundMinor = Math.floor(minor * share);
    return { id, ...sale, minor, refundMinor, refundAt: refundMinor > 0 ? sale.at + (1 + (number % 9)) * DAY : null };
  });
}

function inputOf({ id, customer, at: orderedAt, lines, minor, refundMinor, refundAt }: Sale): OrderInput {
  return {
    externalId: id,
    externalKey: customer,
    orderedAt,
    amountMinor: minor,
    lines: lines.map((line) => ({ sku: line.sku, name: line.name, quantity: line.quantity, amount: line.minor / 100 })),
    ...(refundAt !== null && { refunded: refundMinor / 100, refundedAt: refundAt }),
  };
}

/** Refuses some, delivers to some a few hours later, never hears of others. */
function postbox(now: () => number): Channel {
  const sent = new Map<string, { readonly addresses: readonly string[]; readonly at: number }>();
  const kindOf = (address: string) => Number(address.replace(/\D/g, "")) % 5;
  return {
    name: "post",
    specVersion: CHANNEL_SPEC_VERSION,
    personal: false,
    addressType: "external_userid",
    maxBatchSize: 500,
    capability: () => "none",
    async send({ recipients }) {
      const addresses = recipients.map(({ address }) => address);
      const providerMessageId = `m${sent.size + 1}`;
      sent.set(providerMessageId, { addresses, at: now() });
      return addresses.map((address) =>
        kindOf(address) === 4 ? { kind: "refused", reason: "not_a_friend" } : { kind: "accepted", providerMessageId },
      );
    },
    async *results([id = ""]) {
      const message = sent.get(id);
      if (!message) return;
      yield message.addresses.flatMap((address): DeliveryReport[] => {
        const kind = kindOf(address);
        const deliveredAt = message.at + (1 + (Number(address.replace(/\D/g, "")) % 30)) * 3_600_000;
        if (kind === 4) return [];
        if (kind === 3) return [{ address, kind: "not_delivered", reason: "provider_quota" }];
        if (kind === 2 || deliveredAt > now()) return [{ address, kind: "pending" }];
        return [{ address, kind: "delivered", at: deliveredAt }];
      });
    },
  };
}

async function push(kit: RecallKit, clock: ReturnType<typeof virtualClock>): Promise<void> {
  const ids = new Map<string, number>();
  for (const { rule, on, minDays, maxDays } of PUSHES) {
    await clock.advance(on - clock.now());
    await kit.tick();
    const input = {
      name: rule,
      segment: { lapse: { minDays, maxDays } },
      validFrom: "2011-01-01",
      validTo: "2012-12-31",
      content: { text: "come back" },
      messageClass: "transactional" as const,
      channel: "post",
    };
    const id = ids.get(rule) ?? (await kit.rules.create(input)).id;
    ids.set(rule, id);
    await kit.occurrences.runNow(id);
    for (let hour = 0; hour < 48; hour += 4) {
      for (let open = 1; open > 0; ) {
        const { planned, snapshots, sent, polled } = await kit.tick();
        open = planned + snapshots + sent + polled;
      }
      await clock.advance(4 * 3_600_000);
    }
  }
  await clock.advance(at("2011-12-10") - clock.now());
}

async function allDeliveries(kit: RecallKit): Promise<readonly Delivery[]> {
  const all: Delivery[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await kit.deliveries.list({ limit: 200, cursor });
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = page.nextCursor;
  }
}

interface Facts {
  readonly deliveries: readonly Delivery[];
  readonly sales: readonly Sale[];
  /** Due instants. */
  readonly occurrences: ReadonlyMap<number, number>;
  readonly ruleNames: ReadonlyMap<number, string>;
}

/** A delivery without what was said of it later. */
function knownBefore(delivery: Delivery, at: number): Delivery {
  const { state, acceptedAt, deliveredAt, updatedAt } = delivery;
  if (state === "delivered" && (deliveredAt ?? 0) < at) return delivery;
  if (state !== "delivered" && state !== "accepted" && updatedAt < at) return delivery;
  return { ...delivery, state: acceptedAt !== null && acceptedAt < at ? "accepted" : "in_batch" };
}

const RANK = ["delivered", "accepted", "not_delivered", "failed"];

/** A question of statistics, with its instants as epoch ms. */
type Question = {
  readonly [Name in keyof StatisticsOptions]: Date extends StatisticsOptions[Name]
    ? number
    : NonNullable<StatisticsOptions[Name]>;
};

/** The definition, person by person and order by order. */
function recompute(facts: Facts, question: Question, now: number) {
  const { ruleId, search, from = 0, to = Number.POSITIVE_INFINITY, asOf = now, windowMs = 7 * DAY } = question;
  const pushesAsOf = question.asOf ?? Number.POSITIVE_INFINITY;
  const known = facts.deliveries
    .filter(({ occurrenceId }) => (facts.occurrences.get(occurrenceId) ?? 0) < pushesAsOf)
    .map((delivery) => knownBefore(delivery, pushesAsOf));
  const isMeant = (delivery: Delivery) => {
    const due = facts.occurrences.get(delivery.occurrenceId) ?? 0;
    if (ruleId !== undefined && delivery.ruleId !== ruleId) return false;
    if (search !== undefined && !facts.ruleNames.get(delivery.ruleId)?.includes(search)) return false;
    return due >= from && due < to;
  };
  const dayOf = (delivery: Delivery) =>
    new Date((facts.occurrences.get(delivery.occurrenceId) ?? 0) + 8 * 3_600_000).toISOString().slice(0, 10);
  const people = new Map<string, Delivery[]>();
  for (const delivery of known)
    people.set(delivery.externalKey, [...(people.get(delivery.externalKey) ?? []), delivery]);
  const purchases = new Map<string, Sale[]>();
  for (const sale of facts.sales) purchases.set(sale.customer, [...(purchases.get(sale.customer) ?? []), sale]);

  const counts: Record<string, number> = { delivered: 0, accepted: 0, not_delivered: 0, failed: 0 };
  const days: Record<string, { orders: number; pushed: number }> = {};
  const products = new Map<string, { quantity: number; orders: Set<string>; buyers: Set<string>; minor: number }>();
  const buyers = new Set<string>();
  let [orders, revenue, refunds] = [0, 0, 0];
  for (const [customer, deliveries] of people) {
    const meant = deliveries.filter(isMeant);
    const best = RANK.find((state) => meant.some((delivery) => delivery.state === state));
    if (best) counts[best] = (counts[best] ?? 0) + 1;
    for (const day of new Set(meant.filter(({ state }) => RANK.includes(state)).map(dayOf))) {
      days[day] ??= { orders: 0, pushed: 0 };
      days[day].pushed += 1;
    }
    const touches = deliveries
      .flatMap((delivery) => {
        const touch =
          delivery.state === "delivered"
            ? delivery.deliveredAt
            : delivery.state === "accepted"
              ? delivery.acceptedAt
              : null;
        return touch === null ? [] : [{ delivery, touch }];
      })
      .sort((a, b) => a.touch - b.touch || a.delivery.id - b.delivery.id);
    for (const sale of purchases.get(customer) ?? []) {
      if (sale.at >= asOf) continue;
      const isRefunded = sale.refundAt !== null && sale.refundAt < asOf;
      // An order that was given back in full does not count any more.
      if (isRefunded && sale.refundMinor >= sale.minor) continue;
      const last = touches.filter(({ touch }) => touch <= sale.at).at(-1);
      if (!last || sale.at >= last.touch + windowMs || !isMeant(last.delivery)) continue;
      orders += 1;
      revenue += sale.minor;
      refunds += isRefunded ? sale.refundMinor : 0;
      buyers.add(customer);
      const day = days[dayOf(last.delivery)];
      if (day) day.orders += 1;
      for (const line of sale.lines) {
        const product = products.get(line.sku) ?? { quantity: 0, orders: new Set(), buyers: new Set(), minor: 0 };
        product.quantity += line.quantity;
        product.orders.add(sale.id);
        product.buyers.add(customer);
        product.minor += line.minor;
        products.set(line.sku, product);
      }
    }
  }
  const { delivered = 0, accepted: waiting = 0, not_delivered: notDelivered = 0, failed = 0 } = counts;
  const succeeded = delivered + waiting + notDelivered;
  const pushed = succeeded + failed;
  const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    totals: {
      pushed,
      succeeded,
      failed,
      delivered,
      waiting,
      notDelivered,
      orders,
      buyers: buyers.size,
      revenueMinor: revenue,
      refundedMinor: refunds,
      netRevenueMinor: revenue - refunds,
      successRate: ratio(succeeded, pushed),
      ordersPerRecipient: ratio(orders, succeeded),
      buyerRate: ratio(buyers.size, succeeded),
    },
    days,
    products: [...products]
      .map(([sku, { quantity, orders: bought, buyers: who, minor }]) => {
        return { sku, name: expect.anything(), quantity, orders: bought.size, buyers: who.size, amountMinor: minor };
      })
      .sort((a, b) => b.amountMinor - a.amountMinor || (a.sku < b.sku ? -1 : 1)),
  };
}
