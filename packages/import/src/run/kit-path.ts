import type { Field } from "../mapping/field.js";

/** The kit's names of what is wrong, as fields of a file. */
const FIELDS: Readonly<Record<string, Field>> = {
  externalId: "order_no",
  externalKey: "customer_key",
  orderedAt: "ordered_at",
  amountMinor: "amount",
  refundedAt: "refunded_at",
  externalUserId: "external_userid",
  bornOn: "birthday",
  timeZone: "time_zone",
  customerCode: "customer_code",
  userName: "user_name",
  address: "mobile",
};

/** The field that a path of the kit names, and which row of its order, from 0. */
export function fieldOf(path: string): { readonly field: string; readonly line: number } {
  const [, at, ofLine] = /^lines\.(\d+)(?:\.(\w+))?/.exec(path) ?? [];
  if (at !== undefined) return { field: ofLine === "name" ? "description" : (ofLine ?? ""), line: Number(at) };
  const name = path.replace(/^(buyer\.)?(attributes\.)?/, "");
  return { field: FIELDS[name] ?? name, line: 0 };
}
