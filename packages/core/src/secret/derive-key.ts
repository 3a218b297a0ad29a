import { hkdfSync } from "node:crypto";

/** A key for one purpose and tenant: HKDF-SHA256 of the installation's secret. 32 bytes. */
export function deriveKey(secret: string, purpose: string, tenantId: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "recallkit", `${purpose}:${tenantId}`, 32));
}
