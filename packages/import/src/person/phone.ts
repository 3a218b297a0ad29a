import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { foldWidth } from "../cell/cell-text.js";

/**
 * Reads any phone number, of a landline or a mobile, as E.164.
 *
 * @param country ISO 3166, of numbers that name none. @default "CN"
 * @returns undefined for what is no number that can be dialled
 */
export function readPhone(text: string, country = "CN"): string | undefined {
  const spelled = foldWidth(text)
    .replace(/^['"\s]+|['"\s]+$/g, "")
    .replace(/^00/, "+");
  if (!/^\+?[(\d][\d\s().-]*$/.test(spelled) || spelled.replace(/\D/g, "").length > 18) return undefined;
  // 86 without a plus, as the exports of many systems write it.
  const international = /^86\s?-?1[3-9]\d{9}$/.test(spelled) ? `+${spelled}` : spelled;
  const number = parsePhoneNumberFromString(international, country as CountryCode);
  return number?.isPossible() ? number.number : undefined;
}
