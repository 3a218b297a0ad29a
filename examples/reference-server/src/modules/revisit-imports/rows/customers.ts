import type { CustomerInput } from "@recallkit/core";
import { checkInput, localDateOf } from "@recallkit/core/ports";
import * as z from "zod";
import { setBirthday } from "../../revisit/service.js";
import { bornFields, bornOnOf, checkBorn, givenBirthday, isAfter } from "./born.js";
import { changeTags, type TaggedRow, tagChanges } from "./customer-tags.js";
import { anyText, code, phoneOrBlank, text, textOrNull } from "./fields.js";
import { findPeople } from "./find-people.js";
import { type RowOwners, writeShares } from "./institution-of.js";
import { firstNamed, keepRows, knownRows, noteSeen } from "./known-rows.js";
import {
  hashOfRow,
  NOTHING_WRITTEN,
  type Placed,
  type RowFault,
  type RowWriter,
  type WriteContext,
  type Written,
  writtenTogether,
} from "./row.js";

const GENDERS = ["女", "男", "未知"] as const;

const person = z.strictObject({
  name: text(255).nullish(),
  gender: z.enum(GENDERS).nullish(),
  ...bornFields,
  phone: phoneOrBlank.nullish(),
});
const fields = {
  customer_code: code,
  vip_level: textOrNull(64).nullish(),
  source: textOrNull(255).nullish(),
  tags: z.array(text(200)).max(50).nullish(),
  // Longer notes are left out and told of: an attribute holds 255 characters.
  notes: anyText(10_000).nullish(),
  // Beyond the document: who brought the customer.
  referrer_code: code.nullish(),
};
const whole = z.strictObject({ ...fields, person: person.extend({ name: text(255) }).superRefine(checkBorn) });
const part = z.strictObject({ ...fields, person: person.superRefine(checkBorn).nullish() });

type CustomerRow = z.output<typeof part>;

/** Types of the attributes: what people wrote is a text, whatever it looks like. */
const ATTRIBUTE_TYPES = {
  gender: "text",
  vip_level: "text",
  source: "text",
  notes: "text",
  referrer_code: "text",
} as const;

/** Paths of the kit's rows as files have them. */
const PATHS: Readonly<Record<string, string>> = {
  externalKey: "customer_code",
  name: "person.name",
  bornOn: "person.birthday",
  mobile: "person.phone",
  "attributes.gender": "person.gender",
};

/**
 * Rows of customers: code, name, birthday and mobile number become facts of the person, level, source and notes attributes, tags
 * labels. Rows of an update hold only what changes, of customers who are known.
 */
export function customerWriter(
  owners: RowOwners,
  { isUpdate }: { readonly isUpdate: boolean },
): RowWriter<CustomerRow> {
  const schema = isUpdate ? part : whole;
  return {
    read: (given) => checkInput(schema, given),
    write: (context, rows) =>
      writeShares(owners, rows, {
        codeOf: (row) => row.customer_code,
        path: "customer_code",
        write: (tenantId, own) => writeCustomers(context, tenantId, own, isUpdate),
      }),
  };
}

async function writeCustomers(
  context: WriteContext,
  tenantId: number,
  rows: readonly Placed<CustomerRow>[],
  isUpdate: boolean,
): Promise<Written> {
  const { stores, now } = context;
  await stores.tenants.get(tenantId, "exclusive");
  const codes = rows.map(({ value }) => value.customer_code);
  const known = await knownRows(stores, tenantId, "customer", codes);
  const codeOf = (row: CustomerRow) => row.customer_code;
  const { fresh, rejected } = firstNamed(context, rows, known, codeOf, "customer_code");
  const today = await todayOf(context, tenantId);
  const faults: RowFault[] = [...rejected];
  const hashes = new Map(fresh.map(({ value }) => [value.customer_code, hashOfRow(value)]));
  const isKept = ({ value }: Placed<CustomerRow>) =>
    !isUpdate && known.get(value.customer_code)?.rowHash === hashes.get(value.customer_code);
  const kept = fresh.filter(isKept);
  const people = await findPeople(
    stores,
    tenantId,
    fresh.map(({ value }) => value.customer_code),
  );
  const good = fresh.filter((row) => {
    if (isKept(row)) return false;
    const fault = faultOf(row, { isUnknown: isUpdate && !people.has(row.value.customer_code), today });
    if (fault) faults.push(fault);
    return fault === undefined;
  });
  const changes = await tagChanges(stores, tenantId, taggedRows(good), people);
  // Rows whose tags change are changed, whatever the kit says of the rest.
  const retagged = good.filter(({ value }) => changes.has(value.customer_code) && people.has(value.customer_code));
  const others = good.filter((row) => !retagged.includes(row));
  const first = await upsert(context, tenantId, others);
  const second = await upsert(context, tenantId, retagged);
  const written = writtenTogether(first, {
    ...second,
    updated: second.updated + second.unchanged,
    unchanged: 0,
  });
  const gone = new Set(written.rejected.map(({ index }) => index));
  const taken = good.filter(({ index }) => !gone.has(index));
  await changeTags(stores, tenantId, { rows: taggedRows(taken), changes, now });
  await changeBirthdays(context, tenantId, taken);
  const incomplete = new Set(written.dropped.map(({ index }) => index));
  await noteSeen(
    context,
    tenantId,
    "customer",
    kept.map(({ value }) => value.customer_code),
  );
  await keepRows(
    context,
    tenantId,
    "customer",
    taken.map(({ index, value }) => {
      // A row that was taken in part is not what is stored: the next one like it is looked at again.
      const rowHash = isUpdate || incomplete.has(index) ? null : (hashes.get(value.customer_code) ?? null);
      return { code: value.customer_code, customerCode: value.customer_code, rowHash, content: null };
    }),
  );
  return {
    ...written,
    unchanged: written.unchanged + kept.length,
    rejected: [...faults, ...written.rejected],
  };
}

