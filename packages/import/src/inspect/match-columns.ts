import { CUSTOMER_FIELDS, type Field, ORDER_FIELDS, SUPPRESSION_FIELDS } from "../mapping/field.js";
import { headerForm } from "../mapping/header-form.js";
import type { Mapping } from "../mapping/mapping.js";
import { headerRank } from "./header-words.js";

/** A column that was taken for a field. */
export interface MatchedColumn {
  readonly field: Field;
  readonly column: string;
  /** `name`: by its name; `address`: people are known by an address, for want of a key; `preset`: its layout says so; `told`: the mapping does. */
  readonly reason: "name" | "address" | "preset" | "told";
  /** `sure`: it has the very name; `likely`: other columns of the file could be meant as well. */
  readonly confidence: "sure" | "likely";
  /** Other columns that could be meant. */
  readonly others: readonly string[];
}

const FIELDS_OF = {
  orders: ORDER_FIELDS,
  customers: CUSTOMER_FIELDS,
  suppressions: SUPPRESSION_FIELDS,
} as const satisfies Record<Mapping["kind"], readonly Field[]>;

/** Names of keys that only a list of people tells whose they are. */
const OWN_IDS: ReadonlySet<string> = new Set(["id", "编号", "no", "key", "code"]);

/** What people are known by when a file has no key of theirs, the better first. */
const ADDRESSES = ["external_userid", "mobile", "email", "openid", "unionid"] as const;

/** Names under which a list has its people's names as often as their keys. */
const NAME_OR_KEY: ReadonlySet<string> = new Set(["客户", "会员", "买家", "顾客", "customer", "buyer", "client"]);

/** 客户 beside 手机 is what people are called: two of one name are not one person. */
function nameInsteadOfKey(matches: MatchedColumn[]): void {
  const at = matches.findIndex(({ field }) => field === "customer_key");
  const key = matches[at];
  const hasName = matches.some(({ field }) => field === "name" || field === "family_name");
  const hasAddress = matches.some(({ field }) => ADDRESSES.some((address) => address === field));
  if (!key || hasName || !hasAddress || !NAME_OR_KEY.has(headerForm(key.column))) return;
  matches[at] = { ...key, field: "name", confidence: "likely" };
}

/** Finds the columns of fields by their names; each column is one field's at most. */
export function matchColumns(kind: Mapping["kind"], columns: readonly string[]): readonly MatchedColumn[] {
  const taken = new Set<string>();
  const pairs = FIELDS_OF[kind].flatMap((field: Field) =>
    columns.flatMap((column) => {
      const rank = headerRank(field, column);
      return rank === undefined ? [] : [{ field, column, rank }];
    }),
  );
  // A name that is a field's first word goes before one that is another's tenth.
  const matches: MatchedColumn[] = [];
  for (const { field, column } of pairs.toSorted((a, b) => a.rank - b.rank)) {
    if (taken.has(column) || matches.some((match) => match.field === field)) continue;
    if (columns.indexOf(column) !== columns.lastIndexOf(column)) continue;
    taken.add(column);
    const others = pairs.filter((pair) => pair.field === field && pair.column !== column).map((pair) => pair.column);
    matches.push({ field, column, reason: "name", confidence: others.length > 0 ? "likely" : "sure", others });
  }
  const own = kind === "customers" && columns.find((column) => OWN_IDS.has(headerForm(column)) && !taken.has(column));
  if (own && !matches.some(({ field }) => field === "customer_key"))
    matches.push({ field: "customer_key", column: own, reason: "name", confidence: "likely", others: [] });
  if (kind === "customers") nameInsteadOfKey(matches);
  if (kind !== "suppressions" && !matches.some(({ field }) => field === "customer_key")) {
    const address = ADDRESSES.flatMap((field) => matches.find((match) => match.field === field) ?? [])[0];
    if (address) matches.push({ ...address, field: "customer_key", reason: "address", confidence: "likely" });
  }
  return matches.toSorted((a, b) => columns.indexOf(a.column) - columns.indexOf(b.column));
}
