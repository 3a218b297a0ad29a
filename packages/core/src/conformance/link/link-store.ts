import type { NewLink } from "../../ports/link-store.js";
import type { Stores } from "../../ports/stores.js";
import { addCustomer, addReachable, addTenant, DIFFICULT_TEXT } from "../builders.js";
import { type ConformanceCase, casesOf, type Facts, type Scene, type StoresHarness } from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { expectSame, expectThat, present, walk } from "../expect.js";

/** Facts about `LinkStore`. */
export function linkStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("links", harness, facts);
}

const hash = (text: string, tenantId: number) => `${tenantId}/${text}`.padStart(64, "0");

/** A link by hand, whose token is its name; names are unique in the installation through the tenant. */
export function newLink({ tenantId, now }: Pick<Scene, "tenantId" | "now">, name: string, row: Partial<NewLink> = {}) {
  const link: NewLink = {
    kind: "personal",
    occurrenceId: null,
    batchNumber: null,
    deliveryId: null,
    channel: "wecom",
    customerId: null,
    isTest: false,
    couponId: null,
    createdAt: now,
    expiresAt: now + 100,
    tokenHash: hash(name, tenantId),
    codeHash: null,
    seed: null,
    ...row,
  };
  return link;
}

/** The link of a name. */
async function linkNamed({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, name: string) {
  return present(await stores.links.find({ tokenHash: hash(name, tenantId) }), `the link ${name}`);
}

const insert = (stores: Stores, tenantId: number, links: readonly NewLink[]) =>
  stores.transaction((tx) => tx.links.insertMany(tenantId, links));

const facts: Facts = {
  "every field comes back, by the hash of the token and of the code": async (scene) => {
    const { stores, tenantId, now } = scene;
    const customerId = await addCustomer(stores, tenantId, DIFFICULT_TEXT);
    const seed = { subject: String(customerId), keyId: "0a1b2c3d", codeTurn: 2 };
    const codeHash = hash("code", tenantId);
    const row = { customerId, occurrenceId: 7, couponId: 9, isTest: true, deliveryId: 5, codeHash, seed };
    expectSame(await insert(stores, tenantId, [newLink(scene, "a", row)]), 1, "links added");
    const found = await linkNamed(scene, "a");
    const { id, ...link } = found.link;
    expectThat(id > 0, "it has an id");
    const visits = { views: 0, firstViewedAt: null, clicks: 0, firstClickedAt: null, scans: 0 };
    expectSame(
      { ...link, seed: found.seed },
      {
        tenantId,
        kind: "personal",
        occurrenceId: 7,
        batchNumber: null,
        channel: "wecom",
        customerId,
        externalKey: DIFFICULT_TEXT,
        isTest: true,
        couponId: 9,
        createdAt: now,
        expiresAt: now + 100,
        revokedAt: null,
        ...visits,
        seed,
      },
      "the link",
    );
    const byCode = await stores.links.find({ codeHashes: [hash("other", tenantId), codeHash] });
    expectSame(byCode, found, "the link by its code");
    expectSame(await stores.links.find({ codeHashes: [hash("other", tenantId)] }), undefined, "an unknown code");
    expectSame(await stores.links.find({ tokenHash: hash("b", tenantId) }), undefined, "an unknown token");
  },

  "a link whose token, code, delivery or batch is taken is left out": async (scene) => {
    const { stores, tenantId } = scene;
    const codeHash = hash("code", tenantId);
    const shared = { kind: "shared" as const, occurrenceId: 3, batchNumber: 1 };
    const first = [newLink(scene, "a", { codeHash, deliveryId: 1 }), newLink(scene, "b", shared)];
    expectSame(await insert(stores, tenantId, first), 2, "links added");
    const again = [
      newLink(scene, "a"),
      newLink(scene, "c", { codeHash }),
      newLink(scene, "d", { deliveryId: 1 }),
      newLink(scene, "e", shared),
      newLink(scene, "f", { ...shared, batchNumber: 2 }),
      newLink(scene, "g", { ...shared, channel: "sms" }),
      newLink(scene, "h", { deliveryId: 2 }),
    ];
    expectSame(await insert(stores, tenantId, again), 3, "links with keys of their own");
    expectSame(await insert(stores, tenantId, []), 0, "no links");
    const place = { occurrenceId: 3, channel: "wecom", batchNumber: 2 };
    expectSame(await stores.links.sharedSeed(tenantId, place), undefined, "a link that nothing makes again");
    const neighbour = await addTenant(stores);
    const theirs = newLink({ tenantId: neighbour, now: scene.now }, "h", { deliveryId: 2 });
    expectSame(await insert(stores, neighbour, [theirs]), 1, "another tenant's");
  },

  "people of a batch are told with what their links were made from": async (scene) => {
    const { stores, tenantId } = scene;
    const [first = 0, second = 0] = await addReachable(stores, tenantId, 2);
    const { batch, occurrence } = await addPush(scene, "r1");
    const before = await stores.links.seedsOf(tenantId, batch.id, "in_batch");
    expectSame(
      before.map(({ customerId, seed }) => [customerId, seed]),
      [
        [first, null],
        [second, null],
      ],
      "people without links",
    );
    const seed = { subject: "x", keyId: "k", codeTurn: 0 };
    const deliveryId = before[1]?.deliveryId ?? 0;
    const link = newLink(scene, "a", { deliveryId, customerId: second, occurrenceId: occurrence.id, seed });
    await insert(stores, tenantId, [link]);
    const after = await stores.links.seedsOf(tenantId, batch.id, "in_batch");
    expectSame(
      after.map((person) => person.seed),
      [null, seed],
      "seeds",
    );
    expectSame(await stores.links.seedsOf(tenantId, batch.id, "unknown"), [], "people in another state");
    expectSame(await stores.links.seedsOf(tenantId + 1, batch.id, "in_batch"), [], "people of another tenant");
    const place = { occurrenceId: occurrence.id, channel: "wecom", batchNumber: 1 };
    expectSame(await stores.links.sharedSeed(tenantId, place), undefined, "the batch has no link of its own");
    await insert(stores, tenantId, [newLink(scene, "b", { ...place, kind: "shared", seed })]);
    expectSame(await stores.links.sharedSeed(tenantId, place), seed, "the batch's own link");
    expectSame(await stores.links.sharedSeed(tenantId + 1, place), undefined, "of another tenant");
  },

  "visits are counted, and the first ones remembered": async (scene) => {
    const { stores, tenantId, now } = scene;
    await insert(stores, tenantId, [newLink(scene, "a")]);
    const { id } = (await linkNamed(scene, "a")).link;
    const visits = [
      ["view", 1],
      ["scan", 2],
      ["click", 3],
      ["view", 4],
      ["click", 5],
    ] as const;
    for (const [kind, at] of visits)
      expectSame(await stores.links.visit(tenantId, id, kind, now + at), true, `a ${kind}`);
    expectSame(await stores.links.visit(tenantId + 1, id, "view", now), false, "another tenant's visit");
    const { views, firstViewedAt, clicks, firstClickedAt, scans } = (await linkNamed(scene, "a")).link;
    expectSame([views, firstViewedAt, clicks, firstClickedAt, scans], [2, now + 1, 2, now + 3, 1], "visits");
  },

  "visits at once are all counted": async (scene) => {
    const { stores, tenantId, now } = scene;
    await insert(stores, tenantId, [newLink(scene, "a")]);
    const { id } = (await linkNamed(scene, "a")).link;
    await Promise.all(Array.from({ length: 20 }, () => stores.links.visit(tenantId, id, "view", now)));
    expectSame((await linkNamed(scene, "a")).link.views, 20, "views");
  },

  "links are taken back one by one, by firing and by person, once": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [one = 0, two = 0] = await addReachable(stores, tenantId, 2);
    await insert(stores, tenantId, [
      newLink(scene, "a", { customerId: one, occurrenceId: 1 }),
      newLink(scene, "b", { customerId: two, occurrenceId: 1 }),
      newLink(scene, "c", { customerId: two, occurrenceId: 2 }),
    ]);
    const { id: linkId } = (await linkNamed(scene, "a")).link;
    expectSame(await stores.links.revoke(tenantId + 1, { linkId }, now), 0, "another tenant's");
    expectSame(await stores.links.revoke(tenantId, { linkId }, now + 1), 1, "one");
    expectSame(await stores.links.revoke(tenantId, { occurrenceId: 1 }, now + 2), 1, "those of a firing");
    expectSame(await stores.links.revoke(tenantId, { customerId: two }, now + 3), 1, "those of a person");
    const { items } = await stores.links.list(tenantId, {});
    expectSame(
      items.map(({ revokedAt }) => revokedAt),
      [now + 1, now + 2, now + 3],
      "when they were taken back",
    );
  },

  "lists go by id and by what is asked for": async (scene) => {
    const { stores, tenantId } = scene;
    const [one = 0, two = 0] = await addReachable(stores, tenantId, 2);
    await insert(stores, tenantId, [
      newLink(scene, "a", { customerId: one, occurrenceId: 1, couponId: 5 }),
      newLink(scene, "b", { customerId: two, occurrenceId: 1 }),
      newLink(scene, "c", { customerId: two, occurrenceId: 2, couponId: 5 }),
    ]);
    const ids = new Map<number, string>();
    for (const name of ["a", "b", "c"]) ids.set((await linkNamed(scene, name)).link.id, name);
    const names = async (filter: object) =>
      (await walk((cursor) => stores.links.list(tenantId, { ...filter, limit: 2, cursor }))).map(({ id }) =>
        ids.get(id),
      );
    expectSame(await names({}), ["a", "b", "c"], "all");
    expectSame(await names({ occurrenceId: 1 }), ["a", "b"], "of a firing");
    expectSame(await names({ customerId: two }), ["b", "c"], "of a person");
    expectSame(await names({ couponId: 5 }), ["a", "c"], "for a coupon");
    expectSame((await stores.links.list(tenantId + 1, {})).items, [], "of another tenant");
  },

  "the people of a shared link are found by id and by name, as long as the message may have come": async (scene) => {
    const { stores, tenantId, now } = scene;
    const reached = (address: string, name: string) => ({ name, identities: { external_userid: address } });
    const mimi = await addCustomer(stores, tenantId, "c1", reached("wm_c1", "咪咪"));
    const momo = await addCustomer(stores, tenantId, "c2", reached("wm_c2", "默默"));
    const twin = await addCustomer(stores, tenantId, "c3", reached("wm_c3", "默默"));
    const outside = await addCustomer(stores, tenantId, "c4", { name: "咪咪" });
    const { batch, occurrence } = await addPush(scene, "r1");
    const place = { occurrenceId: occurrence.id, channel: "wecom", batchNumber: 1 };
    const peopleOf = (who: Parameters<Stores["links"]["peopleOf"]>[2], of = place, tenant = tenantId) =>
      stores.links.peopleOf(tenant, of, who);
    expectSame(await peopleOf({ customerIds: [mimi, outside] }), [mimi], "by id");
    expectSame(await peopleOf({ customerIds: [] }), [], "nobody");
    expectSame(await peopleOf({ name: "咪咪" }), [mimi], "by name");
    expectSame(await peopleOf({ name: "默默" }), [momo, twin], "by a name of two");
    expectSame(await peopleOf({ name: "咪咪" }, { ...place, batchNumber: 2 }), [], "in another batch");
    expectSame(await peopleOf({ name: "咪咪" }, place, tenantId + 1), [], "of another tenant");
    const selector = { batchId: batch.id, addresses: ["wm_c2"] };
    await stores.deliveries.transition(tenantId, selector, "in_batch", "suppressed", { reason: "opt_out" }, now);
    expectSame(await peopleOf({ name: "默默" }), [twin], "without those who were left out");
  },
};
