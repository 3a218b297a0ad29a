import { RecallKitError } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";
import type { ScheduledJob } from "../../frame/server-module.js";
import { type Desk, deskOf, inTurn } from "./context.js";
import { dispatchWaiting } from "./dispatch.js";
import { takeLoad } from "./staff/store.js";
import { deskTables } from "./tables.js";
import { escalateAt, nextStep } from "./tickets/clocks.js";
import { noteWaiting } from "./tickets/open.js";
import { getTicket, noteEvents, type TicketRow, writeTicket } from "./tickets/store.js";
import { confirmRow } from "./tickets/work.js";

const ADMIN = { kind: "admin" } as const;
const DAY_MS = 86_400_000;
/** Tickets of a tenant that one turn takes up. */
const AT_ONCE = 200;

/** What comes by itself at the desk: tickets are given out as people begin to work, clocks run out, silence confirms. */
export const deskJobs: readonly ScheduledJob[] = [
  {
    name: "desk-minute",
    title: "派单、超时升级与自动确认（每分钟） / dispatch, escalation and silent confirmation, every minute",
    schedule: { cron: "* * * * *", zone: "UTC" },
    run: (context, { signal }) => runDesks(context, signal),
  },
];

type Work = Pick<ServerContext, "kit" | "stores" | "clock" | "logger">;

/** One turn of every desk that has something to do. */
export async function runDesks(
  context: Work,
  signal: AbortSignal,
): Promise<{
  readonly dispatched: number;
  readonly escalated: number;
  readonly confirmed: number;
  readonly failed: number;
}> {
  const figures = { dispatched: 0, escalated: 0, confirmed: 0, failed: 0 };
  for (const tenantId of await busyTenants(context)) {
    if (signal.aborted) break;
    try {
      const desk = await deskOf(context, tenantId, "job");
      figures.confirmed += await confirmSilent(desk);
      figures.escalated += await escalateDue(desk);
      figures.dispatched += (await inTurn(desk, () => dispatchWaiting(desk))).size;
    } catch (error) {
      // One tenant's fault is not another's.
      figures.failed += 1;
      const code = RecallKitError.is(error) ? error.code : "bug";
      context.logger.error("desk.minute_failed", { tenantId, code });
    }
  }
  return figures;
}

/** Tenants with tickets that wait, run out, or were solved at least a day ago. */
async function busyTenants({ stores, clock }: Work): Promise<readonly number[]> {
  const now = clock.now();
  const rows = await deskTables(stores)
    .selectFrom("rk_tickets")
    .select("tenant_id")
    .distinct()
    .where(({ eb, and, or }) =>
      or([
        eb("state", "=", "queued"),
        eb("escalate_at", "<=", now),
        and([eb("state", "=", "solved"), eb("solved_at", "<=", now - DAY_MS)]),
      ]),
    )
    .orderBy("tenant_id")
    .execute();
  return rows.map(({ tenant_id }) => tenant_id);
}

/** Takes the next step of the ladder with every ticket whose clock ran out. @returns tickets */
export async function escalateDue(desk: Desk): Promise<number> {
  return inTurn(desk, async () => {
    const { stores, tenantId, context } = desk;
    const due = await deskTables(stores)
      .selectFrom("rk_tickets")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("escalate_at", "<=", context.clock.now())
      .orderBy("escalate_at")
      .orderBy("id")
      .limit(AT_ONCE)
      .execute();
    const avoid = new Map<number, number>();
    for (const { id } of due) await escalate(desk, await getTicket(desk, id), avoid);
    if (avoid.size > 0) {
      await dispatchWaiting(desk, { avoid });
      const after = await Promise.all([...avoid.keys()].map((id) => getTicket(desk, id)));
      await noteWaiting(desk, after);
    }
    return due.length;
  });
}

async function escalate(desk: Desk, ticket: TicketRow, avoid: Map<number, number>): Promise<void> {
  const step = nextStep(desk, ticket);
  const escalation = step ? step.number + 1 : desk.settings.escalation.length;
  const { id, assignee_id: had } = ticket;
  const isTakenAway = step?.action === "reassign" && had !== null;
  await writeTicket(desk, id, {
    escalation,
    escalate_at: escalateAt(desk, { ...ticket, escalation }),
    ...(step?.action === "raise" && { priority: Math.min(ticket.priority + 1, 3) }),
    ...(isTakenAway && { state: "queued", assignee_id: null }),
  });
  if (!step) return;
  if (isTakenAway) {
    await takeLoad(desk.stores, desk.tenantId, had);
    avoid.set(id, had);
  }
  await noteEvents(desk, ADMIN, [{ ticketId: id, kind: "escalated", from: had, note: step.action }]);
}

/** Confirms what nobody has said anything about for the tenant's days. @returns tickets */
export async function confirmSilent(desk: Desk): Promise<number> {
  return inTurn(desk, async () => {
    const { stores, tenantId, context, settings } = desk;
    const silent = await deskTables(stores)
      .selectFrom("rk_tickets")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("state", "=", "solved")
      .where("solved_at", "<=", context.clock.now() - settings.confirm_days * DAY_MS)
      .orderBy("solved_at")
      .orderBy("id")
      .limit(AT_ONCE)
      .execute();
    for (const { id } of silent) await confirmRow(desk, ADMIN, await getTicket(desk, id));
    return silent.length;
  });
}
