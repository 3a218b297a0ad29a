import { type KeyReading, keyReader, type ReadKey } from "../key/key-column.js";
import { readEmail } from "./email.js";
import { readMobile } from "./mobile.js";
import type { PersonFacts } from "./person-reader.js";

/** What systems write for buyers whom they don't know: one key for many people. WooCommerce has 0 for all its guests.
 * A row of sums is nobody either. */
const NOBODY =
  /^(?:-?0+|-1|guests?|guest ?(?:user|customer|checkout)|anonymous|anon|walk[- ]?in(?: customer)?|cash customer|游客|散客|匿名|匿名(?:用户|客户|买家|顾客|会员)|非会员|零售(?:客户|散客)|普通散客|过路客|现金客户|默认客户|合计|总计|小计|共计|汇总|合計|總計|(?:grand |sub)?total)$/i;

/** Makes the reader of people's keys: an address as a key is the same however it is spelled. */
export function externalKeyReader(
  reading: KeyReading,
  form: "text" | "mobile" | "email" | undefined,
  country: string | undefined,
): (text: string) => ReturnType<ReadKey> | string {
  if (form === "mobile") {
    return (text) => {
      const found = readMobile(text, country);
      return typeof found === "string" ? found : { key: found.mobile };
    };
  }
  if (form === "email") {
    return (text) => {
      const found = readEmail(text);
      return typeof found === "string" ? found : { key: found.email.toLowerCase() };
    };
  }
  const readKey = keyReader(reading);
  return (text) => (NOBODY.test(text) ? "customer.anonymous" : readKey(text));
}

/** The key of somebody whom the shop knows by an address only, as guests are. @returns `customer.anonymous`: by none */
export function guestKey({ mobile, email }: PersonFacts): { readonly key: string } | "customer.anonymous" {
  const key = mobile ?? email?.toLowerCase();
  return key ? { key } : "customer.anonymous";
}
