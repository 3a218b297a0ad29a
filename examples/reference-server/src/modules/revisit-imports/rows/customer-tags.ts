import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { repeatIfTaken } from "../../../frame/repeat-if-taken.js";
import { findPeople } from "./find-people.js";

// Labels that describe a person and may be several are of kind `call`, as `tag:name=value`; those of files have a name of their own.
const PREFIX = "tag:标签=";
const KIND = "call";

/** A customer and all tags that a file says they have. */
export interface TaggedRow {
  readonly externalKey: string;
  readonly tags: readonly string[];
}

/** Codes of customers whose tags differ from those of their rows. Whoever is not known yet differs if there are tags. */
export async function tagChanges(
  stores: SqlStores,
  tenantId: number,
  rows: readonly TaggedRow[],
  people: ReadonlyMap<string, number>,
): Promise<ReadonlySet<string>> {
  const held = await heldTags(stores, tenantId, [...new Set(people.values())]);
  return new Set(
    rows
      .filter(({ externalKey, tags }) => {
        const own = held.get(people.get(externalKey) ?? 0) ?? new Map<string, number>();
        return own.size !== tags.length || tags.some((tag) => !own.has(PREFIX + tag));
      })
      .map(({ externalKey }) => externalKey),
  );
}

/** Lets customers have the tags of their rows, and no others of this kind. */
export async function changeTags(
  stores: SqlStores,
  tenantId: number,
  {
    rows,
    changes,
    now,
  }: { readonly rows: readonly TaggedRow[]; readonly changes: ReadonlySet<string>; readonly now: number },
): Promise<void> {
  const changed = rows.filter(({ externalKey }) => changes.has(externalKey));
  if (changed.length === 0) return;
  const keys = changed.map(({ externalKey }) => externalKey);
  const people = await findPeople(stores, tenantId, keys);
  const held = await heldTags(stores, tenantId, [...new Set(people.values())]);
  const ids = await labelIds(stores, tenantId, [...new Set(changed.flatMap(({ tags }) => tags))]);
  const wanted = changed.flatMap(({ externalKey, tags }) => {
    const customerId = people.get(externalKey);
    return customerId === undefined ? [] : [{ customerId, keys: new Set(tags.map((tag) => PREFIX + tag)) }];
  });
  const gone = wanted.flatMap(({ customerId, keys: kept }) =>
    [...(held.get(customerId) ?? [])].filter(([key]) => !kept.has(key)).map(([, labelId]) => ({ customerId, labelId })),
  );
  const added = wanted.flatMap(({ customerId, keys: all }) =>
    [...all]
      .filter((key) => !held.get(customerId)?.has(key))
      .map((key) => ({ customerId, labelId: ids.get(key) ?? 0 })),
  );
  for (const part of parts(gone)) await stores.labels.unassign(tenantId, part);
  for (const part of parts(added)) await stores.labels.assign(tenantId, part);
  const news = wanted.map(({ customerId: id }) => ({ kind: "customer" as const, id }));
  await stores.tenants.recordChanges(tenantId, news, { at: now });
}

/** Keys and ids of the tags that people have. */
async function heldTags(
  stores: SqlStores,
  tenantId: number,
  customerIds: readonly number[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
  const held = new Map<number, Map<string, number>>();
  if (customerIds.length === 0) return held;
  const pairs = await stores.labels.held(tenantId, customerIds, KIND);
  const labelIds = [...new Set(pairs.map(({ labelId }) => labelId))];
  const keys = new Map<number, string>();
  for (const part of parts(labelIds)) {
    const labels = await stores.sql
      .selectFrom("rk_labels")
      .select(["id", "bind_key"])
      .where("tenant_id", "=", tenantId)
      .where("id", "in", part)
      .execute();
    for (const { id, bind_key: key } of labels) keys.set(id, key);
  }
  for (const { customerId, labelId } of pairs) {
    const key = keys.get(labelId);
    if (!key?.startsWith(PREFIX)) continue;
    const own = held.get(customerId) ?? new Map<string, number>();
    held.set(customerId, own.set(key, labelId));
  }
  return held;
}

/** Ids of labels by key; those that the library lacks are made. */
async function labelIds(
  stores: SqlStores,
  tenantId: number,
  tags: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  for (const part of parts(tags)) {
    const refs = part.map((tag) => ({ kind: KIND, key: PREFIX + tag, name: tag }) as const);
    for (const { key, id } of await stores.labels.findMany(tenantId, refs)) ids.set(key, id);
    const fresh = refs.filter(({ key }) => !ids.has(key));
    if (fresh.length === 0) continue;
    const added = await repeatIfTaken(() => stores.labels.insertMany(tenantId, fresh));
    fresh.forEach(({ key }, at) => {
      ids.set(key, added[at] ?? 0);
    });
  }
  return ids;
}

function parts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const size = 500;
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}
