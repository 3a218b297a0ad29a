// Puts a shop of the differential test into stores, as a tenant of its own; only tests use it.
import type { LabelKind } from "@recallkit/core";
import type { Stores } from "@recallkit/core/ports";
import { ATTRIBUTES, CHANNELS, LIBRARY, type ModelPerson, type Shop } from "./shop-model.js";

/** What links and batches are numbered by, for they are unique in an installation. */
let numbers = 0;

/** @returns the tenant */
export async function fillShop(stores: Stores, shop: Shop): Promise<number> {
  const { id: tenantId } = await stores.tenants.insert({
    name: "shop",
    timeZone: shop.zone,
    currency: "CNY",
    createdAt: 0,
  });
  const ids = await stores.customers.insertMany(
    shop.people.map(({ key, bornOn, mobile }) => ({
      tenantId,
      externalKey: key,
      name: null,
      bornOn,
      timeZone: null,
      identities: { external_userid: `wm_${key}`, ...(mobile !== null && { mobile }) },
      rowHash: "",
      createdAt: 0,
      updatedAt: 0,
    })),
  );
  const people = shop.people.map((person, n) => ({ person, id: ids[n] ?? 0 }));
  await fillFacts(stores, tenantId, people);
  const coupon = await stores.coupons.insert({
    ...{
      tenantId,
      name: "coupon",
      title: null,
      terms: null,
      codes: "generated",
      stock: null,
      perPerson: 99,
      valueMinor: 1,
    },
    ...{ minSpendMinor: null, validFrom: 0, validTo: Number.MAX_SAFE_INTEGER, claimValidDays: null, createdAt: 0 },
  });
  for (const [number, push] of shop.pushes.entries()) {
    const { channel, ruleId } = push;
    const { occurrence } = await stores.occurrences.insert({
      ...{ tenantId, ruleId, ruleVersion: 1, kind: push.isTest ? "test" : "manual", nominal: `${number}` },
      ...{
        timeZone: shop.zone,
        customerIds: null,
        dueAt: 0,
        expiresAt: 1,
        salt: "",
        createdAt: 0,
        state: "planned",
        reason: null,
      },
    });
    const key = { tenantId, occurrenceId: occurrence.id, channel };
    const query = { tenantId, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
    const addressType = CHANNELS[channel] ?? "mobile";
    await stores.deliveries.snapshot({ ...key, ruleId, addressType, query, afterId: 0, limit: 1000, at: 1 });
    numbers += 1;
    const batchId = 1_000_000 + numbers;
    await stores.deliveries.fillBatch(key, batchId, 1000, 1);
    const deliveries = new Map(
      (await stores.deliveries.list(tenantId, { batchId, limit: 200 })).items.map((one) => [one.customerId, one.id]),
    );
    const reached = people.flatMap(({ person, id }) => {
      const message = person.messages.find((one) => one.push === number);
      return message ? [{ person, id, message }] : [];
    });
    for (const { person, message } of reached) {
      const { state, acceptedAt, deliveredAt } = message;
      const one = { batchId, addresses: [(channel === "sms" ? person.mobile : `wm_${person.key}`) ?? ""] };
      const isReported = state === "delivered" || state === "not_delivered";
      const patch = acceptedAt === null ? {} : { acceptedAt };
      if (state === "in_batch") continue;
      await stores.deliveries.transition(tenantId, one, "in_batch", isReported ? "accepted" : state, patch, 1);
      const report = deliveredAt === null ? {} : { deliveredAt };
      if (isReported) await stores.deliveries.transition(tenantId, one, "accepted", state, report, 1);
    }
    await stores.transaction((tx) =>
      tx.links.insertMany(
        tenantId,
        reached.map(({ id }) => {
          numbers += 1;
          return {
            ...{
              kind: "personal" as const,
              occurrenceId: occurrence.id,
              batchNumber: null,
              deliveryId: deliveries.get(id) ?? null,
              channel,
            },
            ...{
              customerId: id,
              isTest: push.isTest,
              couponId: null,
              createdAt: 0,
              expiresAt: 1,
              codeHash: null,
              seed: null,
            },
            tokenHash: `${numbers}`.padStart(64, "0"),
          };
        }),
      ),
    );
    const links = (await stores.links.list(tenantId, { occurrenceId: occurrence.id, limit: 200 })).items;
    for (const { id, person, message } of reached) {
      const linkId = links.find((link) => link.customerId === id)?.id ?? 0;
      if (message.clickedAt !== null) await stores.links.visit(tenantId, linkId, "click", message.clickedAt);
      if (message.claimedAt === null) continue;
      await stores.coupons.claim({
        ...{ tenantId, couponId: coupon.id, customerId: id, number: number + 1, code: `C${person.key}-${number}` },
        ...{ linkId, ownLinkId: linkId, claimedAt: message.claimedAt, validUntil: Number.MAX_SAFE_INTEGER },
      });
    }
  }
  return tenantId;
}

async function fillFacts(
  stores: Stores,
  tenantId: number,
  people: readonly { readonly person: ModelPerson; readonly id: number }[],
): Promise<void> {
  const labelIds = await stores.labels.insertMany(
    tenantId,
    LIBRARY.map((label) => {
      const [kind = "", key = ""] = label.split(":");
      return { kind: kind as LabelKind, key, name: key };
    }),
  );
  const labelled = (labels: readonly string[]) => labels.map((label) => labelIds[LIBRARY.indexOf(label)] ?? 0);
  await stores.labels.assign(
    tenantId,
    people.flatMap(({ person, id }) => labelled(person.labels).map((labelId) => ({ customerId: id, labelId }))),
  );
  await stores.orders.insertMany(
    people.flatMap(({ person, id }) =>
      person.orders.map(({ at, labels, ...order }, n) => ({
        ...{ ...order, tenantId, source: "shop", externalId: `${person.key}/${n}`, customerId: id, orderedAt: at },
        ...{ rowHash: "", lines: [], labelIds: labelled(labels) },
      })),
    ),
  );
  const attributeIds = await stores.customers.addAttributes(tenantId, ATTRIBUTES);
  await stores.customers.writeAttributes(
    tenantId,
    people.flatMap(({ person, id }) =>
      ATTRIBUTES.flatMap(({ name }, n) => {
        const value = person.attributes[name];
        return value === undefined ? [] : [{ customerId: id, attributeId: attributeIds[n] ?? 0, value }];
      }),
    ),
  );
  await stores.consents.record(
    tenantId,
    people.flatMap(({ person, id }) =>
      person.words.map((word) => ({
        ...{
          ...word,
          tenantId,
          customerId: id,
          purpose: "marketing",
          wording: null,
          source: "form",
          evidence: null,
          recordedAt: 1,
        },
      })),
    ),
  );
  for (const { person, id } of people)
    for (const { channel, byAddress, at } of person.suppressed)
      await stores.suppressions.put({
        ...{ tenantId, channel, reason: "opt_out", createdAt: at },
        ...(byAddress ? { address: person.mobile, customerId: null } : { address: null, customerId: id }),
      });
}
