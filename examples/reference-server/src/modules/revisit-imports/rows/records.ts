import type { OrderInput } from "@recallkit/core";
import { checkInput, localDateOf } from "@recallkit/core/ports";
import { catalogueRows, hasCatalogue } from "./catalogue.js";
import { findPeople } from "./find-people.js";
import { type RowOwners, writeShares } from "./institution-of.js";
import { firstNamed, type KnownRow, keepRows, knownRows, noteSeen } from "./known-rows.js";
import { type ConsumptionRecord, type RecordPart, recordPartSchema, recordSchema } from "./record-schema.js";
import { hashOfRow, type Placed, type RowFault, type RowWriter, type WriteContext, type Written } from "./row.js";

/** Where the orders of consumption records come from. */
const RECORD_SOURCE = "revisit";

/**
 * Rows of consumption records: each becomes an order with its lines and labels, a project as category, a product as SKU, a
 * doctor as store, so that audiences work on them. Rows of an update hold what changes of a record that is known.
 */
export function recordWriter(owners: RowOwners, { isUpdate }: { readonly isUpdate: boolean }): RowWriter<RecordPart> {
  const schema = isUpdate ? recordPartSchema : recordSchema;
  return {
    read: (given) => checkInput(schema, given),
    write: (context, rows) =>
      writeShares(owners, rows, {
        codeOf: (row) => row.order_number,
        path: "order_number",
        write: (tenantId, own) => writeRecords(context, tenantId, own, isUpdate),
      }),
  };
}

async function writeRecords(
  context: WriteContext,
  tenantId: number,
  rows: readonly Placed<RecordPart>[],
  isUpdate: boolean,
): Promise<Written> {
  const { stores, kit } = context;
  await stores.tenants.get(tenantId, "exclusive");
  const codes = rows.map(({ value }) => value.order_number);
  const known = await knownRows(stores, tenantId, "record", codes);
  const { fresh, rejected } = firstNamed(context, rows, known, (row) => row.order_number, "order_number");
  const faults: RowFault[] = [...rejected];
  const whole = fresh.flatMap((row) => {
    const read = wholeRecord(row.value, known.get(row.value.order_number), isUpdate);
    if ("value" in read) return [{ index: row.index, value: read.value, hash: hashOfRow(read.value) }];
    faults.push({ index: row.index, ...read.fault });
    return [];
  });
  const isKept = ({ value, hash }: (typeof whole)[number]) => known.get(value.order_number)?.rowHash === hash;
  const kept = whole.filter(isKept);
  const changed = whole.filter((row) => !isKept(row));
  const look = await lookUps(context, tenantId, changed);
  const good = changed.filter(({ index, value }) => {
    const fault = look.faultOf(value);
    if (fault) faults.push({ index, ...fault });
    return fault === undefined;
  });
  const inputs = good.map(({ value }) => orderIn(value, look.doctors));
  const options = { source: RECORD_SOURCE, onRejected: "return" } as const;
  const result = inputs.length > 0 ? await kit.forTenant(tenantId).orders.ingest(inputs, options) : undefined;
  const refused = (result?.rejected ?? []).map(({ index, path, code }) => {
    return { index: good[index]?.index ?? 0, path: PATHS[path] ?? path, code };
  });
  const gone = new Set(refused.map(({ index }) => index));
  const taken = good.filter(({ index }) => !gone.has(index));
  await noteSeen(
    context,
    tenantId,
    "record",
    kept.map(({ value }) => value.order_number),
  );
  await keepRows(
    context,
    tenantId,
    "record",
    taken.map(({ value, hash }) => {
      const { order_number: code, customer_code: customerCode } = value;
      return { code, customerCode, rowHash: hash, content: JSON.stringify(value) };
    }),
  );
  const inserted = result?.inserted ?? 0;
  // Another way of paying changes the record and not its order.
  const updated = Math.min(taken.length - inserted, taken.filter(({ value }) => known.has(value.order_number)).length);
  return {
    inserted,
    updated,
    unchanged: kept.length + taken.length - inserted - updated,
    rejected: [...faults, ...refused],
    dropped: [],
  };
}

type Fault = Pick<RowFault, "path" | "code">;

