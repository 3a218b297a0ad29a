import { simplified } from "../text/simplified.js";

/**
 * A column's name as it is compared: width, case, blanks, punctuation and units in brackets don't matter, nor do
 * traditional characters.
 */
export function headerForm(name: string): string {
  return simplified(name)
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\((?:元|人民币|rmb|cny|usd|¥|件|个|分|万元?|单位[::]?(?:元|分|万元?))\)/g, "")
    .replace(/[\s\p{P}\p{S}]/gu, "");
}
