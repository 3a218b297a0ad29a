import * as z from "zod";
import { foldWidth } from "../cell/cell-text.js";

export type EmailFault = "email.several" | "email.invalid" | "email.masked";

const email = z.email().max(254);

/** An e-mail address as it is written, without `mailto:`, the name around it, quotes and what separates lists. */
export function readEmail(text: string): { readonly email: string } | EmailFault {
  const bare = foldWidth(text)
    .replace(/^mailto:/i, "")
    .replace(/^[^<>]*<([^<>]+)>$/, "$1")
    .replace(/^["'\s]+|["'\s,;:，；。、|/]+$/g, "");
  if (/\*{2,}/.test(bare)) return "email.masked";
  if ((bare.match(/@/g)?.length ?? 0) > 1) return "email.several";
  const found = email.safeParse(bare);
  return found.success ? { email: found.data } : "email.invalid";
}
