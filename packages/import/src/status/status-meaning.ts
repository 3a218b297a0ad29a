import { simplified } from "../text/simplified.js";

/** What the status of an order means, whatever a platform calls it. */
export const STATUS_MEANINGS = [
  "pending",
  "paid",
  "shipped",
  "completed",
  "cancelled",
  "refunded",
  "partially_refunded",
] as const;
export type StatusMeaning = (typeof STATUS_MEANINGS)[number];

/**
 * A status word as it is compared: width, case, blanks and punctuation don't matter, nor do traditional
 * characters and WooCommerce's `wc-`.
 */
export function statusForm(word: string): string {
  return simplified(word)
    .normalize("NFKC")
    .toLowerCase()
    .replace(/^wc-/, "")
    .replace(/[\s\p{P}\p{S}]/gu, "");
}
