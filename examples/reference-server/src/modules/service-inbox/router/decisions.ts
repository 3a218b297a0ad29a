import { NotFoundError } from "@recallkit/core";
import type { Intent } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { DeskAccess } from "../../service-desk/service.js";
import { visibleRows } from "../access.js";
import { insertNumbered } from "../engine.js";
import { type InboxDatabase, inboxTables, type Row } from "../tables.js";
import { putExample } from "./examples.js";

/** What is done about a message. */
export const ROUTER_ACTIONS = [
  "answer",
  "progress",
  "ticket",
  "handover",
  "forward",
  "bind",
  "opt_out",
  "chat",
  "confirm",
  "rate",
  "reopen",
  "refuse",
] as const;
export type RouterAction = (typeof ROUTER_ACTIONS)[number];

/** What an answer rests on. */
export interface RouterSource {
  readonly kind: "knowledge" | "project" | "ticket" | "order";
  readonly id: number;
  readonly title: string;
}

/** What was decided about a message. */
export interface RouterDecision {
  readonly id: number;
  readonly intent: Intent;
  /** 0 … 1. */
  readonly confidence: number;
  readonly engine: string;
  readonly model: string | null;
  readonly reason: string;
  readonly action: RouterAction;
  readonly reply: string;
  readonly sources: readonly RouterSource[];
  readonly ticketId: number | null;
  readonly projectId: number | null;
  readonly handedOver: boolean;
}

/** Keeps a decision. @returns its id */
export async function addDecision(
  database: InboxDatabase,
  tenantId: number,
  decision: Omit<RouterDecision, "id"> & {
    readonly text: string;
    readonly requestKey: string;
    readonly sessionId: number | null;
    readonly messageId: number | null;
    readonly customerId: number | null;
    readonly at: number;
  },
): Promise<number> {
  return insertNumbered(database, "rk_router_decisions", {
    tenant_id: tenantId,
    session_id: decision.sessionId,
    message_id: decision.messageId,
    customer_id: decision.customerId,
    request_key: decision.requestKey,
    text: decision.text,
    intent: decision.intent,
    confidence: Math.round(decision.confidence * 100),
    engine: decision.engine,
    model: decision.model,
    reason: decision.reason,
    action: decision.action,
    reply: decision.reply,
    sources: JSON.stringify(decision.sources),
    ticket_id: decision.ticketId,
    project_id: decision.projectId,
    handed_over: Number(decision.handedOver),
    corrected_intent: null,
    corrected_by: null,
    corrected_at: null,
    created_at: decision.at,
  });
}

/** The decision of an earlier request of the same key. */
export async function decisionOfKey(database: InboxDatabase, tenantId: number, requestKey: string) {
  const row = await inboxTables(database)
    .selectFrom("rk_router_decisions")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("request_key", "=", requestKey)
    .executeTakeFirst();
  return row && decisionOf(row);
}

/** A row as a decision. */
export function decisionOf(row: Row<"rk_router_decisions">): RouterDecision {
  return {
    id: row.id,
    // Only these are written.
    intent: row.intent as Intent,
    confidence: row.confidence / 100,
    engine: row.engine,
    model: row.model,
    reason: row.reason,
    action: row.action as RouterAction,
    reply: row.reply,
    sources: JSON.parse(row.sources),
    ticketId: row.ticket_id,
    projectId: row.project_id,
    handedOver: row.handed_over === 1,
  };
}

/** Decisions, the newest first. */
export async function listDecisions(
  database: InboxDatabase,
  tenantId: number,
  {
    before,
    limit,
    access,
  }: { readonly before: number | undefined; readonly limit: number; readonly access: DeskAccess },
): Promise<readonly Row<"rk_router_decisions">[]> {
  return inboxTables(database)
    .selectFrom("rk_router_decisions")
    .selectAll()
    .where(visibleRows(tenantId, access, "rk_router_decisions"))
    .$if(before !== undefined, (query) => query.where("id", "<", before ?? 0))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/**
 * Says what a message wanted, which becomes an example that the router is read by and tested with.
 *
 * @throws {NotFoundError} `router-decision.not-found`
 */
export async function correctDecision(
  stores: SqlStores,
  tenantId: number,
  id: number,
  intent: Intent,
  who: { readonly actor: string; readonly at: number; readonly access: DeskAccess },
): Promise<Row<"rk_router_decisions">> {
  const isThere = visibleRows(tenantId, who.access, "rk_router_decisions");
  return stores.transaction(async () => {
    await inboxTables(stores)
      .updateTable("rk_router_decisions")
      .set({ corrected_intent: intent, corrected_by: who.actor, corrected_at: who.at })
      .where(isThere)
      .where("id", "=", id)
      .execute();
    const row = await inboxTables(stores)
      .selectFrom("rk_router_decisions")
      .selectAll()
      .where(isThere)
      .where("id", "=", id)
      .executeTakeFirst();
    if (!row) throw new NotFoundError("router-decision.not-found", `there is no decision ${id}`);
    if (row.text !== "") await putExample(stores, tenantId, { text: row.text, intent, decisionId: id }, who);
    return row;
  });
}
