import { ChannelError } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";
import type { AskContact } from "./contact.js";

/** `errcode` of somebody whom no member has as a contact. */
const NO_CONTACT = "84061";

/** Asks WeCom by the tenant's own account. */
export function askByAccount({ wecomClient }: Pick<ServerContext, "wecomClient">): AskContact {
  return async (tenantId, externalUserId, signal) => {
    const client = await wecomClient(tenantId);
    try {
      return await client?.getExternalContact(externalUserId, { signal });
    } catch (error) {
      if (ChannelError.is(error) && error.providerCode === NO_CONTACT) return "gone";
      throw error;
    }
  };
}
