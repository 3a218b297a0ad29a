import { BOOTSTRAP_TENANT_ID, type KeyRing } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ServerConfig } from "../config.js";
import { openSmsAccount } from "../modules/tenants/service.js";
import type { SmsAccount } from "./sms-account.js";

/** Who sends a tenant's SMS; undefined: nobody is configured. */
export type FindSmsAccount = (tenantId: number) => Promise<SmsAccount | undefined>;

/**
 * Finds accounts: the one kept for the tenant; else, for the first tenant, that of the environment.
 *
 * @param options `simulated`: takes the place of the environment's; `isFirst`: who uses it. @default the first tenant
 */
export function smsAccounts(
  parts: { readonly stores: SqlStores; readonly keys: KeyRing; readonly config: Pick<ServerConfig, "sms"> },
  {
    simulated,
    isFirst = async (tenantId) => tenantId === BOOTSTRAP_TENANT_ID,
  }: {
    readonly simulated?: SmsAccount | undefined;
    readonly isFirst?: (tenantId: number) => Promise<boolean>;
  } = {},
): FindSmsAccount {
  const first = simulated ?? parts.config.sms;
  // A tenant's own account at the servers that the environment names.
  const urls = new Map(parts.config.sms?.providers.map(({ name, baseUrl }) => [name, baseUrl]));
  return async (tenantId) => {
    const kept = await openSmsAccount(parts, tenantId);
    if (!kept) return (await isFirst(tenantId)) ? first : undefined;
    return { ...kept, providers: kept.providers.map((one) => ({ ...one, baseUrl: urls.get(one.name) })) };
  };
}
