import type { AudienceCondition, AudienceQuery } from "@recallkit/core/ports";
import { CompiledQuery } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";
import { newFile } from "./test-support.js";

const audience: AudienceQuery = {
  tenantId: 1,
  orders: { asOf: 9, statuses: ["paid", "completed"] },
  window: { from: 1, to: 5, recency: "last-order" },
  labelGroups: [{ customerLabelIds: [1, 2], orderLabelIds: [3] }],
  reachableBy: "external_userid",
};
const { window: _, ...labelsOnly } = audience;
const longAgo: AudienceQuery = { ...audience, orders: { ...audience.orders, asOf: 99 } };
const everybody: AudienceQuery = { tenantId: 1, orders: audience.orders, labelGroups: [] };
const did = (what: "sent" | "converted" | "clicked"): AudienceCondition => ({
  ...{ kind: "engagement", did: what, not: false, windowMs: 7 },
});
const granted: AudienceCondition = { kind: "consent", status: "granted", channel: "sms", purpose: "marketing" };
const reachable: AudienceCondition = { kind: "reachable", channels: [{ name: "sms", addressType: "mobile" }] };
const page = {
  tenantId: 1,
  occurrenceId: 1,
  ruleId: 1,
  channel: "wecom",
  addressType: "external_userid",
  query: audience,
  afterId: 0,
  limit: 1000,
  at: 1,
} as const;
const lease = { owner: "w", now: 1, until: 2, limit: 10 };
const caps = { now: 9, dayStart: 1, maxPerDay: 1, weekStart: 0, maxPerWeek: 3, minGapMs: 5 };
const everything = { tenantId: 1, asOf: 9, windowMs: 7, statuses: ["paid"] };
const conversions = { ...everything, ruleIds: [1] };

