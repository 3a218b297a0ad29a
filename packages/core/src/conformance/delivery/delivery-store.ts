import type { DeliveryState } from "../../delivery/states.js";
import type { DeliverySelector } from "../../ports/delivery-store.js";
import { addReachable, addTenant } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { contactGateFacts } from "../contact/contact-gates.js";
import { deliveryCapFacts } from "../contact/delivery-caps.js";
import { receiveQuotaFacts } from "../contact/receive-quota.js";
import { expectSame } from "../expect.js";
import { batchFillFacts } from "./delivery-batches.js";
import { messageFacts } from "./delivery-messages.js";
import { deliveryOutlookFacts } from "./delivery-outlook.js";
import { deliverySelectorFacts } from "./delivery-selectors.js";
import { snapshotFacts } from "./delivery-snapshots.js";
import { deliveryTransitionFacts } from "./delivery-transitions.js";
import { handOnFacts } from "./hand-on.js";
import { addPush, deliveriesOf, pushTo, snapshotPage } from "./push-builders.js";
import { addRule, addRunning } from "./work-builders.js";

/** Facts about `DeliveryStore`: snapshots, batches, states and the cap ledger. */
export function deliveryStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "deliveries",
    harness,
    {
      ...reading,
      ...snapshotFacts,
      ...handOnFacts,
      ...batchFillFacts,
      ...messageFacts,
      ...deliverySelectorFacts,
      ...deliveryTransitionFacts,
      ...deliveryOutlookFacts,
      ...deliveryCapFacts,
      ...receiveQuotaFacts,
      ...contactGateFacts,
      ...tenants,
    },
    restart,
  );
}

