import { type EngineContext, UNHEARD } from "../engine/engine-context.js";
import { listenerSchema } from "../input.js";
import type { Stores } from "../ports/stores.js";
import { knownTenants } from "../tenant/known-tenants.js";
import { checkArguments } from "./checked-call.js";
import { refused, withoutChannels } from "./host-kit.js";
import type { TenantKit } from "./kit.js";
import { type Secrets, tenantKeys } from "./tenant-keys.js";
import { tenantKit } from "./tenant-kit.js";

/**
 * Makes a tenant's `rehearse`.
 *
 * @param secrets of the options; one that is made on first use must not outlive the rehearsal
 */
export function rehearsal(engine: EngineContext, tenantId: number, secrets: Secrets): TenantKit["rehearse"] {
  return async <T>(work: (kit: TenantKit) => Promise<T>): Promise<T> => {
    checkArguments([["work", listenerSchema]], [work]);
    const over = Symbol("the rehearsal is over");
    let answers: readonly T[] = [];
    try {
      await engine.stores.transaction(async (tx) => {
        answers = [await work(kitInside(engine, tx, tenantId, secrets))];
        // Nothing but an error rolls a transaction back.
        throw over;
      });
    } catch (error) {
      if (error !== over) throw error;
    }
    // Only after an answer the transaction ends with `over`.
    return answers[0] as T;
  };
}

function kitInside(engine: EngineContext, tx: Stores, tenantId: number, secrets: Secrets): TenantKit {
  // Rows are rejected one by one, as they would be without the transaction.
  const stores: Stores = { ...tx, inTransaction: () => false };
  const { random, logger } = engine;
  const keys = tenantKeys(secrets, { stores, random, logger });
  const inside: EngineContext = { ...engine, ...keys, ...UNHEARD, stores };
  return {
    ...withoutChannels(tenantKit(inside, tenantId, knownTenants(stores))),
    rehearse: refused("rehearse"),
  };
}
