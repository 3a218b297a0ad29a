import type { ServerContext } from "../../frame/context.js";
import { serverModule } from "../../frame/server-module.js";
import { contactNotes, memberMessages } from "../service-inbox/service.js";
import { callbackAccount } from "./accounts.js";
import { askByAccount } from "./ask-contact.js";
import { type WecomCallbackHost, wecomCallbacks } from "./callback-module.js";
import { settleJob, wecomHousekeeping } from "./housekeeping.js";
import { wecomTenantTables } from "./migrations.js";
import { wecomCallbackVariables } from "./variables.js";

const host: WecomCallbackHost<ServerContext> = {
  findAccount: callbackAccount,
  askContact: askByAccount,
  onContact: contactNotes,
  messages: memberMessages,
};

/** What WeCom tells. */
export const wecomCallbacksModule = serverModule({
  ...wecomCallbacks(host),
  tenantTables: wecomTenantTables,
  jobs: [settleJob(host), wecomHousekeeping],
  config: wecomCallbackVariables,
  commands: () => import("./commands/index.js"),
});
