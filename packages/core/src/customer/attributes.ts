import { slicesOf } from "../chunks.js";
import { isLocalDate } from "../local-time.js";
import type { AttributeValue } from "../ports/customer-store.js";
import type { Stores } from "../ports/stores.js";
import type { AttributeType } from "./customer.js";
import type { Draft, Drafts } from "./customer-drafts.js";
import type { PreparedCustomer } from "./customer-schema.js";
import type { RowDrop } from "./outcome.js";

/** Most attributes that the people of a tenant have: they are columns of a table, not texts of a row. */
const MOST_OF_TENANT = 100;

/** Most attributes of one person. A merge may bring more. */
const MOST_OF_PERSON = 50;

/** Rows per call of the store. */
const BULK = 1000;

const FAULTS = {
  "attribute.type": "is not of the type that this attribute has",
  "attribute.too-many": `would be more than ${MOST_OF_PERSON} attributes of a person or ${MOST_OF_TENANT} of a tenant`,
};

/** As it is stored; null takes the attribute away. */
type Value = AttributeValue["value"] | null;
type Given = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What of a row's attributes can be taken, and what cannot. */
interface Judged {
  readonly values: ReadonlyMap<string, { readonly type: AttributeType; readonly value: Value }>;
  readonly faults: readonly Omit<RowDrop, "index">[];
}

/** Attributes of a chunk of people, while rows change them. */
export interface AttributeChanges {
  /** Looks at what a row gives, and changes nothing. */
  judge(draft: Draft, given: Given): Judged;
  /** Lets what a row gives win. */
  stage(draft: Draft, values: Judged["values"]): void;
  /** Writes what differs. @returns those who changed, as `currentId` calls them */
  write(currentId: (customerId: number) => number): Promise<readonly number[]>;
}

/** Loads what rows may change; undefined, and nothing is asked, when no row gives attributes. Inside a transaction. */
export async function loadAttributes(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
  drafts: Drafts,
  types?: Readonly<Record<string, AttributeType>> | null,
): Promise<AttributeChanges | undefined> {
  const givers = rows.filter(({ attributes }) => attributes !== undefined);
  if (givers.length === 0) return undefined;
  const definitions = await tx.customers.attributeDefinitions(tenantId);
  const known = new Map(definitions.map((one) => [one.name, one]));
  const names = new Map(definitions.map(({ id, name }) => [id, name]));
  const ids = [...new Set(givers.map(({ externalKey }) => drafts.get(externalKey)?.id ?? 0))].filter((id) => id > 0);
  const stored = new Map<number, Map<string, Value>>();
  for (const { customerId, attributeId, value } of ids.length > 0 ? await tx.customers.attributesOf(tenantId, ids) : [])
    stored.set(customerId, (stored.get(customerId) ?? new Map()).set(names.get(attributeId) ?? "", value));
  const wanted = new Map(Object.entries(types ?? {}));
  const fresh = new Map<string, AttributeType>();
  const staged = new Map<Draft, Map<string, Value>>();
  const typeOf = (name: string) => known.get(name)?.type ?? fresh.get(name);
  const ownOf = (draft: Draft) =>
    [...new Map([...(stored.get(draft.id) ?? []), ...(staged.get(draft) ?? [])])].filter(([, value]) => value !== null);

  return {
    judge(draft, given) {
      const values = new Map<string, { type: AttributeType; value: Value }>();
      const faults: Omit<RowDrop, "index">[] = [];
      const own = new Set(ownOf(draft).map(([name]) => name));
      let added = known.size + fresh.size;
      for (const [name, value] of Object.entries(given)) {
        if (value === undefined || value === "") continue;
        const old = typeOf(name);
        if (value === null) {
          own.delete(name);
          if (old !== undefined) values.set(name, { type: old, value });
          continue;
        }
        const type = old ?? wanted.get(name) ?? typeFrom(value);
        const isOneMore =
          (old === undefined && added >= MOST_OF_TENANT) || (!own.has(name) && own.size >= MOST_OF_PERSON);
        const code = !isOf(type, value) ? "attribute.type" : isOneMore ? "attribute.too-many" : undefined;
        if (code) {
          faults.push({ path: `attributes.${name}`, code, message: FAULTS[code] });
          continue;
        }
        own.add(name);
        if (old === undefined) added += 1;
        values.set(name, { type, value: typeof value === "boolean" ? Number(value) : value });
      }
      return { values, faults };
    },
    stage(draft, values) {
      const changes = staged.get(draft) ?? new Map<string, Value>();
      staged.set(draft, changes);
      for (const [name, { type, value }] of values) {
        if (typeOf(name) === undefined) fresh.set(name, type);
        changes.set(name, value);
      }
    },
    async write(currentId) {
      const added = [...fresh].map(([name, type]) => ({ name, type }));
      const newIds = added.length > 0 ? await tx.customers.addAttributes(tenantId, added) : [];
      const idOf = new Map([...known].map(([name, { id }]) => [name, id]));
      added.forEach(({ name }, at) => {
        idOf.set(name, newIds[at] ?? 0);
      });
      const changed = new Map<string, { customerId: number; attributeId: number; value: Value }>();
      for (const [draft, changes] of staged) {
        const customerId = currentId(draft.id);
        for (const [name, value] of changes) {
          // What somebody has who was merged meanwhile is not what was loaded.
          if (customerId === draft.id && (stored.get(draft.id)?.get(name) ?? null) === value) continue;
          const attributeId = idOf.get(name) ?? 0;
          changed.set(`${customerId}/${attributeId}`, { customerId, attributeId, value });
        }
      }
      for (const slice of slicesOf([...changed.values()], BULK)) await tx.customers.writeAttributes(tenantId, slice);
      return [...new Set([...changed.values()].map(({ customerId }) => customerId))];
    },
  };
}

/** Gives a customer what another one has and they have not; the other one has none then. */
export async function mergeAttributes(tx: Stores, tenantId: number, into: number, from: number): Promise<void> {
  const values = await tx.customers.attributesOf(tenantId, [into, from]);
  const theirs = values.filter(({ customerId }) => customerId === from);
  if (theirs.length === 0) return;
  const own = new Set(values.flatMap((row) => (row.customerId === into ? [row.attributeId] : [])));
  const moved = theirs.filter(({ attributeId }) => !own.has(attributeId));
  await tx.customers.writeAttributes(tenantId, [
    ...moved.map((row) => ({ ...row, customerId: into })),
    ...theirs.map((row) => ({ ...row, value: null })),
  ]);
}

function typeFrom(value: string | number | boolean): AttributeType {
  if (typeof value === "string") return isLocalDate(value) ? "date" : "text";
  return typeof value === "boolean" ? "boolean" : "number";
}

function isOf(type: AttributeType, value: string | number | boolean): boolean {
  return type === "text" ? typeof value === "string" : typeFrom(value) === type;
}