/** The record that a row makes: itself, or what is kept with the fields that it gives. */
function wholeRecord(
  row: RecordPart,
  known: KnownRow | undefined,
  isUpdate: boolean,
): { readonly value: ConsumptionRecord } | { readonly fault: Fault } {
  // What is no update was read as a whole record.
  if (!isUpdate) return { value: row as ConsumptionRecord };
  if (!known?.content) return { fault: { path: "order_number", code: "revisit-import.unknown-record" } };
  const given = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
  const read = checkInput(recordSchema, { ...JSON.parse(known.content), ...given });
  if ("value" in read) return read;
  const [{ path, code } = { path: "", code: "input.invalid" }] = read.issues;
  return { fault: { path, code } };
}

const CATALOGUES = { project: "projects", product: "products" } as const;

/** What records are held against: people, catalogues, the day. */
async function lookUps(
  { stores, kit, now }: WriteContext,
  tenantId: number,
  records: readonly { readonly value: ConsumptionRecord }[],
): Promise<{
  readonly doctors: ReadonlyMap<string, string>;
  readonly faultOf: (record: ConsumptionRecord) => Fault | undefined;
}> {
  const values = records.map(({ value }) => value);
  const items = values.flatMap((record) => record.items);
  const people = await findPeople(stores, tenantId, unique(values.map((record) => record.customer_code)));
  const codesOf = (type: keyof typeof CATALOGUES) =>
    unique(items.filter((one) => one.item_type === type).map((one) => one.item_code));
  const doctorCodes = unique(values.flatMap((record) => doctorsOf(record)));
  const [projects, products, doctors] = [
    await catalogueTest(stores, "projects", codesOf("project")),
    await catalogueTest(stores, "products", codesOf("product")),
    await catalogueTest(stores, "doctors", doctorCodes),
  ];
  const tomorrow = localDateOf(now + 86_400_000, (await kit.forTenant(tenantId).tenant()).timeZone);
  return {
    doctors: doctors.names,
    faultOf(record) {
      if (!people.has(record.customer_code)) return { path: "customer_code", code: "customer.not-found" };
      if (record.order_date.slice(0, 10) > tomorrow) return { path: "order_date", code: "revisit-import.future-date" };
      const at = record.items.findIndex(({ item_type: type, item_code: code }) =>
        (type === "project" ? projects : products).isUnknown(code),
      );
      if (at >= 0) return { path: `items.${at}.item_code`, code: "revisit-import.unknown-item" };
      const unknown = doctorsOf(record).find(doctors.isUnknown);
      return unknown === undefined ? undefined : { path: "doctor_code", code: "revisit-import.unknown-item" };
    },
  };
}

/** Which codes are not in a catalogue; none of them while there is no catalogue. */
async function catalogueTest(
  stores: WriteContext["stores"],
  kind: "projects" | "products" | "doctors",
  codes: readonly string[],
) {
  const rows = new Map<string, { readonly name: string }>();
  for (let at = 0; at < codes.length; at += 500)
    for (const [code, row] of await catalogueRows(stores, kind, codes.slice(at, at + 500))) rows.set(code, row);
  const isGiven = rows.size > 0 || (codes.length > 0 && (await hasCatalogue(stores, kind)));
  return {
    names: new Map([...rows].map(([code, { name }]) => [code, name])),
    isUnknown: (code: string) => isGiven && !rows.has(code),
  };
}

function doctorsOf({ doctor_code: own, items }: ConsumptionRecord): readonly string[] {
  const all = [own, ...items.map((item) => item.doctor_code)];
  return unique(all.filter((code): code is string => typeof code === "string"));
}

/** A record as an order; every project and product is a line of its own. */
function orderIn(record: ConsumptionRecord, doctors: ReadonlyMap<string, string>): OrderInput {
  return {
    externalId: record.order_number,
    externalKey: record.customer_code,
    orderedAt: record.order_date.replace("T", " "),
    amount: record.total_amount.toFixed(2),
    status: record.status,
    lines: record.items.map((item) => {
      const thing = { key: item.item_code, name: item.item_name };
      const doctor = item.doctor_code ?? record.doctor_code;
      return {
        sku: thing,
        name: item.item_name,
        quantity: item.quantity,
        amount: item.actual_price.toFixed(2),
        ...(item.item_type === "project" && { category: thing }),
        ...(doctor && { store: { key: doctor, name: doctors.get(doctor) } }),
      };
    }),
  };
}

/** Paths of the kit's orders as files have them. */
const PATHS: Readonly<Record<string, string>> = {
  externalId: "order_number",
  externalKey: "customer_code",
  orderedAt: "order_date",
  amount: "total_amount",
};

function unique(codes: readonly string[]): readonly string[] {
  return [...new Set(codes)];
}
