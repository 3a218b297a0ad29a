import type { RecordChange } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";
import { type AuditEntry, deleteEntriesBefore, insertEntry } from "./store.js";

export { insertEntry as recordAudit } from "./store.js";

/** Notes that a session changed something through a route. */
export const recordChange: RecordChange<ServerContext, Session> = async ({ method, path }, call) => {
  const { session, context, requestId, ip } = call;
  const entry: AuditEntry = {
    tenantId: session.tenantId,
    actor: session.actor,
    actorName: session.username,
    action: `${method.toUpperCase()} ${path}`,
    target: idIn(call.params) ?? idIn(call.body),
    requestId,
    ip,
    at: context.clock.now(),
  };
  await insertEntry(context.stores, entry);
};

function idIn(part: unknown): string | null {
  if (typeof part !== "object" || part === null) return null;
  const named = "id" in part ? part.id : "name" in part ? part.name : undefined;
  return typeof named === "number" || typeof named === "string" ? String(named) : null;
}

const DAY_MS = 86_400_000;
const AT_ONCE = 1_000;

/** Removes entries that have outlived their time. @returns how many */
export async function purgeAudit(
  { stores, clock, config }: Pick<ServerContext, "stores" | "clock" | "config">,
  signal: AbortSignal,
): Promise<number> {
  const before = clock.now() - config.auditRetentionDays * DAY_MS;
  let removed = 0;
  for (let count = 1; count > 0 && !signal.aborted; removed += count) {
    count = await deleteEntriesBefore(stores, before, AT_ONCE);
  }
  return removed;
}
