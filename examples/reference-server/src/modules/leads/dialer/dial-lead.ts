import { HttpError } from "@recallkit/http";
import { repeatIfTaken } from "../../../frame/repeat-if-taken.js";
import { held, insertNumbered } from "../engine.js";
import type { Merchant } from "../merchant.js";
import { assertLease } from "../queue/lead.js";
import { getLead } from "../queue/store.js";
import { type LeadDatabase, leadTables, type Row } from "../tables.js";
import { getTask } from "../tasks/store.js";
import type { Dialer } from "./dialer.js";

/** `asked`: written down before the dialer is asked, and all that is known after a crash. */
export const DIAL_STATES = ["asked", "ringing", "refused", "unknown"] as const;

/**
 * Lets the dialer ring the agent and the lead, once per lease: a repeat, also after a crash, gets what is known of the first
 * time and rings nobody.
 *
 * @throws {HttpError} 409 `dialer.missing`; {ConflictError} `lead.leased`, `lead.lease-lost`
 */
export async function dialLead(
  { stores, tenantId, context, actor, actorName }: Merchant,
  dialer: Dialer | undefined,
  {
    leadId,
    taskId,
    lease,
    signal,
  }: { readonly leadId: number; readonly taskId: number; readonly lease: number; readonly signal: AbortSignal },
): Promise<Row<"rk_dials">> {
  const agent = actorName ?? actor;
  const { dial, isNew, phone } = await stores.transaction(async () => {
    const now = context.clock.now();
    await getTask(stores, tenantId, taskId);
    const lead = await getLead(stores, tenantId, leadId, { hold: true });
    assertLease(lead, { actor, lease, now });
    if (!dialer) throw new HttpError(409, "dialer.missing");
    const known = await dialOf(stores, tenantId, leadId, lease);
    if (known) return { dial: known, isNew: false, phone: lead.phone_number };
    const row = {
      tenant_id: tenantId,
      lead_id: leadId,
      task_id: taskId,
      lease_epoch: lease,
      agent,
      state: "asked",
      provider_call_id: null,
      reason: null,
      created_at: now,
      updated_at: now,
    };
    const id = await repeatIfTaken(() => insertNumbered(stores, "rk_dials", row));
    return { dial: { id, ...row }, isNew: true, phone: lead.phone_number };
  });
  if (!isNew || !dialer) return dial;
  const answer = await dialer.dial({ dialId: `${tenantId}-${dial.id}`, phone, agent, taskId, leadId }, { signal });
  await leadTables(stores)
    .updateTable("rk_dials")
    .set({
      state: answer.kind,
      provider_call_id: answer.kind === "ringing" ? answer.providerCallId : null,
      reason: answer.kind === "ringing" ? null : answer.reason,
      updated_at: context.clock.now(),
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", dial.id)
    .execute();
  return (await dialOf(stores, tenantId, leadId, lease)) ?? dial;
}

function dialOf(
  database: LeadDatabase,
  tenantId: number,
  leadId: number,
  lease: number,
): Promise<Row<"rk_dials"> | undefined> {
  const query = leadTables(database)
    .selectFrom("rk_dials")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("lead_id", "=", leadId)
    .where("lease_epoch", "=", lease);
  return held(database, query).executeTakeFirst();
}
