import type { CustomerInput, InputIssue, OrderInput } from "@recallkit/core";

/** Fields of a person by their names on the wire. */
const CUSTOMER: Names = {
  customer_key: "externalKey",
  name: "name",
  birthday: "bornOn",
  time_zone: "timeZone",
  external_userid: "externalUserId",
  mobile: "mobile",
  email: "email",
  openid: "openid",
  unionid: "unionid",
  customer_code: "customerCode",
  user_name: "userName",
  city: "city",
  attributes: "attributes",
} satisfies Record<string, keyof CustomerInput>;

const { customer_key: _, attributes: __, time_zone: ___, ...FACTS } = CUSTOMER;

const ORDER: Names = {
  order_no: "externalId",
  customer_key: "externalKey",
  ordered_at: "orderedAt",
  amount: "amount",
  status: "status",
  refunded: "refunded",
  refunded_at: "refundedAt",
  lines: "lines",
  customer: "buyer",
} satisfies Record<string, keyof OrderInput>;

const LINE: Names = Object.fromEntries(
  ["sku", "name", "quantity", "amount", "category", "brand", "store"].map((name) => [name, name]),
);

type Names = Readonly<Record<string, string>>;

/** Names on the wire by those of core. */
const WIRE = new Map([CUSTOMER, ORDER].flatMap((names) => Object.entries(names).map(([wire, own]) => [own, wire])));

/** Names of a row's own parts, whose fields have tables of theirs. */
const PARTS: Readonly<Record<string, Names>> = { customer: FACTS, lines: LINE };

/** A row in the terms of core, or the one field in it that nobody knows. */
export type ReadRow = { readonly row: unknown } | { readonly issue: InputIssue };

/** Renames the fields of a row; whatever is no object stays, for core to refuse. */
export function customerRow(sent: unknown): ReadRow {
  return renamed(sent, CUSTOMER, "");
}

/** The same of an order, with its lines and its customer. */
export function orderRow(sent: unknown): ReadRow {
  return renamed(sent, ORDER, "");
}

/** A path of core as the caller wrote it. */
export function wirePath(path: string): string {
  // Their names are the host's own.
  if (path.startsWith("attributes.")) return path;
  return path
    .split(".")
    .map((name) => WIRE.get(name) ?? name)
    .join(".");
}

function renamed(sent: unknown, names: Names, at: string): ReadRow {
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) return { row: sent };
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(sent)) {
    const own = Object.hasOwn(names, name) ? names[name] : undefined;
    if (own === undefined) return unknown(at + name);
    const part = at === "" ? PARTS[name] : undefined;
    const read = part ? renamedPart(value, part, `${name}.`) : { row: value };
    if ("issue" in read) return read;
    row[own] = read.row;
  }
  return { row };
}

function renamedPart(sent: unknown, names: Names, at: string): ReadRow {
  if (!Array.isArray(sent)) return renamed(sent, names, at);
  const rows: unknown[] = [];
  for (const [index, entry] of sent.entries()) {
    const read = renamed(entry, names, `${at}${index}.`);
    if ("issue" in read) return read;
    rows.push(read.row);
  }
  return { row: rows };
}

function unknown(path: string): ReadRow {
  return { issue: { path, code: "unrecognized_keys", message: "unknown field" } };
}
