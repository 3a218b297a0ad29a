import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { foldWidth } from "../cell/cell-text.js";

/** Why a text is no mobile number of one person. */
export type MobileFault = "mobile.masked" | "mobile.damaged" | "mobile.several" | "mobile.invalid";

/** What people and programs write before a number. */
const LABEL =
  /^(?:N'|(?:tel(?:ephone)?|phone|mobile|mob|cell|whats\s?app|wechat)(?=[^a-z])\.?|(?:联系)?(?:手机|电话)号?码?|微信号?|本人)?[\s:：'"[]*/i;
/** And after one. */
const REMARK = /(?:[(（][^()（）\d*]+[)）]|[(（]?(?:微信)?同号[)）]?|本人)$/;

/**
 * Reads a mobile number as E.164. A landline or a service number is none.
 *
 * @param country of numbers that name none. @default "CN"
 */
export function readMobile(text: string, country = "CN"): { readonly mobile: string } | MobileFault {
  const folded = foldWidth(text)
    .replace(LABEL, "")
    .replace(REMARK, "")
    .replace(/['",;#\]|/、\s-]+$/, "")
    .replace(/^86\+/, "+86");
  if (/[*•●]|\dx{3,}/i.test(folded)) return "mobile.masked";
  if (/^\d+(?:\.\d+)?e\+?\d+$/i.test(folded)) return "mobile.damaged";
  const digits = folded
    .replace(/^(\+?\d+)\.0+$/, "$1")
    .replace(/^\d{1,3}(?:,\d{3})+$/, (text) => text.replaceAll(",", ""));
  if (hasSeveral(digits)) return "mobile.several";
  const chinese =
    country === "CN" ? /^(?:\(?\+?0{0,2}86\)?)?[\s-]*(1[3-9](?:[\s-]*\d){9})$/.exec(digits)?.[1] : undefined;
  const spelled = (chinese ?? digits).replace(/^00/, "+");
  if (!/^[+(\d][\d\s().-]*$/.test(spelled)) return "mobile.invalid";
  // A code that names no country gives no valid number.
  const number = parsePhoneNumberFromString(spelled, country as CountryCode);
  return number?.isValid() ? { mobile: number.number } : "mobile.invalid";
}

function hasSeveral(text: string): boolean {
  const parts = text.split(/[/、,，;；|]|\s+(?:or|或)\s*|\s{2,}/).filter((part) => part.replace(/\D/g, "").length >= 7);
  return parts.length > 1 || (text.match(/1[3-9]\d{9}/g)?.length ?? 0) > 1;
}
