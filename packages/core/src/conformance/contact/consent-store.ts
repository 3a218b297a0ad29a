import type { Consent } from "../../contact/consent.js";
import { addCustomer, addReachable, addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { deliveriesOf, pushTo, statesOf } from "../delivery/push-builders.js";
import { expectSame, walk } from "../expect.js";

/** Facts about `ConsentStore`, and about the gate `withoutConsentTo`. */
export function consentStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("consents", harness, facts, durable);
}

type Word = Partial<Consent> & Pick<Consent, "customerId">;

function rowOf({ tenantId }: Pick<Scene, "tenantId">, word: Word): Consent {
  return {
    tenantId,
    channel: "sms",
    purpose: "marketing",
    status: "granted",
    wording: null,
    source: "form",
    evidence: null,
    at: 5,
    recordedAt: 9,
    ...word,
  };
}

function record(scene: Pick<Scene, "stores" | "tenantId">, ...words: readonly Word[]): Promise<number> {
  return scene.stores.consents.record(
    scene.tenantId,
    words.map((word) => rowOf(scene, word)),
  );
}

const heldBy = async ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, customerId: number) =>
  (await stores.consents.current(tenantId, [customerId])).map(
    ({ channel, status, at }) => `${channel} ${status} ${at}`,
  );