type Stores = Awaited<ReturnType<typeof sqliteStores>>;
const uses: readonly [name: string, call: (stores: Stores) => Promise<unknown>, indexes: readonly string[]][] = [
  ["an audience count", ({ audience: a }) => a.count(audience), ["orders_time", "customer_identities_owner"]],
  ["a count of a window far back", ({ audience: a }) => a.count(longAgo), ["orders_time", "orders_customer"]],
  ["a funnel", ({ audience: a }) => a.steps(audience), ["customers_walk", "orders_time", "customer_identities_owner"]],
  [
    "a long page of an audience",
    ({ audience: a }) => a.page(audience, 0, 10_000),
    ["orders_time", "INTEGER PRIMARY KEY"],
  ],
  [
    "what earlier pushes came to",
    ({ audience: a }) => a.page({ ...everybody, conditions: [did("sent"), did("converted"), did("clicked")] }, 0, 9),
    ["deliveries_sent", "deliveries_touch", "links_customer", "claims_customer"],
  ],
  [
    "words and addresses of people",
    ({ audience: a }) => a.page({ ...everybody, conditions: [granted, reachable] }, 0, 9),
    ["consent_records_word", "suppressions_customer", "suppressions_address"],
  ],
  ["a count by labels", ({ audience: a }) => a.count(labelsOnly), ["customer_labels_label", "order_labels_label"]],
  ["a page of an audience", ({ audience: a }) => a.page(audience, 0, 1000), ["customers_walk", "orders_customer"]],
  ["membership of one", ({ audience: a }) => a.includes(audience, 1), ["orders_customer"]],
  ["facts of one", ({ audience: a }) => a.facts(1, 1, audience.orders), ["orders_customer"]],
  [
    "a snapshot",
    ({ deliveries: d }) => d.snapshot(page),
    ["customers_walk", "orders_customer", "deliveries_address", "deliveries_key"],
  ],
  [
    "filling a batch",
    ({ deliveries: d }) => d.fillBatch({ tenantId: 1, occurrenceId: 1, channel: "wecom" }, 1, 10, 1),
    ["deliveries_state"],
  ],
  ["addresses of a batch", ({ deliveries: d }) => d.addresses(1, 1), ["deliveries_batch"]],
  [
    "a transition by address",
    ({ deliveries: d }) => d.transition(1, { batchId: 1, addresses: ["a"] }, "in_batch", "failed", {}, 1),
    ["deliveries_batch"],
  ],
  [
    "a transition of the rest",
    ({ deliveries: d }) => d.transition(1, { batchId: 1, exceptAddresses: ["a"] }, "in_batch", "accepted", {}, 1),
    ["deliveries_batch"],
  ],
  [
    "a transition of an occurrence",
    ({ deliveries: d }) => d.transition(1, { occurrenceId: 1 }, "queued", "cancelled", {}, 1),
    ["deliveries_state"],
  ],
  [
    "the caps",
    ({ deliveries: d }) =>
      d.transition(1, { batchId: 1, heldBackBy: { cappedBy: caps } }, "in_batch", "suppressed", {}, 1),
    ["deliveries_batch", "cap_ledger_customer"],
  ],
  ["people of a batch", ({ deliveries: d }) => d.people(1, 1, "in_batch"), ["deliveries_batch"]],
  [
    "keeping values",
    ({ deliveries: d }) => d.keepValues(1, 1, [{ customerId: 1, values: { customer_name: "a" } }]),
    ["deliveries_"],
  ],
  [
    "accepting each with its message",
    ({ deliveries: d }) =>
      d.acceptEach(1, 1, "in_batch", [{ address: "a", providerMessageId: "m" }], { acceptedAt: 1, updatedAt: 1 }),
    ["deliveries_"],
  ],
  ["charging caps", ({ deliveries: d }) => d.chargeCaps(1, 1, 1), ["deliveries_batch"]],
  ["refunding caps", ({ deliveries: d }) => d.refundCaps(1, 1), ["cap_ledger_batch"]],
  ["counts of an occurrence", ({ deliveries: d }) => d.countByState(1, { occurrenceId: 1 }), ["deliveries_state"]],
  ["reasons of an occurrence", ({ deliveries: d }) => d.countByReason(1, { occurrenceId: 1 }), ["deliveries_"]],
  ["reasons of a batch", ({ deliveries: d }) => d.countByReason(1, { batchId: 1 }), ["deliveries_batch"]],
  ["counts of a batch", ({ deliveries: d }) => d.countByState(1, { batchId: 1 }), ["deliveries_batch"]],
  ["deliveries of an occurrence", ({ deliveries: d }) => d.list(1, { occurrenceId: 1 }), ["deliveries_occurrence"]],
  ["deliveries of a rule", ({ deliveries: d }) => d.list(1, { ruleId: 1 }), ["deliveries_rule"]],
  ["all deliveries", ({ deliveries: d }) => d.list(1, {}), ["deliveries_walk"]],
  ["claiming occurrences", ({ occurrences: o }) => o.claim(lease), ["occurrences_claim"]],
  ["unfinished occurrences", ({ occurrences: o }) => o.unfinished(0, 10), ["occurrences_claim"]],
  ["the latest occurrence", ({ occurrences: o }) => o.latest(1, 1), ["occurrences_rule"]],
  ["the overlap of a rule", ({ occurrences: o }) => o.hasSending(1, 1, 2), ["batches_key"]],
  ["claiming batches to send", ({ batches: b }) => b.claim("send", lease), ["batches_claim"]],
  [
    "claiming batches while a channel is shut",
    ({ batches: b }) => b.claim("send", lease, { except: [{ tenantId: 1, channel: "wecom" }] }),
    ["batches_claim"],
  ],
  ["planned occurrences", ({ occurrences: o }) => o.countPlanned(1, 10), ["occurrences_claim"]],
  ["whether people are still open", ({ deliveries: d }) => d.hasAny(1, 1, ["queued"]), ["deliveries_state"]],
  [
    "handing on people of a batch",
    ({ deliveries: d }) => d.handOn(1, { from: { batchId: 1 }, to: "sms", addressType: "mobile", at: 1 }),
    ["deliveries_batch", "cap_ledger_batch"],
  ],
  [
    "handing on people of a page",
    ({ deliveries: d }) =>
      d.handOn(1, {
        from: { occurrenceId: 1, channel: "wecom", afterId: 0, throughId: 9 },
        to: "sms",
        addressType: "mobile",
        at: 1,
      }),
    ["deliveries_state"],
  ],
  ["who was handed on", ({ deliveries: d }) => d.handedOn(1, 1), ["deliveries_handed"]],
  ["batches that hand on", ({ batches: b }) => b.handingOn(0, 10), ["batches_hands_on"]],
  ["whether people may be handed on", ({ batches: b }) => b.mayHandOn(1, 1), ["batches_key"]],
  ["claiming batches with results", ({ batches: b }) => b.claim("results", lease), ["batches_claim"]],
  ["claiming unknown batches", ({ batches: b }) => b.claim("reconcile", lease), ["batches_claim"]],
  ["abandoned batches", ({ batches: b }) => b.abandoned(1, 10), ["batches_claim"]],
  ["expired batches", ({ batches: b }) => b.expired(1, 10), ["batches_claim"]],
  ["attempts of a batch", ({ attempts: a }) => a.list(1, { batchId: 1 }), ["attempts_batch"]],
  ["attempts of an occurrence", ({ attempts: a }) => a.list(1, { occurrenceId: 1 }), ["attempts_", "batches_key"]],
  ["due rules", ({ rules: r }) => r.due(1, 10), ["rules_due"]],
  ["rules by name", ({ rules: r }) => r.findByName(1, "a"), ["rules_name"]],
  ["rules, newest first", ({ rules: r }) => r.list(1, {}, { offset: 0, limit: 10 }), ["rules_created"]],
  [
    "attribution",
    ({ conversions: c }) => c.figures(conversions),
    ["occurrences_rule", "deliveries_", "orders_customer", "deliveries_touch"],
  ],
  [
    "attribution over everything",
    ({ conversions: c }) => c.figures(everything),
    ["deliveries_touch", "orders_customer", "deliveries_state"],
  ],
  [
    "attribution from credits that are kept",
    ({ conversions: c }) => c.figures({ ...conversions, fromRollUp: true }),
    ["SEARCH o USING PRIMARY KEY", "deliveries_uncredited"],
  ],
  [
    "keeping credits",
    async ({ conversions: c, tenants }) => {
      for (let step = 0; step < 3; step++) await c.rollUp(1, { begin: true, limit: 9, at: 1 });
      const changes = [
        { kind: "customer", id: 1 },
        { kind: "order", id: 1 },
      ] as const;
      await tenants.recordChanges(1, changes, { at: 1 });
      await c.rollUp(1, { begin: true, limit: 9, at: 1 });
    },
    ["deliveries_uncredited", "deliveries_touch", "orders_customer", "credited_orders_customer"],
  ],
  [
    "people as of an instant",
    ({ conversions: c }) => c.figures({ ...conversions, pushesAsOf: 9 }),
    ["occurrences_rule", "deliveries_", "orders_customer"],
  ],
  ["customers by key", ({ customers: c }) => c.findByKeys(1, ["a"]), ["customers_key", "customer_identities_owner"]],
  ["orders by number", ({ orders: o }) => o.findByExternalIds(1, "shop", ["a"]), ["orders_key"]],
  ["labels by key", ({ labels: l }) => l.findMany(1, [{ kind: "sku", key: "a" }]), ["labels_key"]],
  ["taking labels", ({ labels: l }) => l.unassign(1, [{ customerId: 1, labelId: 1 }]), ["SEARCH rk_customer_labels"]],
  ["the audit of a batch", ({ audit: a }) => a.list(1, "batch", 1, 10), ["transitions_entity"]],
];

