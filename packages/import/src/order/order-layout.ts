import type { OrderField } from "../mapping/field.js";
import { findColumns } from "../mapping/find-columns.js";
import type { OrderMapping } from "../mapping/mapping.js";
import { type AttributeCells, attributeCells } from "../person/attribute-cells.js";
import { cellReader } from "../reading/cell-reader.js";
import type { PlacedTable } from "../reading/context.js";
import { skipTest } from "../reading/skip-rows.js";
import { statusDictionary } from "../status/status-words.js";

/** Where a table of orders has its fields. */
export interface OrderLayout {
  cell(cells: readonly string[], field: OrderField): string;
  has(field: OrderField): boolean;
  /** The shop's own attributes of the buyer. */
  readonly attributes: AttributeCells;
  /** Reason for which a row is passed over. */
  skip(cells: readonly string[]): string | undefined;
  /**
   * Number of the order that a row belongs to, as written: that of the order which it gives back, its own, or, where a merged
   * cell left it blank together with the customer, the one before. A row that names nothing bought is a sum, and none's.
   */
  number(cells: readonly string[], before: string): string;
}

/** What tells a further line of an order from a sum, which has figures too. */
const ITEM_FIELDS = ["sku", "description", "line_id", "category", "brand", "unit_price"] as const;
/** What a row of sums calls itself. */
const TOTAL =
  /^\s*(?:本页|本单|本日|全部)?(?:合\s*计|小\s*计|总\s*计|共\s*计|总\s*数|汇\s*总|累\s*计)\s*[:：]?\s*$|^\s*(?:grand |sub)?\s?totals?\s*:?\s*$|^\s*(?:gesamt|summe|итого|合計|小計|総計|總計)\s*:?\s*$/i;

/** 是否退款: 是 */
const YES = /^(?:是|有|yes|y|true|1)$/i;
const IS_TIME = /^(?:上午|下午|中午|凌晨|晚上)?\s*\d{1,2}[:：时点h]/;
/** Midnight is what workbooks add to a day. */
const MIDNIGHT = /[T ]0?0:00(?::00)?$/;
const HAS_TIME = /\d[:：时点]\d/;

/** Finds the columns of a table. @throws {InputError} those that are missing */
export function orderLayout({ table }: PlacedTable, mapping: OrderMapping, zone: string): OrderLayout {
  const columns = findColumns(table.columns, mapping.columns);
  const plain = cellReader(columns, mapping.blanks);
  const statusOf = statusDictionary(mapping.statuses);
  const isGivenBack = (word: string) => {
    const meaning = statusOf(word);
    return meaning === "refunded" || meaning === "partially_refunded" || YES.test(word);
  };
  /** 已收货 beside 退款成功 was given back; where an amount says so, that tells it better. What has a time of its end is cancelled. */
  const status = (cells: readonly string[]) => {
    const back = plain(cells, "refund_status");
    const own = plain(cells, "status");
    if (back !== "" && isGivenBack(back) && /^[^1-9]*$/.test(plain(cells, "refunded")))
      return YES.test(back) ? "refunded" : back;
    const end = columns.has("cancelled_at") ? plain(cells, "cancelled_at") : "";
    return /[1-9]/.test(end) && !isGivenBack(own) ? "cancelled" : own;
  };
  /** A day, with the time that a column of its own has. */
  const orderedAt = (cells: readonly string[]) => {
    const written = plain(cells, "ordered_at");
    const time = columns.has("ordered_time") ? plain(cells, "ordered_time") : "";
    if (written === "" || !IS_TIME.test(time)) return written;
    const day = written.replace(MIDNIGHT, "");
    return HAS_TIME.test(day) ? written : `${day} ${time}`;
  };
  const cell: OrderLayout["cell"] = (cells, field) =>
    field === "status" ? status(cells) : field === "ordered_at" ? orderedAt(cells) : plain(cells, field);
  return {
    cell,
    has: (field) => columns.has(field),
    attributes: attributeCells(table.columns, mapping.attributes ?? {}, mapping.blanks, zone),
    skip: skipTest(table.columns, mapping.skip),
    number(cells, before) {
      const own = cell(cells, "refund_of") || cell(cells, "order_no");
      if (own !== "" || cell(cells, "customer_key") !== "" || cell(cells, "ordered_at") !== "") return own;
      const names = cells.some((text) => TOTAL.test(text))
        ? ""
        : ITEM_FIELDS.map((field) => cell(cells, field)).join("");
      return names === "" ? "" : before;
    },
  };
}