function faultOf(
  { index, value }: Placed<CustomerRow>,
  { isUnknown, today }: { readonly isUnknown: boolean; readonly today: string },
): RowFault | undefined {
  if (isUnknown) return { index, path: "customer_code", code: "customer.not-found" };
  if (value.person && isAfter(value.person, today))
    return { index, path: "person.birthday", code: "revisit-import.future-date" };
  return undefined;
}

async function upsert({ kit }: WriteContext, tenantId: number, rows: readonly Placed<CustomerRow>[]): Promise<Written> {
  if (rows.length === 0) return NOTHING_WRITTEN;
  const { customers } = kit.forTenant(tenantId);
  const options = { onRejected: "return", attributeTypes: ATTRIBUTE_TYPES } as const;
  const { inserted, updated, unchanged, ...faults } = await customers.upsert(
    rows.map(({ value }) => customerIn(value)),
    options,
  );
  const placed = (found: readonly RowFault[]) =>
    found.map(({ index, path, code: why }) => {
      return { index: rows[index]?.index ?? 0, path: PATHS[path] ?? path.replace(/^attributes\./, ""), code: why };
    });
  return { inserted, updated, unchanged, rejected: placed(faults.rejected), dropped: placed(faults.dropped) };
}

function customerIn({ customer_code: externalKey, person: given, ...row }: CustomerRow): CustomerInput {
  const attributes = {
    gender: given?.gender,
    vip_level: row.vip_level,
    source: row.source,
    // Lines become one: an attribute is one line of text.
    notes: row.notes === undefined ? undefined : row.notes?.replace(/\s+/g, " ").trim() || null,
    referrer_code: row.referrer_code,
  };
  return {
    externalKey,
    name: given?.name,
    bornOn: given ? bornOnOf(given) : undefined,
    mobile: given?.phone,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)),
  };
}

function taggedRows(rows: readonly Placed<CustomerRow>[]): readonly TaggedRow[] {
  return rows.flatMap(({ value: { customer_code: externalKey, tags } }) =>
    tags === undefined ? [] : [{ externalKey, tags: [...new Set(tags ?? [])] }],
  );
}

async function todayOf({ kit, now }: WriteContext, tenantId: number): Promise<string> {
  return localDateOf(now, (await kit.forTenant(tenantId).tenant()).timeZone);
}

/** Birthdays that no day of birth can say: lunar ones, and those without a year. */
async function changeBirthdays(
  { stores, clock }: WriteContext,
  tenantId: number,
  rows: readonly Placed<CustomerRow>[],
): Promise<void> {
  const given = rows.flatMap(({ value }) => {
    const birthday = value.person ? givenBirthday(value.person) : undefined;
    return birthday === undefined ? [] : [{ code: value.customer_code, birthday }];
  });
  if (given.length === 0) return;
  const people = await findPeople(
    stores,
    tenantId,
    given.map(({ code: own }) => own),
  );
  for (const { code: own, birthday } of given) {
    const customerId = people.get(own);
    if (customerId !== undefined) await setBirthday(stores, clock, { tenantId, customerId }, birthday);
  }
}
