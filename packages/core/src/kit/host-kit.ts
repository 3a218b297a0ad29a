import { type EngineContext, UNHEARD } from "../engine/engine-context.js";
import { StorageError } from "../errors.js";
import { idSchema } from "../input.js";
import type { Stores } from "../ports/stores.js";
import { knownTenants } from "../tenant/known-tenants.js";
import { BOOTSTRAP_TENANT_ID } from "../tenant/tenant.js";
import { checkArguments } from "./checked-call.js";
import type { RecallKit, TenantKit } from "./kit.js";
import { outsideOfTenants } from "./later-parts.js";
import { tenantCalls } from "./tenant-calls.js";
import { type TenantCalls, tenantKit } from "./tenant-kit.js";

/**
 * The kit inside a transaction of the application. It remembers nothing that may be rolled back, wakes nobody and tells
 * nothing to listeners; what calls a channel or works for long is refused.
 *
 * @param stores bound to the transaction
 */
export function hostKit<S extends Stores>(
  engine: EngineContext,
  stores: S,
  keys: Pick<EngineContext, "markerKey" | "linkKeys">,
): RecallKit<S> {
  const inside: EngineContext = { ...engine, ...keys, ...UNHEARD, stores };
  const assertTenant = knownTenants(stores);
  const kitOf = (tenantId: number): TenantKit => ({
    ...withoutChannels(tenantKit(inside, tenantId, assertTenant, (work) => stores.transaction(work))),
    rehearse: refused("rehearse"),
  });
  return {
    ...kitOf(BOOTSTRAP_TENANT_ID),
    stores,
    forTenant(tenantId) {
      checkArguments([["tenantId", idSchema]], [tenantId]);
      return kitOf(tenantId);
    },
    ...outsideOfTenants(inside),
    channelHealth: () => inside.breakers.states(inside.clock.now()),
    linkPlace: inside.links,
    tenants: tenantCalls(inside),
    withTransaction() {
      throw new StorageError("transaction.nested", "this kit is inside a transaction of the application already");
    },
    forgetChannels: () => {
      throw refusal("forgetChannels");
    },
    on: () => {
      throw refusal("on");
    },
    run: refused("run"),
    tick: refused("tick"),
    reconcileFirst: refused("reconcileFirst"),
    retain: refused("retain"),
    close: refused("close"),
  };
}

/** A tenant's calls without those that ask a channel: nobody can take back what that has done. */
export function withoutChannels(kit: TenantCalls): TenantCalls {
  const { cancel } = kit.occurrences;
  return {
    ...kit,
    audience: { ...kit.audience, preview: refused("audience.preview") },
    rules: { ...kit.rules, obstacles: refused("rules.obstacles") },
    occurrences: {
      ...kit.occurrences,
      async cancel(occurrenceId, options) {
        if (options?.tasks !== false) throw refusal("occurrences.cancel", "with tasks: false it can");
        return cancel(occurrenceId, options);
      },
      remind: refused("occurrences.remind"),
    },
    sendTest: refused("sendTest"),
  };
}

/** A call that is not possible there. */
export function refused(call: string): () => Promise<never> {
  return async () => {
    throw refusal(call);
  };
}

function refusal(call: string, hint = "call it on the kit itself, after the commit"): StorageError {
  return new StorageError("transaction.refused", `${call} cannot be called inside a transaction of the application`, {
    hint,
  });
}
