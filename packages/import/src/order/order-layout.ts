import type { OrderField } from "../mapping/field.js";
import { findColumns } from "../mapping/find-columns.js";
import type { OrderMapping } from "../mapping/mapping.js";
import { cellReader } from "../reading/cell-reader.js";
import type { PlacedTable } from "../reading/context.js";
import { skipTest } from "../reading/skip-rows.js";
import { statusDictionary } from "../status/status-words.js";

/** Where a table of orders has its fields. */
export interface OrderLayout {
  cell(cells: readonly string[], field: OrderField): string;
  has(field: OrderField): boolean;
  /** Reason for which a row is passed over. */
  skip(cells: readonly string[]): string | undefined;
  /**
   * Number of the order that a row belongs to, as written: that of the order which it gives back, its own, or, where a merged
   * cell left it blank together with the customer, the one before.
   */
  number(cells: readonly string[], before: string): string;
}

/** Finds the columns of a table. @throws {InputError} those that are missing */
export function orderLayout({ table }: PlacedTable, mapping: OrderMapping): OrderLayout {
  const columns = findColumns(table.columns, mapping.columns);
  const plain = cellReader(columns, mapping.blanks);
  const statusOf = statusDictionary(mapping.statuses);
  /** 已收货 beside 退款成功 was given back; where an amount says so, that tells it better. */
  const status = (cells: readonly string[]) => {
    const word = plain(cells, "refund_status");
    const meaning = word === "" ? undefined : statusOf(word);
    const isBack = meaning === "refunded" || meaning === "partially_refunded";
    return isBack && /^[^1-9]*$/.test(plain(cells, "refunded")) ? word : plain(cells, "status");
  };
  const cell: OrderLayout["cell"] = (cells, field) => (field === "status" ? status(cells) : plain(cells, field));
  return {
    cell,
    has: (field) => columns.has(field),
    skip: skipTest(table.columns, mapping.skip),
    number(cells, before) {
      const own = cell(cells, "refund_of") || cell(cells, "order_no");
      return own === "" && cell(cells, "customer_key") === "" && cell(cells, "ordered_at") === "" ? before : own;
    },
  };
}
