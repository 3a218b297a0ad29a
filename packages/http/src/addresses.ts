import type { Caller } from "./caller.js";

/** Writes an address of a person as the caller may see it. */
export type ShowAddress = (address: string) => string;

/** In full for callers with `addresses:read`, masked for all others; every answer that names an address asks here. */
export function addressesFor({ permissions }: Pick<Caller, "permissions">): ShowAddress {
  return permissions.has("addresses:read") ? (address) => address : maskedAddress;
}

/** The last four characters of a long address, nothing of a short one. */
function maskedAddress(address: string): string {
  return `****${address.length > 8 ? address.slice(-4) : ""}`;
}
