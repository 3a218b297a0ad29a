import { cleanCell } from "../cell/cell-text.js";
import type { OrderMapping } from "../mapping/mapping.js";

/** Names of what was taken off a price, not of vouchers and their numbers. */
const DISCOUNT =
  /^(?!.*(?:名称|编号|编码|券号|信息|类型|方式|码$|name|code|type|id$)).*(?:优惠|折扣|立减|减免|满减|红包|抵扣|discount|rebate|deduction)/i;

/** Looks for what was taken off the price in columns that no field takes. */
export interface DiscountWatch {
  see(line: number, cells: readonly string[]): void;
  /** The first one; undefined: there is none. */
  found(): { readonly column: string; readonly line: number; readonly cell: string } | undefined;
}

/**
 * Price × quantity is what was paid only where nothing was taken off. Nothing is looked for where amounts have a column of their
 * own, or where it was said that they are those of rows.
 */
export function discountWatch(columns: readonly string[], { columns: mapped, amount }: OrderMapping): DiscountWatch {
  const isAsked = amount === undefined && mapped.amount === undefined && mapped.line_amount === undefined;
  const used = new Set(Object.values(mapped));
  const places = isAsked
    ? columns.flatMap((column, place) => (DISCOUNT.test(column) && !used.has(column) ? [place] : []))
    : [];
  let found: ReturnType<DiscountWatch["found"]>;
  return {
    see(line, cells) {
      if (found) return;
      const place = places.find((one) => /[1-9]/.test(cells[one] ?? ""));
      if (place !== undefined)
        found = { column: columns[place] ?? "", line, cell: cleanCell(cells[place] ?? "").slice(0, 64) };
    },
    found: () => found,
  };
}
