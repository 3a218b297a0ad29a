import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";
import type { LeadDatabase } from "./tables.js";

/** What the services of leads work with, for one tenant. */
export interface Merchant {
  readonly context: Pick<ServerContext, "kit" | "stores" | "clock" | "config" | "random">;
  /** The database; inside a transaction, its own. */
  readonly stores: LeadDatabase & Pick<ServerContext["stores"], "transaction" | "tenants" | "labels" | "suppressions">;
  readonly tenantId: number;
  /** Of days and hours. */
  readonly timeZone: string;
  readonly currency: string;
  /** Statuses of orders that count as revenue. */
  readonly countedStatuses: readonly string[];
  /** Who does it: `user:3`. */
  readonly actor: string;
  readonly actorName: string | null;
}

/** Makes what the services work with, of a request. */
export async function merchantOf({
  context,
  session,
}: {
  readonly context: ServerContext;
  readonly session: Pick<Session, "tenantId" | "actor" | "username">;
}): Promise<Merchant> {
  const { tenantId, actor, username } = session;
  return { ...(await merchantNamed(context, tenantId)), actor, actorName: username };
}

/** The same for work that no request asked for. */
export async function merchantNamed(context: Merchant["context"], tenantId: number): Promise<Merchant> {
  const { timeZone, currency, countedStatuses } = await context.kit.forTenant(tenantId).tenant();
  const who = { tenantId, timeZone, currency, countedStatuses, actor: "server", actorName: null };
  return { context, stores: context.stores, ...who };
}