const facts: Facts = {
  "nobody has said anything in an empty store": async ({ stores, tenantId }) => {
    expectSame(await stores.consents.record(tenantId, []), 0, "added");
    expectSame(await stores.consents.current(tenantId, [1]), [], "words");
    expectSame(await stores.consents.current(tenantId, []), [], "words of nobody");
    expectSame(await stores.consents.list(tenantId, {}), { items: [], nextCursor: null }, "evidence");
  },

  "every field of evidence comes back, in pages and by filters": async (scene) => {
    const { stores, tenantId } = scene;
    const [first = 0, second = 0] = await addReachable(stores, tenantId, 2);
    const texts = { wording: DIFFICULT_TEXT, source: DIFFICULT_TEXT, evidence: DIFFICULT_TEXT };
    const rows = [
      rowOf(scene, { customerId: second, channel: "*", ...texts }),
      rowOf(scene, { customerId: first, purpose: "survey", status: "withdrawn", at: 6 }),
      rowOf(scene, { customerId: first }),
    ];
    expectSame(await stores.consents.record(tenantId, rows), 3, "added");
    const all = await walk((cursor) => stores.consents.list(tenantId, { limit: 1, cursor }));
    const bare = all.map(({ id: _, ...row }) => row);
    const byText = (row: unknown) => JSON.stringify(row);
    expectSame(bare.map(byText).toSorted(), rows.map((row) => byText({ ...bare[0], ...row })).toSorted(), "evidence");
    const counts = await Promise.all(
      [{ customerId: first }, { channel: "*" }, { purpose: "survey" }, { status: "granted" as const }].map(
        async (filter) => (await stores.consents.list(tenantId, filter)).items.length,
      ),
    );
    expectSame(counts, [2, 1, 1, 2], "by filter");
    const held = await stores.consents.current(tenantId, [second, first]);
    expectSame(
      held.map(({ customerId, purpose }) => [customerId, purpose]),
      [
        [first, "marketing"],
        [first, "survey"],
        [second, "marketing"],
      ],
      "words in order",
    );
    const { recordedAt, wording } = held[2] ?? {};
    expectSame([recordedAt, wording], [9, DIFFICULT_TEXT], "the word of the second");
  },

  "the later said word holds, of two of one instant the withdrawal, in whichever order they come": async (scene) => {
    const [id = 0, other = 0] = await addReachable(scene.stores, scene.tenantId, 2);
    const words: readonly Word[] = [
      { customerId: id, at: 5 },
      { customerId: id, at: 7, status: "withdrawn" },
      { customerId: id, at: 7 },
      { customerId: id, at: 6 },
    ];
    for (const word of words) await record(scene, word);
    expectSame(await heldBy(scene, id), ["sms withdrawn 7"], "one by one");
    await record(scene, ...words.toReversed().map((word) => ({ ...word, customerId: other })));
    expectSame(await heldBy(scene, other), ["sms withdrawn 7"], "at once, backwards");
    await record(scene, { customerId: id, at: 8 }, { customerId: id, at: 8, channel: "*", status: "withdrawn" });
    expectSame(await heldBy(scene, id), ["* withdrawn 8", "sms granted 8"], "by channel");
    expectSame((await scene.stores.consents.list(scene.tenantId, { customerId: id })).items.length, 6, "evidence");
  },

  "a repeat of evidence adds nothing": async (scene) => {
    const [id = 0] = await addReachable(scene.stores, scene.tenantId, 1);
    expectSame(await record(scene, { customerId: id }), 1, "at first");
    expectSame(await record(scene, { customerId: id, source: "again", recordedAt: 99 }), 0, "again");
    expectSame(await record(scene, { customerId: id }, { customerId: id, at: 6 }), 1, "with a new one");
    const { items } = await scene.stores.consents.list(scene.tenantId, {});
    expectSame(
      items.map(({ source, at }) => [source, at]),
      [
        ["form", 5],
        ["form", 6],
      ],
      "evidence",
    );
  },

  "a thousand people can agree at once": async (scene) => {
    const ids = await addReachable(scene.stores, scene.tenantId, 1000);
    const words = (status: "granted" | "withdrawn", at: number) =>
      ids.map((customerId) => ({ customerId, status, at }));
    expectSame(await record(scene, ...words("granted", 5)), 1000, "granted");
    expectSame(await record(scene, ...words("withdrawn", 6)), 1000, "withdrawn");
    const held = await scene.stores.consents.current(scene.tenantId, ids);
    expectSame([held.length, new Set(held.map(({ status }) => status))], [1000, new Set(["withdrawn"])], "words");
  },

  "channels and purposes compare bytewise": async (scene) => {
    const [id = 0] = await addReachable(scene.stores, scene.tenantId, 1);
    const words = BYTEWISE_KEYS.flatMap((key) => [
      { customerId: id, channel: key },
      { customerId: id, purpose: key },
    ]);
    expectSame(await record(scene, ...words), words.length, "added");
    expectSame((await heldBy(scene, id)).length, words.length, "words");
  },

  "consents of tenants are apart": async (scene) => {
    const { stores } = scene;
    const tenantId = await addTenant(stores);
    const id = await addCustomer(stores, scene.tenantId, "a");
    await record(scene, { customerId: id });
    expectSame(await stores.consents.current(tenantId, [id]), [], "words for the other tenant");
    expectSame((await stores.consents.list(tenantId, {})).items, [], "evidence of the other tenant");
    expectSame((await stores.consents.list(tenantId, { customerId: id })).items, [], "of the customer");
  },

  "words and evidence go along with a merge": async (scene) => {
    const { stores, tenantId } = scene;
    const [into = 0, from = 0] = await addReachable(stores, tenantId, 2);
    await record(
      scene,
      { customerId: into, at: 5 },
      { customerId: from, at: 5 },
      { customerId: from, at: 6, status: "withdrawn" },
      { customerId: from, channel: "wecom", at: 4 },
    );
    await stores.people.merge(tenantId, into, from, 9);
    expectSame(await heldBy(scene, into), ["sms withdrawn 6", "wecom granted 4"], "words");
    expectSame(await heldBy(scene, from), [], "words of the other row");
    const { items } = await stores.consents.list(tenantId, { customerId: into });
    expectSame(items.length, 3, "evidence of the row that goes on");
    const collected = await stores.people.collect(tenantId, into);
    expectSame(collected?.consents.length, 4, "evidence of the person");
  },

  "evidence outlives an erasure": async (scene) => {
    const { stores, tenantId } = scene;
    const [id = 0] = await addReachable(stores, tenantId, 1);
    await record(scene, { customerId: id, evidence: "form 7" });
    await stores.people.erase(tenantId, id, "erased:1", 9);
    const { items } = await stores.consents.list(tenantId, { customerId: id });
    expectSame(
      items.map(({ evidence }) => evidence),
      ["form 7"],
      "evidence",
    );
    expectSame((await stores.people.collect(tenantId, id))?.consents, items, "of the nameless row");
  },

  "a selector finds those who have not agreed on the channel or on all": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 8);
    const people = new Map((await deliveriesOf(scene)).map((row) => [row.externalKey, row.customerId]));
    const by = (key: string, word: Omit<Word, "customerId"> = {}): Word => ({
      channel: "wecom",
      ...word,
      customerId: people.get(key) ?? 0,
    });
    await record(
      scene,
      by("c1"),
      by("c2", { channel: "*" }),
      by("c3", { channel: "sms" }),
      by("c4", { purpose: "survey" }),
      by("c5"),
      by("c5", { channel: "*", status: "withdrawn", at: 6 }),
      by("c6", { channel: "*", status: "withdrawn", at: 6 }),
      by("c6", { at: 7 }),
      by("c7"),
      by("c7", { channel: "*", status: "withdrawn" }),
    );
    const held = { batchId: batch.id, heldBackBy: { withoutConsentTo: "marketing" } };
    const reason = "no_consent";
    const moved = await stores.deliveries.transition(tenantId, held, "in_batch", "suppressed", { reason }, now);
    expectSame(moved, 5, "rows");
    const agreed = new Set(["c1", "c2", "c6"]);
    expectSame(
      statesOf(await deliveriesOf(scene)).toSorted(),
      [...people.keys()].map((key) => `${key} ${agreed.has(key) ? "in_batch" : "suppressed"}`).toSorted(),
      "states",
    );
  },
};

const durable: Facts<DurableScene> = {
  "consents are there after a restart": async (scene) => {
    const [id = 0] = await addReachable(scene.stores, scene.tenantId, 1);
    await record(scene, { customerId: id });
    const before = await scene.stores.consents.list(scene.tenantId, {});
    const stores = await scene.reopen();
    expectSame(await stores.consents.list(scene.tenantId, {}), before, "evidence");
    expectSame((await stores.consents.current(scene.tenantId, [id])).length, 1, "words");
  },
};
