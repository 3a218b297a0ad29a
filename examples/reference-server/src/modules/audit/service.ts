import type { RecordChange } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";
import { type AuditEntry, deleteEntriesBefore, insertEntry } from "./store.js";

export { insertEntry as recordAudit } from "./store.js";

/** Routes whose callers say why; a `note` in any other body is about a person, and stays out. */
const EXPLAINED: ReadonlySet<string> = new Set(["/api/ops/reviews/:id"]);

/** Notes that a session changed something through a route. */
export const recordChange: RecordChange<ServerContext, Session> = async ({ method, path }, call) => {
  const { session, context, requestId, ip } = call;
  const entry: AuditEntry = {
    tenantId: session.tenantId,
    actor: session.actor,
    actorName: session.username,
    action: `${method.toUpperCase()} ${path}`,
    target: namedIn(call.params) ?? idIn(call.body),
    requestId,
    ip,
    at: context.clock.now(),
    note: EXPLAINED.has(path) ? textOf(call.body, "note") : null,
  };
  await insertEntry(context.stores, entry);
};

/** What the path names: an id, or the name of a job. Names in bodies are those of people and things, and stay out. */
function namedIn(params: unknown): string | null {
  return idIn(params) ?? textOf(params, "name");
}

function idIn(part: unknown): string | null {
  return textOf(part, "id");
}

function textOf(part: unknown, field: "id" | "name" | "note"): string | null {
  if (typeof part !== "object" || part === null || !(field in part)) return null;
  const value: unknown = Reflect.get(part, field);
  return typeof value === "number" || typeof value === "string" ? String(value) : null;
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
