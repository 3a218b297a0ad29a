import { RecallKitError } from "@recallkit/core";
import { bindAddress } from "../binding/bind-address.js";
import type { Inbox } from "../inbox.js";
import { inboxTables } from "../tables.js";

/** People whom one call asks about. */
const AT_ONCE = 100;

/**
 * Finds out who writes that nobody knows yet: by the unionid that WeCom tells of customers of an account. Who can't be asked
 * about stays unknown, and may bind by a code.
 */
export async function bindStrangers(inbox: Inbox, sessionIds: readonly number[], signal?: AbortSignal): Promise<void> {
  const { stores, tenantId, context } = inbox;
  try {
    const client = await context.wecomClient(tenantId);
    for (let from = 0; client && from < sessionIds.length; from += AT_ONCE) {
      const rows = await inboxTables(stores)
        .selectFrom("rk_wechat_sessions")
        .select("address")
        .where("tenant_id", "=", tenantId)
        .where("id", "in", sessionIds.slice(from, from + AT_ONCE))
        .where("customer_id", "is", null)
        .execute();
      if (rows.length === 0) continue;
      const asked = rows.map(({ address }) => address);
      const { customer_list: told } = await client.kfCustomerBatchget(asked, signal ? { signal } : {});
      for (const { external_userid: address, unionid } of told) {
        if (unionid === undefined || unionid === "") continue;
        await stores.transaction(async () => {
          const [owner] = await stores.customers.findOwners(tenantId, [{ type: "unionid", value: unionid }]);
          const who = { source: "kf_unionid", actor: "wecom" };
          if (owner) await bindAddress(inbox, { entrance: "wecom_customer", address }, owner.customerId, who);
        });
      }
    }
  } catch (error) {
    const code = RecallKitError.is(error) ? error.code : "unexpected";
    context.logger.warn("kf.nobody-told", { tenantId, code });
  }
}
