import type { StatusMeaning } from "../status/status-meaning.js";

const LIVE = ["paid", "shipped", "completed"] as const;

/** Which status an order of several rows has, and which of them were given back or never bought. */
export type OrderStatus =
  | {
      readonly kind: "agreed";
      readonly status: StatusMeaning;
      /** Statuses of rows that were given back or cancelled while others were not. */
      readonly isItemwise: boolean;
    }
  | { readonly kind: "differs" };

/**
 * Rows of one order may be on the way differently: then it is where the last of them is. Some may be given back or cancelled:
 * then it is partially refunded, and the amounts say by how much.
 */
export function orderStatus(statuses: readonly StatusMeaning[]): OrderStatus {
  const all = new Set(statuses);
  const [first = "paid"] = statuses;
  if (all.size <= 1) return { kind: "agreed", status: first, isItemwise: false };
  if (all.has("pending")) return { kind: "differs" };
  const least = LIVE.find((status) => all.has(status));
  if (all.has("refunded") || all.has("cancelled")) {
    if (least === undefined && !all.has("partially_refunded"))
      return { kind: "agreed", status: "refunded", isItemwise: true };
    const isBack = all.has("refunded") || all.has("partially_refunded");
    return { kind: "agreed", status: isBack ? "partially_refunded" : (least ?? "paid"), isItemwise: true };
  }
  return {
    kind: "agreed",
    status: all.has("partially_refunded") ? "partially_refunded" : (least ?? first),
    isItemwise: false,
  };
}
