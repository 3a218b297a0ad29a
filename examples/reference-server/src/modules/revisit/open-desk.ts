import type { ServerContext } from "../../frame/context.js";
import type { Institution } from "../institutions/service.js";
import type { RevisitDesk } from "./desk.js";
import { scriptTexts } from "./write-text.js";

/** What a desk is made of; a command has less than a server. */
export type DeskContext = Pick<
  ServerContext,
  "stores" | "kit" | "clock" | "ids" | "logger" | "config" | "transport" | "smsAccount" | "wecomAccount"
>;

/** The desk of an institution. */
export function openDesk(
  context: DeskContext,
  { tenantId, name, status }: Pick<Institution, "tenantId" | "name" | "status">,
  actor: string,
): RevisitDesk {
  const { stores, clock, ids, logger, config } = context;
  const kit = context.kit.forTenant(tenantId);
  return {
    ...{ stores, kit, clock, ids, logger, actor, daysAhead: config.birthdayReminderDaysAhead },
    isActive: status === "active",
    isConfigured: async (channel) =>
      (channel === "sms" ? await context.smsAccount(tenantId) : await context.wecomAccount(tenantId)) !== undefined,
    ...scriptTexts({ context }, { stores, kit, salonName: name }),
  };
}
