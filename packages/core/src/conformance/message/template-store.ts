import type { TemplateDefinition } from "../../message/template.js";
import { addTenant, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, present } from "../expect.js";

/** Facts about `TemplateStore`. */
export function templateStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("templates", harness, facts, durable);
}

/** A template by hand. */
function templateOf(part: Partial<TemplateDefinition> = {}): TemplateDefinition {
  return {
    name: "shipped",
    channel: "sms",
    content: { text: "{{order_no}}" },
    variables: { order_no: { type: "text", maxLength: 20, isMultiline: false } },
    messageClass: "transactional",
    isLayout: false,
    expireAfterMs: 3_600_000,
    onUnknown: "hold",
    ...part,
  };
}

const facts: Facts = {
  "a template comes back with every field of its newest version": async ({ stores, tenantId, now }) => {
    const definition = templateOf({ name: DIFFICULT_TEXT, providerTemplateId: "T1", category: "orders", layoutId: 3 });
    const id = await stores.templates.insert(tenantId, { definition, status: "active", at: now });
    const template = { id, tenantId, status: "active", version: 1, definition, createdAt: now, updatedAt: now };
    expectSame(await stores.templates.get(tenantId, id), template, "the template");
    expectSame(await stores.templates.get(tenantId, id + 1), undefined, "another one");
    const later = templateOf({ name: "later" });
    expectSame(
      await stores.templates.edit(tenantId, id, { version: 1, definition: later, at: now + 1 }),
      true,
      "an edit",
    );
    const edited = { ...template, version: 2, definition: later, updatedAt: now + 1 };
    expectSame(await stores.templates.get(tenantId, id), edited, "the edited template");
    expectSame(await stores.templates.setStatus(tenantId, id, "inactive", now + 2), true, "a change of status");
    expectSame(await stores.templates.setStatus(tenantId, id + 1, "inactive", now + 2), false, "of another one");
    const resting = { ...edited, status: "inactive", updatedAt: now + 2 };
    expectSame(await stores.templates.get(tenantId, id), resting, "the inactive template");
  },

  "versions stay as they were written, and follow one another": async ({ stores, tenantId, now }) => {
    const first = templateOf({ name: "first" });
    const second = templateOf({ name: "second" });
    const id = await stores.templates.insert(tenantId, { definition: first, status: "active", at: now });
    const edit = { version: 1, definition: second, at: now + 1 };
    const edits = await Promise.all(
      [1, 2, 3].map(() => stores.transaction((tx) => tx.templates.edit(tenantId, id, edit))),
    );
    expectSame(edits.filter(Boolean).length, 1, "edits of one version");
    const versions = await stores.templates.versions(tenantId, id);
    expectSame(
      versions,
      [
        { version: 1, definition: first, createdAt: now },
        { version: 2, definition: second, createdAt: now + 1 },
      ],
      "versions",
    );
    expectSame(await stores.templates.version(tenantId, id, 1), versions[0], "the first version");
    expectSame(await stores.templates.version(tenantId, id, 3), undefined, "a version to come");
  },

  "lists go by channel, status and name": async ({ stores, tenantId, now }) => {
    const add = (definition: TemplateDefinition, status: "active" | "inactive" = "active") =>
      stores.templates.insert(tenantId, { definition, status, at: now });
    const a = await add(templateOf({ name: "Order 100%" }));
    const b = await add(templateOf({ name: "order_1", channel: "email" }));
    const c = await add(templateOf({ name: "welcome" }), "inactive");
    const ids = async (filter: Parameters<typeof stores.templates.list>[1]) =>
      (await stores.templates.list(tenantId, filter)).items.map(({ id }) => id);
    expectSame(await ids({}), [a, b, c], "all");
    expectSame(await ids({ channel: "sms" }), [a, c], "of a channel");
    expectSame(await ids({ status: "active" }), [a, b], "of a status");
    expectSame(await ids({ search: "order" }), [a, b], "by name");
    expectSame(await ids({ search: "0%" }), [a], "by a name that looks like a pattern");
    const page = await stores.templates.list(tenantId, { limit: 2 });
    const rest = await stores.templates.list(tenantId, { limit: 2, cursor: present(page.nextCursor, "a cursor") });
    expectSame([page.items.length, rest.items.map(({ id }) => id), rest.nextCursor], [2, [c], null], "pages");
  },

  "templates of tenants are apart": async ({ stores, tenantId, now }) => {
    const neighbour = await addTenant(stores);
    const id = await stores.templates.insert(tenantId, { definition: templateOf(), status: "active", at: now });
    expectSame(await stores.templates.get(neighbour, id), undefined, "another tenant's template");
    expectSame(await stores.templates.version(neighbour, id, 1), undefined, "its version");
    expectSame((await stores.templates.versions(neighbour, id)).length, 0, "its versions");
    expectSame((await stores.templates.list(neighbour, {})).items.length, 0, "its list");
    const edit = { version: 1, definition: templateOf({ name: "theirs" }), at: now };
    expectSame(await stores.templates.edit(neighbour, id, edit), false, "another tenant's edit");
    expectSame(await stores.templates.setStatus(neighbour, id, "inactive", now), false, "another tenant's status");
    expectSame((await stores.templates.get(tenantId, id))?.version, 1, "the version");
  },
};

const durable: Facts<DurableScene> = {
  "templates are there after a restart": async ({ stores, tenantId, now, reopen }) => {
    const id = await stores.templates.insert(tenantId, { definition: templateOf(), status: "active", at: now });
    const again = await reopen();
    expectSame((await again.templates.get(tenantId, id))?.definition, templateOf(), "the template");
  },
};
