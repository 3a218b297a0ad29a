import type { CustomerInput, TenantKit } from "@recallkit/core";
import type { Customer, Stores } from "@recallkit/core/ports";
import { IDENTITY_OF, keyBeside, type RecallRow, type RowRefusal } from "./read-rows.js";

/** A row with whom it means. */
export interface PlacedRow {
  readonly row: RecallRow;
  /** Import key of the person. */
  readonly externalKey: string;
}

const ROWS = 500;

/**
 * Finds or makes the people of rows. Whoever has the contact is meant, whatever they are called. Else it is the person whose
 * key is the user name, unless that one has another contact of the kind: two people of one name stay two.
 *
 * Call it inside a transaction. @returns rows in their order, and those that are refused: a person twice
 */
export async function placePeople(
  tx: Stores,
  kit: TenantKit,
  rows: readonly RecallRow[],
): Promise<{ readonly placed: readonly PlacedRow[]; readonly refused: readonly RowRefusal[] }> {
  const placed: PlacedRow[] = [];
  const refused: RowRefusal[] = [];
  const seen = new Set<string>();
  for (let start = 0; start < rows.length; start += ROWS) {
    const slice = rows.slice(start, start + ROWS);
    const known = await knownPeople(tx, kit.tenantId, slice);
    const fresh: (PlacedRow & { readonly input: CustomerInput })[] = [];
    for (const row of slice) {
      const { externalKey, ownsName } = known.place(row);
      if (seen.has(externalKey)) {
        refused.push({
          index: row.index,
          path: "contact",
          code: "recall-task.duplicate",
          message: "is in this task already",
        });
        continue;
      }
      seen.add(externalKey);
      const input: CustomerInput = {
        externalKey,
        name: row.userName,
        [IDENTITY_OF[row.contactType].field]: row.contact,
        // Orders that name them find them by it.
        ...(ownsName && externalKey !== row.userName && { userName: row.userName }),
      };
      fresh.push({ row, externalKey, input });
    }
    const { rejected } = await kit.customers.upsert(
      fresh.map(({ input }) => input),
      { onRejected: "return", strict: true },
    );
    const lost = new Map(rejected.map((one) => [one.index, one]));
    for (const [at, { row, externalKey }] of fresh.entries()) {
      const fault = lost.get(at);
      if (!fault) placed.push({ row, externalKey });
      else {
        const { message } = fault;
        refused.push({ index: row.index, path: "contact", code: "recall-task.identity-taken", message });
      }
    }
  }
  return { placed, refused };
}

/** What is known of those whom rows may mean. */
async function knownPeople({ customers, people }: Stores, tenantId: number, rows: readonly RecallRow[]) {
  const names = [...new Set(rows.map(({ userName }) => userName))];
  const owners = await customers.findOwners(tenantId, [
    ...rows.map(({ contactType, contact }) => ({ type: IDENTITY_OF[contactType].type, value: contact })),
    ...names.map((value) => ({ type: "user_name" as const, value })),
  ]);
  const merged = await people.findMerged(tenantId, names);
  const ids = [...new Set([...owners, ...merged].map(({ customerId }) => customerId))];
  const byId = new Map((await customers.getMany(tenantId, ids)).map((one) => [one.id, one]));
  const byIdentity = new Map(owners.map(({ type, value, customerId }) => [`${type} ${value}`, byId.get(customerId)]));
  const byKey = new Map((await customers.findByKeys(tenantId, names)).map((one) => [one.externalKey, one]));
  for (const { externalKey, customerId } of merged) {
    const customer = byId.get(customerId);
    if (customer) byKey.set(externalKey, customer);
  }
  /** Contacts that rows of this slice have given to people so far. */
  const given = new Map<string, string>();

  const contactOf = (customer: Customer | undefined, key: string, type: RecallRow["contactType"]) =>
    given.get(`${type} ${key}`) ?? customer?.identities[IDENTITY_OF[type].type];

  return {
    place({ userName, contactType, contact }: RecallRow): { readonly externalKey: string; readonly ownsName: boolean } {
      const named = byIdentity.get(`user_name ${userName}`);
      const owner = byIdentity.get(`${IDENTITY_OF[contactType].type} ${contact}`);
      const customer = owner ?? byKey.get(userName) ?? named;
      const key = customer?.externalKey ?? userName;
      const has = owner ? contact : contactOf(customer, key, contactType);
      const externalKey = has === undefined || has === contact ? key : keyBeside(userName, contact);
      given.set(`${contactType} ${externalKey}`, contact);
      const isNameFree = !named && !byKey.has(userName) && !given.has(`name ${userName}`);
      given.set(`name ${userName}`, externalKey);
      return { externalKey, ownsName: isNameFree };
    },
  };
}
