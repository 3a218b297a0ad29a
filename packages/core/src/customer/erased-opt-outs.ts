import { createHmac } from "node:crypto";
import type { PersonRecord } from "../ports/person-store.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { searchForm } from "../text.js";
import type { Identities } from "./customer.js";

/** Setting of a tenant that holds the key of its hashes; there is none before the first opt-out of somebody erased. */
const KEY_SETTING = "erased-opt-outs-key";
const KEY_BYTES = 32;

/** What names a person: their import key and identities. */
interface Named {
  readonly externalKey: string;
  /** Keys of people who were merged into them. @default none */
  readonly formerKeys?: readonly string[];
  readonly identities: Identities;
}

/**
 * Keeps the opt-outs of somebody who is about to be erased under keyed hashes of what names them; those of an earlier
 * erasure under the same names go. Inside a transaction.
 */
export async function keepOptOuts(
  tx: Stores,
  { tenantId, random }: { readonly tenantId: number; readonly random: Random },
  { customer, formerKeys, suppressions }: PersonRecord,
): Promise<void> {
  const optOuts = suppressions.filter(({ customerId }) => customerId === customer.id);
  const fresh = () => Buffer.from(random.bytes(KEY_BYTES)).toString("base64url");
  const key =
    (await tx.config.get(tenantId, KEY_SETTING)) ??
    (optOuts.length > 0 ? await tx.config.putIfAbsent(tenantId, KEY_SETTING, fresh()) : undefined);
  if (key === undefined) return;
  await tx.people.keepOptOuts(tenantId, hashesOf(key, { ...customer, formerKeys }), optOuts);
}

/**
 * Suppresses those among people with new names who are known from an erasure; inside a transaction. Costs nothing but a
 * look at a setting where nobody who had opted out was erased.
 */
export async function returnOptOuts(
  tx: Stores,
  tenantId: number,
  people: readonly (Named & { readonly id: number })[],
): Promise<void> {
  const key = people.length > 0 ? await tx.config.get(tenantId, KEY_SETTING) : undefined;
  if (key === undefined) return;
  const owners = new Map(people.flatMap((person) => hashesOf(key, person).map((hash) => [hash, person.id])));
  for (const { identityHash, channel, reason, createdAt } of await tx.people.findOptOuts(tenantId, [
    ...owners.keys(),
  ])) {
    const customerId = owners.get(identityHash) ?? null;
    await tx.suppressions.put({ tenantId, channel, address: null, customerId, reason, createdAt });
  }
}

function hashesOf(key: string, { externalKey, formerKeys = [], identities }: Named): readonly string[] {
  const keys = [externalKey, ...formerKeys].map((one) => ["key", one] as const);
  const names = [...keys, ...Object.entries(identities)];
  return names.map(([type, value]) => {
    const text = JSON.stringify([type, type === "email" ? searchForm(value) : value]);
    return createHmac("sha256", Buffer.from(key, "base64url")).update(text, "utf8").digest("hex");
  });
}
