import { type Segment, segmentSchema } from "../../audience/segment.js";
import { addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectError, expectSame, present } from "../expect.js";

/** Facts about `SegmentStore`. */
export function segmentStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("segments", harness, facts, durable);
}

/** What somebody means. */
function segmentOf(city: string): Segment {
  return segmentSchema.parse({ labels: { city: [city] }, none: [{ saved: 7 }] });
}

const add = ({ stores, tenantId, now }: Scene, name: string, description: string | null = null) =>
  stores.segments.insert(tenantId, { name, description, segment: segmentOf("上海"), at: now });

const facts: Facts = {
  "a saved segment comes back with every field": async (scene) => {
    const { stores, tenantId, now } = scene;
    const id = await add(scene, "Regulars", DIFFICULT_TEXT);
    const saved = {
      id,
      tenantId,
      name: "Regulars",
      description: DIFFICULT_TEXT,
      segment: segmentOf("上海"),
      revision: 1,
      createdAt: now,
      updatedAt: now,
      archivedAt: null,
    };
    expectSame(await stores.segments.get(tenantId, [id]), [saved], "the segment");
    const write = { name: "喵🐱", description: null, segment: segmentOf(DIFFICULT_TEXT), at: now + 1 };
    expectSame(await stores.segments.edit(tenantId, id, { revision: 1, ...write }), true, "an edit");
    const { at: updatedAt, ...fields } = write;
    const edited = { ...saved, ...fields, revision: 2, updatedAt };
    expectSame(await stores.segments.get(tenantId, [id, id + 1]), [edited], "the edited segment");
    expectSame(await stores.segments.archive(tenantId, id, now + 2), true, "archived");
    const archived = { ...edited, updatedAt: now + 2, archivedAt: now + 2 };
    expectSame(await stores.segments.get(tenantId, [id]), [archived], "the archived segment");
  },

  "segments of ids come by ascending id, each once": async (scene) => {
    const { stores, tenantId } = scene;
    const a = await add(scene, "a");
    const b = await add(scene, "b");
    const found = await stores.transaction((tx) => tx.segments.get(tenantId, [b, a, b], "shared"));
    expectSame(
      found.map(({ id }) => id),
      [a, b],
      "segments",
    );
    expectSame(await stores.segments.get(tenantId, []), [], "of no id");
  },

  "edits of one revision are made once, and never of an archived segment": async (scene) => {
    const { stores, tenantId, now } = scene;
    const id = await add(scene, "a");
    const edit = { revision: 1, name: "b", description: null, segment: segmentOf("北京"), at: now };
    const edits = await Promise.all(
      [1, 2, 3].map(() => stores.transaction((tx) => tx.segments.edit(tenantId, id, edit))),
    );
    expectSame(edits.filter(Boolean).length, 1, "edits of one revision");
    expectSame(await stores.segments.archive(tenantId, id, now), true, "archived");
    expectSame(await stores.segments.archive(tenantId, id, now + 1), false, "archived again");
    expectSame(await stores.segments.edit(tenantId, id, { ...edit, revision: 2 }), false, "edited afterwards");
    const [kept] = await stores.segments.get(tenantId, [id]);
    expectSame([kept?.revision, kept?.archivedAt], [2, now], "what is kept");
  },

  "names are unique byte by byte among those that are not archived": async (scene) => {
    const { stores, tenantId, now } = scene;
    const ids: number[] = [];
    for (const name of BYTEWISE_KEYS) ids.push(await add(scene, name));
    const [first, second] = [present(ids[0], "an id"), present(ids[1], "an id")];
    await expectError(add(scene, BYTEWISE_KEYS[0]), "segment.name-taken");
    const edit = { revision: 1, name: BYTEWISE_KEYS[0], description: null, segment: segmentOf("北京"), at: now };
    await expectError(stores.segments.edit(tenantId, second, edit), "segment.name-taken");
    expectSame(await stores.segments.edit(tenantId, first, edit), true, "its own name");
    await stores.segments.archive(tenantId, first, now);
    expectSame(await stores.segments.edit(tenantId, second, edit), true, "a name that is free again");
  },

  "lists go by name, and by whether segments are archived": async (scene) => {
    const { stores, tenantId, now } = scene;
    const a = await add(scene, "Order 100%");
    const b = await add(scene, "order_1");
    const c = await add(scene, "welcome");
    await stores.segments.archive(tenantId, c, now);
    const ids = async (filter: Parameters<typeof stores.segments.list>[1]) =>
      (await stores.segments.list(tenantId, filter)).items.map(({ id }) => id);
    expectSame(await ids({}), [a, b], "in use");
    expectSame(await ids({ archived: true }), [c], "archived");
    expectSame(await ids({ search: "ORDER" }), [a, b], "by name");
    expectSame(await ids({ search: "0%" }), [a], "by a name that looks like a pattern");
    const page = await stores.segments.list(tenantId, { limit: 1 });
    const rest = await stores.segments.list(tenantId, { limit: 1, cursor: present(page.nextCursor, "a cursor") });
    expectSame([page.items.length, rest.items.map(({ id }) => id), rest.nextCursor], [1, [b], null], "pages");
  },

  "the last size of a day holds, and sizes end with their days": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [a, b] = [await add(scene, "a"), await add(scene, "b")];
    const size = (segmentId: number, day: string, people: number) => ({ segmentId, day, people, at: now + people });
    const first = [size(a, "2026-01-01", 3), size(a, "2026-01-02", 4), size(b, "2026-01-02", 0)];
    await stores.segments.putSizes(tenantId, first, "2025-01-01");
    await stores.segments.putSizes(tenantId, [size(a, "2026-01-02", 5), size(a, "2026-01-03", 6)], "2026-01-02");
    const sizes = (id: number, from: string, to: string) => stores.segments.sizes(tenantId, id, { from, to });
    const told = (day: string, people: number) => ({ day, people, at: now + people });
    expectSame(
      await sizes(a, "2025-01-01", "2026-12-31"),
      [told("2026-01-02", 5), told("2026-01-03", 6)],
      "sizes of a segment",
    );
    expectSame(await sizes(a, "2026-01-03", "2026-01-03"), [told("2026-01-03", 6)], "of a day");
    expectSame(await sizes(b, "2025-01-01", "2026-12-31"), [told("2026-01-02", 0)], "of another segment");
    await stores.segments.putSizes(tenantId, [], "2026-01-03");
    expectSame(await sizes(b, "2025-01-01", "2026-12-31"), [], "after their time");
  },

  "segments of tenants are apart": async (scene) => {
    const { stores, tenantId, now } = scene;
    const neighbour = await addTenant(stores);
    const id = await add(scene, "a");
    const size = { segmentId: id, day: "2026-01-01", people: 3, at: now };
    await stores.segments.putSizes(tenantId, [size], "2025-01-01");
    await stores.segments.putSizes(neighbour, [], "2026-06-01");
    expectSame(await stores.segments.get(neighbour, [id]), [], "another tenant's segment");
    expectSame((await stores.segments.list(neighbour, {})).items, [], "its list");
    const days = { from: "2025-01-01", to: "2026-12-31" };
    expectSame(await stores.segments.sizes(neighbour, id, days), [], "its sizes");
    expectSame((await stores.segments.sizes(tenantId, id, days)).length, 1, "sizes of one's own");
    const edit = { revision: 1, name: "theirs", description: null, segment: segmentOf("北京"), at: now };
    expectSame(await stores.segments.edit(neighbour, id, edit), false, "another tenant's edit");
    expectSame(await stores.segments.archive(neighbour, id, now), false, "another tenant's archiving");
    expectSame((await stores.segments.get(tenantId, [id]))[0]?.revision, 1, "the revision");
    expectSame(typeof (await stores.segments.insert(neighbour, { ...edit, name: "a" })), "number", "the same name");
  },
};

const durable: Facts<DurableScene> = {
  "segments and their sizes are there after a restart": async (scene) => {
    const { stores, tenantId, now, reopen } = scene;
    const id = await add(scene, "a");
    await stores.segments.putSizes(tenantId, [{ segmentId: id, day: "2026-01-01", people: 3, at: now }], "2025-01-01");
    const again = await reopen();
    expectSame((await again.segments.get(tenantId, [id]))[0]?.segment, segmentOf("上海"), "the segment");
    const days = { from: "2026-01-01", to: "2026-01-01" };
    expectSame((await again.segments.sizes(tenantId, id, days))[0]?.people, 3, "its size");
  },
};