const reading: Facts = {
  "an empty store finds nothing": async ({ stores: { deliveries }, tenantId }) => {
    const key = { tenantId, occurrenceId: 1_000_000, channel: "wecom" };
    expectSame(await deliveries.list(tenantId, {}), { items: [], nextCursor: null }, "list");
    expectSame(await deliveries.addresses(tenantId, 1_000_000), [], "addresses");
    expectSame(await deliveries.countByState(tenantId, { occurrenceId: 1_000_000 }), {}, "counts");
    expectSame(await deliveries.countByReason(tenantId, { occurrenceId: 1_000_000 }), [], "reasons");
    expectSame(await deliveries.fillBatch(key, 1_000_000, 10, 0), 0, "rows moved into a batch");
  },

  "states are counted per occurrence and per batch": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 5);
    const rule = await addRule(scene, "r1");
    const { occurrence, batch } = await addPush(scene, "p1", { rule });
    await addPush(scene, "p2", { rule });
    const selector = { batchId: batch.id, addresses: ["wm_c1", "wm_c2"] };
    await stores.deliveries.transition(
      tenantId,
      selector,
      "in_batch",
      "failed",
      { reason: "not_a_friend", batchId: null },
      now,
    );
    const { deliveries } = stores;
    expectSame(
      await deliveries.countByState(tenantId, { occurrenceId: occurrence.id }),
      { in_batch: 3, failed: 2 },
      "of the occurrence",
    );
    expectSame(await deliveries.countByState(tenantId, { batchId: batch.id }), { in_batch: 3 }, "of the batch");
    const reasons = async (key: { readonly occurrenceId: number } | { readonly batchId: number }) =>
      [...(await deliveries.countByReason(tenantId, key))].sort((a, b) => a.people - b.people);
    const inBatch = { state: "in_batch" as const, reason: null, people: 3 };
    expectSame(
      await reasons({ occurrenceId: occurrence.id }),
      [{ state: "failed" as const, reason: "not_a_friend", people: 2 }, inBatch],
      "reasons in the occurrence",
    );
    expectSame(await reasons({ batchId: batch.id }), [inBatch], "reasons in the batch");
    const refused = await deliveriesOf(scene, { occurrenceId: occurrence.id, reason: "not_a_friend" });
    expectSame(
      refused.map(({ externalKey }) => externalKey),
      ["c1", "c2"],
      "people of a reason",
    );
    expectSame(await deliveriesOf(scene, { occurrenceId: occurrence.id, reason: "friend" }), [], "of no reason");
  },

  "an occurrence has deliveries in the states that its rows are in": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 2);
    const { occurrence, batch } = await addPush(scene, "p1");
    await addPush(scene, "p2");
    const selector = { batchId: batch.id, addresses: ["wm_c2"] };
    await stores.deliveries.transition(tenantId, selector, "in_batch", "unknown", {}, now);
    const has = (states: readonly DeliveryState[], id = occurrence.id, tenant = tenantId) =>
      stores.deliveries.hasAny(tenant, id, states);
    expectSame(await has(["unknown"]), true, "one state");
    expectSame(await has(["queued", "in_batch"]), true, "one of two states");
    expectSame(await has(["queued", "accepted"]), false, "states without rows");
    expectSame(await has([]), false, "no state");
    expectSame(await has(["unknown"], occurrence.id + 1), false, "another occurrence");
    expectSame(await has(["unknown"], occurrence.id, await addTenant(stores)), false, "another tenant");
  },

  "a history tells what belongs to a delivery": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { rule, occurrence, batch } = await pushTo(scene, 2);
    await stores.deliveries.keepValues(tenantId, batch.id, [
      { customerId: await idOf("c1"), values: { customer_name: "王" } },
    ]);
    const open = { tenantId, batchId: batch.id, kind: "send", leaseEpoch: 1 } as const;
    for (const number of [1, 2]) {
      const id = await stores.attempts.open({ ...open, number, startedAt: now + number });
      await stores.attempts.close(tenantId, id, { class: `C${number}`, answer: null, endedAt: now + number });
    }
    // What was asked about a call is no part of what was sent.
    await stores.attempts.open({ ...open, kind: "lookup", number: 1, startedAt: now + 3 });
    const batchless = { reason: "opt_out", batchId: null };
    const second = { batchId: batch.id, addresses: ["wm_c2"] };
    await stores.deliveries.transition(tenantId, second, "in_batch", "suppressed", batchless, now);
    const rows = await deliveriesOf(scene);
    const ids = rows.map(({ id }) => id);
    const found = (await stores.deliveries.histories(tenantId, [...ids, 1_000_000])).toSorted(
      (a, b) => a.deliveryId - b.deliveryId,
    );
    const told = found.map(({ deliveryId, occurrence: of, definition, batch: its, attempts, values }) => [
      rows.find(({ id }) => id === deliveryId)?.externalKey,
      of.id,
      definition.name,
      its?.id,
      attempts.map((attempt) => attempt.class),
      values,
    ]);
    const { name } = rule.definition;
    expectSame(
      told,
      [
        ["c1", occurrence.id, name, batch.id, ["C1", "C2"], { customer_name: "王" }],
        ["c2", occurrence.id, name, undefined, [], null],
      ],
      "histories",
    );
    expectSame(await stores.deliveries.histories(tenantId, []), [], "of nothing");
    expectSame(await stores.deliveries.histories(await addTenant(stores), ids), [], "for another tenant");

    async function idOf(key: string): Promise<number> {
      return (await stores.customers.findByKeys(tenantId, [key]))[0]?.id ?? 0;
    }
  },

  "filters narrow a list that runs by id": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 3);
    const first = await addPush(scene, "p1");
    const second = await addPush(scene, "p2");
    await stores.deliveries.transition(
      tenantId,
      { batchId: second.batch.id, addresses: ["wm_c2"] },
      "in_batch",
      "unknown",
      {},
      now + 5,
    );
    const all = await deliveriesOf(scene, { limit: 2 });
    expectSame(
      all.map(({ id }) => id),
      all.map(({ id }) => id).toSorted((a, b) => a - b),
      "order of ids",
    );
    const keys = async (filter: Parameters<typeof deliveriesOf>[1]) =>
      (await deliveriesOf(scene, { limit: 2, ...filter })).map(
        (row) => `${row.occurrenceId === first.occurrence.id ? "p1" : "p2"} ${row.externalKey}`,
      );
    const [ofFirst, ofSecond] = [
      ["p1 c1", "p1 c2", "p1 c3"],
      ["p2 c1", "p2 c2", "p2 c3"],
    ];
    expectSame(await keys({}), [...ofFirst, ...ofSecond], "all");
    expectSame(await keys({ occurrenceId: first.occurrence.id }), ofFirst, "of an occurrence");
    expectSame(await keys({ batchId: second.batch.id }), ofSecond, "of a batch");
    expectSame(await keys({ ruleId: second.rule.id }), ofSecond, "of a rule");
    const [person] = await stores.customers.findByKeys(tenantId, ["c2"]);
    expectSame(await keys({ customerId: person?.id ?? 0 }), ["p1 c2", "p2 c2"], "of a person");
    expectSame(await keys({ customerId: person?.id ?? 0, ruleId: second.rule.id }), ["p2 c2"], "of a person by a rule");
    expectSame(await keys({ states: ["unknown", "failed"] }), ["p2 c2"], "of two states");
    expectSame(await keys({ since: now + 5 }), ["p2 c2"], "updated since");
    expectSame(
      await keys({ occurrenceId: second.occurrence.id, states: ["in_batch"], since: now }),
      ["p2 c1", "p2 c3"],
      "of all filters",
    );
  },
};

