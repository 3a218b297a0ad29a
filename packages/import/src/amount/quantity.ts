import { foldWidth } from "../cell/cell-text.js";

const WHOLE = /^[+-]?\d{1,9}(?:\.0+)?$/;

/** A whole number of pieces, of at most nine digits; `2.0` is 2, `x2` and `2件` are too. Undefined: it is none. */
export function readQuantity(text: string): number | undefined {
  const folded = foldWidth(text).replace(/^[x×*]\s*|\s*(?:件|个|份|盒|袋|pcs?)$/gi, "");
  return WHOLE.test(folded) ? Number(folded) : undefined;
}