test.each(uses)("%s walks no table and uses its indexes", async (_name, call, indexes) => {
  const statements: string[] = [];
  const stores = await sqliteStores({ file: newFile(), migrate: true, onStatement: (text) => statements.push(text) });
  onTestFinished(() => stores.close());
  statements.length = 0;
  await call(stores);
  const run = statements.filter((text) => /^\s*(select|insert|update|delete)\b/i.test(text));
  const plans = (await Promise.all(run.map((text) => planOf(stores, text)))).flat();
  for (const index of indexes) expect(plans.join("\n")).toContain(index);
  // What is left to scan is a subquery, a list that came as a parameter, or an index in its order.
  const subqueries = plans.flatMap((line) => /^(?:MATERIALIZE|CO-ROUTINE) (\w+)$/.exec(line)?.[1] ?? []);
  const scans = plans
    .filter((line) => /^SCAN (?!CONSTANT ROW|json_each|unsent|planned$|c$|m$|r$|page$|people$|\()/.test(line))
    .filter((line) => !subqueries.includes(line.slice("SCAN ".length).replace(" LEFT-JOIN", "")));
  expect(scans).toEqual([]);
});

async function planOf({ sql }: Stores, statement: string): Promise<readonly string[]> {
  const parameters = Array.from(statement.matchAll(/\?/g), () => null);
  const plan = await sql.executeQuery<{ detail: string }>(
    CompiledQuery.raw(`explain query plan ${statement}`, parameters),
  );
  return plan.rows.map(({ detail }) => detail);
}
