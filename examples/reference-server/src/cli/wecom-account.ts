import { NotFoundError } from "@recallkit/core";
import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import type { ServerConfig, WecomCredentials } from "../config.js";
import { openWecomAccount } from "../modules/tenants/service.js";
import type { CommandContext } from "./command.js";
import { openStores } from "./database.js";
import { schemaState } from "./schema-state.js";
import { accountContext } from "./server-context.js";

/** The account kept for the tenant; else, for the first tenant, that of the environment. */
export async function wecomAccountOf(
  context: CommandContext,
  config: ServerConfig,
): Promise<Pick<WecomCredentials, "corpId" | "secret" | "baseUrl" | "agentId"> | undefined> {
  const { tenantId } = context;
  if ((await schemaState(context)).state === "current") {
    const stores = await openStores(context);
    try {
      if (!(await stores.tenants.get(tenantId))) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
      const kept = await openWecomAccount(await accountContext(context, stores), tenantId);
      if (kept) {
        const { corpId, secret, agentId } = kept;
        return { corpId, secret, baseUrl: config.wecom?.baseUrl, agentId: agentId ?? undefined };
      }
    } finally {
      await stores.close();
    }
  }
  return tenantId === BOOTSTRAP_TENANT_ID ? config.wecom : undefined;
}
