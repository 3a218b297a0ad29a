import type { RecordChange } from "../../frame/change-once.js";
import { type AuditEntry, insertEntry } from "./store.js";

export { insertEntry as recordAudit } from "./store.js";

/** Notes that a session changed something through a route. */
export const recordChange: RecordChange = async ({ method, path }, call) => {
  const { session, context, requestId, ip } = call;
  const entry: AuditEntry = {
    tenantId: session.tenantId,
    actor: session.kind === "user" ? `user:${session.userId}` : `api-key:${session.id}`,
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
  if (typeof part !== "object" || part === null || !("id" in part)) return null;
  return typeof part.id === "number" || typeof part.id === "string" ? String(part.id) : null;
}
