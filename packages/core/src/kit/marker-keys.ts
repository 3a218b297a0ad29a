import type { Logger } from "../logger.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { deriveKey } from "../secret/derive-key.js";

interface Parts {
  readonly stores: Stores;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Keys of the look-up markers of tenants, derived once each.
 *
 * @param secretKey of the options. @default one made on first use and kept with the data, so that restarts agree
 */
export function markerKeys(secretKey: string | undefined, parts: Parts): (tenantId: number) => Promise<Uint8Array> {
  const keys = new Map<number, Uint8Array>();
  let made: Promise<string> | undefined;
  const secret = () => {
    if (secretKey !== undefined) return secretKey;
    made ??= keptSecret(parts).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return async (tenantId) => {
    const key = keys.get(tenantId) ?? deriveKey(await secret(), "marker", tenantId);
    keys.set(tenantId, key);
    return key;
  };
}

async function keptSecret({ stores, random, logger }: Parts): Promise<string> {
  const fresh = Buffer.from(random.bytes(32)).toString("base64url");
  const kept = await stores.config.putIfAbsent(0, "secret-key", fresh);
  if (kept === fresh) logger.warn("config.secret_generated", { option: "secretKey" });
  return kept;
}
