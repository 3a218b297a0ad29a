import type { TransitionRecord } from "../../delivery/delivery.js";
import { sha256Hex } from "../../text.js";
import { addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, present, walk } from "../expect.js";

/** Facts about `AuditStore`, `AlarmStore`, `ConfigStore` and `MediaStore`. */
export function ledgerStoresConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return [
    ...casesOf("audit", harness, audit),
    ...casesOf("alarms", harness, alarms),
    ...casesOf("config", harness, config),
    ...casesOf("media", harness, media),
    ...casesOf("ledgers", harness, {}, restart),
  ];
}

const record = (tenantId: number, part: Partial<TransitionRecord> = {}): TransitionRecord => ({
  tenantId,
  entity: "batch",
  entityId: 7,
  from: "pending",
  to: "leased",
  reason: null,
  count: 1,
  leaseEpoch: null,
  at: 5,
  ...part,
});

const audit: Facts = {
  "an empty audit has no records": async ({ stores, tenantId }) => {
    await stores.audit.add([]);
    expectSame(await stores.audit.list(tenantId, "batch", 7, 10), [], "records");
  },

  "every field comes back in order of writing": async ({ stores, tenantId }) => {
    const full = record(tenantId, {
      from: "in_batch",
      to: "failed",
      reason: DIFFICULT_TEXT,
      count: 10_000,
      leaseEpoch: 3,
      at: 9,
    });
    await stores.audit.add([full, record(tenantId, { at: 8, count: 0 })]);
    await stores.audit.add([record(tenantId, { at: 7 })]);
    const written = [full, record(tenantId, { at: 8, count: 0 }), record(tenantId, { at: 7 })];
    expectSame(await stores.audit.list(tenantId, "batch", 7, 10), written, "records");
    expectSame(await stores.audit.list(tenantId, "batch", 7, 2), written.slice(0, 2), "two records");
  },

  "records are kept per row and tenant": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    const rows = [
      record(tenantId),
      record(tenantId, { entity: "occurrence" }),
      record(tenantId, { entityId: 8 }),
      record(other, { at: 6 }),
    ];
    await stores.audit.add(rows);
    expectSame(await stores.audit.list(tenantId, "batch", 7, 10), rows.slice(0, 1), "of a batch");
    expectSame(await stores.audit.list(tenantId, "occurrence", 7, 10), rows.slice(1, 2), "of an occurrence");
    expectSame(await stores.audit.list(tenantId, "delivery", 7, 10), [], "of deliveries");
    expectSame(await stores.audit.list(other, "batch", 7, 10), rows.slice(3), "of the other tenant");
  },
};

const alarms: Facts = {
  "no alarms are listed at first": async ({ stores, tenantId }) => {
    expectSame(await stores.alarms.list(tenantId, {}), { items: [], nextCursor: null }, "alarms");
  },

  "every field comes back, each alarm once": async ({ stores, tenantId }) => {
    const rows = (["occurrence", "batch", "channel", "rule", "batch"] as const).map((entity, index) => ({
      tenantId,
      code: `duplicate_detected ${index}`,
      entity,
      entityId: index,
      detail: DIFFICULT_TEXT,
      addresses: index < 2 ? [DIFFICULT_TEXT, `wm_${index}`].slice(index) : [],
      at: 10 - index,
    }));
    for (const row of rows) await stores.alarms.add(row);
    const walked = await walk((cursor) => stores.alarms.list(tenantId, { limit: 2, cursor }));
    expectSame(
      walked.map(({ id, ...row }) => row),
      rows.map((row) => ({ ...row, acknowledgedBy: null, acknowledgedAt: null })),
      "alarms",
    );
    expectSame(
      walked.map(({ id }) => id),
      walked.map(({ id }) => id).toSorted((a, b) => a - b),
      "ids",
    );
  },

  "the first who looks after an alarm stays": async ({ stores, tenantId }) => {
    const { alarms: kept } = stores;
    const alarm = { tenantId, code: "missed", entity: "rule", entityId: 1, detail: "", at: 1 } as const;
    await kept.add(alarm);
    const [row] = (await kept.list(tenantId, {})).items;
    const id = row?.id ?? 0;
    const first = await kept.acknowledge(tenantId, id, { by: "user:1", at: 5 });
    expectSame([first?.acknowledgedBy, first?.acknowledgedAt], ["user:1", 5], "the first");
    const second = await kept.acknowledge(tenantId, id, { by: "user:2", at: 9 });
    expectSame([second?.acknowledgedBy, second?.acknowledgedAt], ["user:1", 5], "the second");
    expectSame(
      (await kept.list(tenantId, {})).items[0],
      { ...alarm, id, addresses: [], acknowledgedBy: "user:1", acknowledgedAt: 5 },
      "list",
    );
    expectSame(
      await kept.acknowledge(tenantId, id + 1_000, { by: "user:1", at: 5 }),
      undefined,
      "an alarm that is not there",
    );
    expectSame(
      await kept.acknowledge(await addTenant(stores), id, { by: "user:1", at: 5 }),
      undefined,
      "of another tenant",
    );
  },

  "alarms of tenants are apart": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    await stores.alarms.add({ tenantId, code: "missed", entity: "rule", entityId: 1, detail: "", at: 0 });
    expectSame((await stores.alarms.list(other, {})).items, [], "alarms of the other tenant");
  },

  "an address of somebody erased is forgotten, with those of others and of other tenants kept": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    const alarm = { code: "a", entity: "batch", entityId: 1, detail: "", at: 0 } as const;
    const told = [["wm_1", "wm_2"], ["wm_1"], ["WM_1"], []];
    for (const addresses of told) await stores.alarms.add({ ...alarm, tenantId, addresses });
    await stores.alarms.add({ ...alarm, tenantId: other, addresses: ["wm_1"] });
    await stores.alarms.forgetAddresses(tenantId, ["wm_1", "+8613912345678"]);
    const named = async (tenant: number) =>
      (await stores.alarms.list(tenant, {})).items.map(({ addresses }) => addresses);
    expectSame(await named(tenantId), [["wm_2"], [], ["WM_1"], []], "addresses");
    expectSame(await named(other), [["wm_1"]], "addresses of the other tenant");
  },
};