const tenants: Facts = {
  "foreign deliveries can be neither read nor written": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { deliveries } = stores;
    await addReachable(stores, tenantId, 3);
    const other = await addTenant(stores);
    const { occurrence, batch } = await addPush(scene, "p1");
    await stores.deliveries.transition(
      tenantId,
      { batchId: batch.id, addresses: ["wm_c1"] },
      "in_batch",
      "queued",
      { batchId: null },
      now,
    );
    const before = await deliveriesOf(scene);
    expectSame(await deliveriesOf({ stores, tenantId: other }, { occurrenceId: occurrence.id }), [], "list");
    expectSame(await deliveries.addresses(other, batch.id), [], "addresses");
    expectSame(await deliveries.countByState(other, { occurrenceId: occurrence.id }), {}, "counts of the occurrence");
    expectSame(await deliveries.countByState(other, { batchId: batch.id }), {}, "counts of the batch");
    expectSame(await deliveries.countByReason(other, { occurrenceId: occurrence.id }), [], "its reasons");
    expectSame(await deliveries.countByReason(other, { batchId: batch.id }), [], "reasons of the batch");
    const key = { tenantId: other, occurrenceId: occurrence.id, channel: "wecom" };
    expectSame(await deliveries.fillBatch(key, batch.id, 10, now + 1), 0, "rows moved into a batch");
    const selectors: DeliverySelector[] = [
      { batchId: batch.id },
      { batchId: batch.id, addresses: ["wm_c2"] },
      { batchId: batch.id, exceptAddresses: [] },
      { occurrenceId: occurrence.id },
    ];
    for (const selector of selectors) {
      expectSame(
        await deliveries.transition(other, selector, "in_batch", "failed", {}, now + 1),
        0,
        "rows moved to another state",
      );
    }
    expectSame(await deliveriesOf(scene), before, "my deliveries");
  },

  "a snapshot takes customers of its tenant only": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    await addReachable(stores, other, 2);
    await addReachable(stores, tenantId, 1);
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const { members } = await stores.deliveries.snapshot(snapshotPage(scene, occurrence));
    expectSame(members, 1, "members");
    expectSame((await deliveriesOf({ stores, tenantId: other })).length, 0, "deliveries of the other tenant");
  },
};

const restart: Facts<DurableScene> = {
  "deliveries and the cap ledger survive a restart": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 2);
    const { batch } = await addPush(scene, "p1");
    await stores.deliveries.chargeCaps(tenantId, batch.id, now);
    const next = await addPush(scene, "p2");
    const before = await deliveriesOf(scene);
    expectSame(before.length, 4, "deliveries");
    const reopened = await scene.reopen();
    expectSame(await deliveriesOf({ stores: reopened, tenantId }), before, "deliveries after the restart");
    expectSame(await reopened.deliveries.addresses(tenantId, batch.id), ["wm_c1", "wm_c2"], "addresses");
    const cappedBy = { now, dayStart: now, maxPerDay: 1, weekStart: now, maxPerWeek: 9, minGapMs: 0 };
    const capped = await reopened.deliveries.transition(
      tenantId,
      { batchId: next.batch.id, heldBackBy: { cappedBy } },
      "in_batch",
      "suppressed",
      {},
      now,
    );
    expectSame(capped, 2, "people at their cap");
  },
};
