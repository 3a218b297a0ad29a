import { addTenant, DIFFICULT_TEXT } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { addRule, newDefinition } from "../delivery/work-builders.js";
import { expectSame, present } from "../expect.js";

/** A rule name of the same characters as {@link DIFFICULT_TEXT}, without what names never hold. */
export const NAME = DIFFICULT_TEXT.replace(/\s+/g, " ").trim();

/** A definition that uses every field. */
export const fullDefinition = (name: string) =>
  newDefinition(name, {
    segment: {
      lapse: { minDays: 0, maxDays: 45, recency: "any-order" },
      labels: { city: [NAME], sku: [] },
      labelMode: "grouped",
      everybody: false,
    },
    slots: [
      { weekday: 1, time: "00:00" },
      { weekday: 7, time: "23:59" },
    ],
    timeZone: "America/New_York",
    content: {
      text: DIFFICULT_TEXT,
      image: "https://example.com/a.png?b=%20",
      miniProgram: { title: "喵🐱𠮷", image: "https://example.com/b.png", page: "pages/index?id=0", appId: "wx1" },
    },
    variables: { shop: DIFFICULT_TEXT, empty: "" },
    messageClass: "transactional",
    channel: "sms",
    catchUpMs: 10_000,
    expireAfterMs: 604_800_000,
    overlap: "allow",
    onUnknown: "resend",
  });

/** Facts about new versions, states and deletion. */
export const ruleEditFacts: Facts = {
  "versions are listed newest first, of deleted rules too": async (scene) => {
    const { stores, tenantId } = scene;
    const { id } = await addRule(scene, "r1", { createdAt: 5 });
    const definition = newDefinition("r2", { batchPauseMs: 1000, alert: null });
    await stores.rules.addVersion({ tenantId, id, version: 2, definition, updatedAt: 9 });
    await stores.rules.softDelete(tenantId, id, 10);
    const versions = [
      { version: 2, definition, createdAt: 9 },
      { version: 1, definition: newDefinition("r1"), createdAt: 5 },
    ];
    expectSame(await stores.rules.versions(tenantId, id), versions, "versions");
    expectSame(await stores.rules.versions(tenantId, id + 1), [], "versions of no rule");
    expectSame(await stores.rules.versions(await addTenant(stores), id), [], "versions for another tenant");
  },

  "a new version replaces the definition and keeps the old one": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1", { createdAt: 1 });
    const definition = fullDefinition("r2");
    await stores.rules.addVersion({ tenantId, id: rule.id, version: 2, definition, updatedAt: 2 });
    expectSame(
      await stores.rules.get(tenantId, rule.id),
      { ...rule, name: "r2", version: 2, definition, updatedAt: 2 },
      "rule",
    );
    expectSame(await stores.rules.version(tenantId, rule.id, 1), rule.definition, "version 1");
    expectSame(await stores.rules.version(tenantId, rule.id, 2), definition, "version 2");
    expectSame(await stores.rules.version(tenantId, rule.id, 3), undefined, "version 3");
    expectSame(await stores.rules.findByName(tenantId, "r1"), undefined, "rule under the old name");
    await addRule(scene, "r1");
  },

  "a new version may keep the name": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const definition = fullDefinition("r1");
    await stores.rules.addVersion({ tenantId, id: rule.id, version: 2, definition, updatedAt: 2 });
    expectSame((await stores.rules.findByName(tenantId, "r1"))?.definition, definition, "definition");
  },

  "the status changes alone": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1", { createdAt: 1 });
    await stores.rules.setStatus(tenantId, rule.id, "paused", 2);
    expectSame(await stores.rules.get(tenantId, rule.id), { ...rule, status: "paused", updatedAt: 2 }, "paused rule");
    await stores.rules.setStatus(tenantId, rule.id, "active", 3);
    expectSame(await stores.rules.get(tenantId, rule.id), { ...rule, status: "active", updatedAt: 3 }, "active rule");
  },

  "a deleted rule is seen by its id only": async (scene) => {
    const { stores, tenantId, now } = scene;
    const rule = await addRule(scene, "r1", { nextDueAt: now });
    await stores.rules.softDelete(tenantId, rule.id, 7);
    const stored = present(await stores.rules.get(tenantId, rule.id), "the deleted rule");
    expectSame([stored.deletedAt, stored.name, stored.version], [7, "r1", 1], "the deleted rule");
    expectSame(await stores.rules.version(tenantId, rule.id, 1), rule.definition, "its version");
    expectSame(await stores.rules.findByName(tenantId, "r1"), undefined, "by name");
    expectSame(await stores.rules.list(tenantId, {}, { offset: 0, limit: 10 }), { items: [], total: 0 }, "list");
    const due = await stores.rules.due(now, 10_000);
    expectSame(
      due.filter(({ id }) => id === rule.id),
      [],
      "due rules",
    );
  },

  "rules are due at their instant, oldest first": async (scene) => {
    const { stores, now } = scene;
    const late = await addRule(scene, "late", { nextDueAt: now - 1 });
    const older = await addRule(scene, "older", { nextDueAt: now - 2 });
    const exact = await addRule(scene, "exact", { nextDueAt: now, status: "paused" });
    await addRule(scene, "future", { nextDueAt: now + 1 });
    await addRule(scene, "without slots", { nextDueAt: null });
    const due = (await stores.rules.due(now, 10_000)).filter(({ tenantId }) => tenantId === scene.tenantId);
    expectSame(
      due.map(({ id }) => id),
      [older.id, late.id, exact.id],
      "due rules",
    );
    expectSame(due[0], older, "first rule");
    expectSame((await stores.rules.due(now, 2)).length, 2, "due rules with a limit of 2");
  },

  "the planning mark moves alone": async (scene) => {
    const { stores, tenantId, now } = scene;
    const rule = await addRule(scene, "r1", { nextDueAt: now });
    await stores.rules.setPlanned(tenantId, rule.id, now + 5, now + 9);
    expectSame(
      await stores.rules.get(tenantId, rule.id),
      { ...rule, plannedUntil: now + 5, nextDueAt: now + 9 },
      "next slot",
    );
    await stores.rules.setPlanned(tenantId, rule.id, now + 9, null);
    expectSame(
      await stores.rules.get(tenantId, rule.id),
      { ...rule, plannedUntil: now + 9, nextDueAt: null },
      "no slot",
    );
  },
};