const config: Facts = {
  "an unknown setting is undefined": async ({ stores, tenantId }) => {
    expectSame(await stores.config.get(tenantId, "none"), undefined, "setting");
  },

  "the newest value of a setting stands": async ({ stores, tenantId }) => {
    for (const value of ["first", "", DIFFICULT_TEXT]) {
      await stores.config.put(tenantId, "key", value);
      expectSame(await stores.config.get(tenantId, "key"), value, "setting");
    }
  },

  "a setting that exists is not written again": async ({ stores, tenantId }) => {
    expectSame(await stores.config.putIfAbsent(tenantId, "key", ""), "", "first value");
    expectSame(await stores.config.putIfAbsent(tenantId, "key", "second"), "", "value that stands");
    expectSame(await stores.config.get(tenantId, "key"), "", "setting");
  },

  "of 50 callers who write a new setting one wins": async ({ stores, tenantId }) => {
    const put = (caller: number) => stores.config.putIfAbsent(tenantId, "key", `caller ${caller}`);
    const standing = await Promise.all(Array.from({ length: 50 }, (_, caller) => put(caller)));
    const value = present(await stores.config.get(tenantId, "key"), "setting");
    expectSame([...new Set(standing)], [value], "values that the callers were told");
  },

  "keys compare bytewise": async ({ stores, tenantId }) => {
    for (const key of BYTEWISE_KEYS) await stores.config.put(tenantId, key, `value of ${key}`);
    for (const key of BYTEWISE_KEYS) expectSame(await stores.config.get(tenantId, key), `value of ${key}`, key);
  },

  "settings of tenants and of the installation are apart": async ({ stores, tenantId }) => {
    const key = `conformance.${tenantId}`;
    const other = await addTenant(stores);
    await stores.config.put(0, key, "installation");
    await stores.config.put(tenantId, key, "mine");
    expectSame(await stores.config.putIfAbsent(other, key, "theirs"), "theirs", "their setting");
    const values = await Promise.all([0, tenantId, other].map((id) => stores.config.get(id, key)));
    expectSame(values, ["installation", "mine", "theirs"], "settings");
  },
};

const IMAGE = {
  sha256: sha256Hex("image"),
  contentType: "image/png",
  bytes: Uint8Array.from({ length: 512 }, (_, index) => index % 256),
};

const media: Facts = {
  "unknown media are undefined": async ({ stores, tenantId }) => {
    expectSame(await stores.media.get(tenantId, IMAGE.sha256), undefined, "media");
  },

  "every byte comes back": async ({ stores, tenantId }) => {
    const large = { sha256: sha256Hex("large"), contentType: "image/jpeg", bytes: new Uint8Array(1_000_000).fill(255) };
    const empty = { sha256: sha256Hex("empty"), contentType: "image/jpeg", bytes: new Uint8Array() };
    for (const each of [IMAGE, large, empty]) {
      await stores.media.put(tenantId, each, 5);
      const stored = present(await stores.media.get(tenantId, each.sha256), "media");
      expectSame(
        [stored.sha256, stored.contentType, stored.bytes.length],
        [each.sha256, each.contentType, each.bytes.length],
        "type and size",
      );
      expectSame(Buffer.compare(stored.bytes, each.bytes), 0, "difference of the bytes");
    }
  },

  "50 callers may put the same bytes": async ({ stores, tenantId }) => {
    await Promise.all(Array.from({ length: 50 }, (_, caller) => stores.media.put(tenantId, IMAGE, caller)));
    await stores.media.put(tenantId, { ...IMAGE, contentType: "image/jpeg" }, 99);
    expectSame((await stores.media.get(tenantId, IMAGE.sha256))?.contentType, "image/png", "content type");
  },

  "media of tenants are apart": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    await stores.media.put(tenantId, IMAGE, 5);
    expectSame(await stores.media.get(other, IMAGE.sha256), undefined, "their media");
    await stores.media.put(other, { ...IMAGE, contentType: "image/jpeg" }, 5);
    expectSame((await stores.media.get(tenantId, IMAGE.sha256))?.contentType, "image/png", "my content type");
    expectSame((await stores.media.get(other, IMAGE.sha256))?.contentType, "image/jpeg", "their content type");
  },
};

const restart: Facts<DurableScene> = {
  "audit, alarms, settings and media survive a restart": async ({ stores, tenantId, reopen }) => {
    const facts = { tenantId, code: "missed", entity: "rule", entityId: 1, detail: "", at: 0 } as const;
    const alarm = { ...facts, addresses: ["wm_1"] };
    await stores.audit.add([record(tenantId)]);
    await stores.alarms.add(alarm);
    await stores.config.put(tenantId, "key", "value");
    await stores.media.put(tenantId, IMAGE, 5);
    const reopened = await reopen();
    expectSame(await reopened.audit.list(tenantId, "batch", 7, 10), [record(tenantId)], "audit");
    expectSame(
      (await reopened.alarms.list(tenantId, {})).items.map(({ id, ...row }) => row),
      [{ ...alarm, acknowledgedBy: null, acknowledgedAt: null }],
      "alarms",
    );
    expectSame(await reopened.config.get(tenantId, "key"), "value", "setting");
    expectSame((await reopened.media.get(tenantId, IMAGE.sha256))?.bytes.length, 512, "size of the media");
  },
};
