import { createHmac } from "node:crypto";
import * as z from "zod";
import type { IdentityType } from "../customer/customer.js";
import { hasControlCharacters } from "../text.js";

/** What the addresses of a channel are, where the channel itself is not configured. */
const TYPES_BY_NAME: Readonly<Record<string, IdentityType>> = {
  sms: "mobile",
  email: "email",
  wecom: "external_userid",
  "official-account": "openid",
};

/** Kind of the addresses of a channel by its name; undefined: nobody knows. */
export function addressTypeOf(channel: string): IdentityType | undefined {
  return TYPES_BY_NAME[channel];
}

const email = z.email();

/** An address as it is kept, or what is wrong with it. A mainland mobile number may be given without its country. */
export function readAddress(
  type: IdentityType | undefined,
  given: unknown,
): { readonly address: string } | { readonly fault: string } {
  if (typeof given !== "string") return { fault: "must be a text" };
  const address = given.normalize("NFC").trim();
  if (address === "" || address.length > 255) return { fault: "must have 1 … 255 characters" };
  if (hasControlCharacters(address) || /[\t\n\u2028\u2029]/.test(address)) {
    return { fault: "must not hold control characters" };
  }
  if (type === "mobile") {
    const digits = address.replace(/[\s-]/g, "");
    const mobile = /^(?:0086|86)?1[3-9]\d{9}$/.test(digits) ? `+86${digits.slice(-11)}` : digits;
    return /^\+[1-9]\d{6,14}$/.test(mobile)
      ? { address: mobile }
      : { fault: "must be a mobile number, E.164 or of the mainland" };
  }
  if (type === "email") {
    return address.length <= 254 && email.safeParse(address).success
      ? { address }
      : { fault: "must be an e-mail address" };
  }
  return { address };
}

/** What messages are found by instead of their address: 32 hex digits, another one in every tenant. */
export function addressHash(key: Uint8Array, address: string): string {
  return createHmac("sha256", key).update(`address|${address}`).digest("hex").slice(0, 32);
}

/** An address that is looked for, as it would be kept: what can only be a mobile number is written as one. */
export function searchedAddress(given: string): string {
  const mobile = readAddress("mobile", given);
  return "address" in mobile ? mobile.address : given.normalize("NFC").trim();
}
