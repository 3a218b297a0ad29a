import type { EngineContext } from "../engine/engine-context.js";
import { linkKeysOf } from "../link/link-keys.js";
import type { Logger } from "../logger.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { deriveKey } from "../secret/derive-key.js";
import type { RecallKitOptions } from "./options.js";

interface Parts {
  readonly stores: Stores;
  readonly random: Random;
  readonly logger: Logger;
}

/** Secrets of the options. */
export type Secrets = Pick<RecallKitOptions, "secretKey" | "previousSecretKeys">;

/**
 * Keys of tenants, derived once each: of look-up markers and of links.
 *
 * @param secrets of the options. @default one made on first use and kept with the data, so that restarts agree
 */
export function tenantKeys(
  { secretKey, previousSecretKeys = [] }: Secrets,
  parts: Parts,
): Pick<EngineContext, "markerKey" | "linkKeys"> {
  let made: Promise<string> | undefined;
  const secret = async () => {
    if (secretKey !== undefined) return secretKey;
    made ??= keptSecret(parts).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return {
    markerKey: ofTenant(async (tenantId) => deriveKey(await secret(), "marker", tenantId)),
    linkKeys: ofTenant(async (tenantId) => linkKeysOf([await secret(), ...previousSecretKeys], tenantId)),
  };
}

function ofTenant<T>(make: (tenantId: number) => Promise<T>): (tenantId: number) => Promise<T> {
  const kept = new Map<number, T>();
  return async (tenantId) => {
    const known = kept.get(tenantId) ?? (await make(tenantId));
    kept.set(tenantId, known);
    return known;
  };
}

async function keptSecret({ stores, random, logger }: Parts): Promise<string> {
  const fresh = Buffer.from(random.bytes(32)).toString("base64url");
  const kept = await stores.config.putIfAbsent(0, "secret-key", fresh);
  if (kept === fresh) logger.warn("config.secret_generated", { option: "secretKey" });
  return kept;
}
