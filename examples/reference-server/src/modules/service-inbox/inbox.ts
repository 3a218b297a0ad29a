import type { ServerContext } from "../../frame/context.js";
import { openServiceDesk, type ServiceDesk } from "../service-desk/service.js";

/** What the inbox asks of the server. */
export type InboxContext = Pick<
  ServerContext,
  | "kit"
  | "stores"
  | "clock"
  | "random"
  | "config"
  | "keys"
  | "logger"
  | "transport"
  | "wecomAccount"
  | "wecomClient"
  | "stopping"
>;

/** The inbox of one tenant. */
export interface Inbox {
  readonly context: InboxContext;
  /** Inside a transaction, its own. */
  readonly stores: ServerContext["stores"];
  readonly tenantId: number;
  readonly desk: ServiceDesk;
}

/** Where a conversation takes place. */
export const ENTRANCES = ["official_account", "wecom_staff", "wecom_customer", "api"] as const;
/** `wecom_staff`: a member writes to the app; `wecom_customer`: a contact of a member. */
export type Entrance = (typeof ENTRANCES)[number];

/** Opens the inbox of a tenant. */
export async function inboxOf(context: InboxContext, tenantId: number): Promise<Inbox> {
  return { context, stores: context.stores, tenantId, desk: await openServiceDesk(context, tenantId) };
}
