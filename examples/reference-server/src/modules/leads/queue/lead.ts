import { ConflictError } from "@recallkit/core";
import type { CallResult } from "../calls/call.js";
import type { Row } from "../tables.js";
import { recyclingOf } from "../tasks/task.js";

/**
 * `ready`: to be called from `next_call_at` on; `callback`: at a time agreed upon; `done`: reached; `exhausted`: tried often
 * enough; `suppressed`: wants no contact; `duplicate`: another package had the number first.
 */
export const LEAD_STATES = ["ready", "callback", "done", "exhausted", "suppressed", "duplicate"] as const;
export type LeadState = (typeof LEAD_STATES)[number];

/** Whether somebody has agreed to be called. */
export const CONSENTS = ["unknown", "granted", "refused"] as const;
export type Consent = (typeof CONSENTS)[number];

/** A call as it decides what becomes of a lead. */
export interface LeadCall {
  readonly result: CallResult;
  readonly callTime: number;
  readonly callbackAt: number | null;
  readonly isRefused: boolean;
}

/** What becomes of a lead after a call. */
export function afterCall(
  lead: Row<"rk_leads">,
  task: Pick<Row<"rk_dial_tasks">, "recycling">,
  { result, callTime, callbackAt, isRefused }: LeadCall,
): Partial<Row<"rk_leads">> {
  const attempts = lead.attempts + 1;
  const { state, next } = nextOf(lead, task, { result, callTime, callbackAt, isRefused, attempts });
  const isFirst = result === "connected" && lead.first_connected_at === null;
  return {
    attempts,
    state,
    next_call_at: next,
    last_result: result,
    last_call_at: Math.max(callTime, lead.last_call_at ?? 0),
    ...(isFirst && { first_connected_at: callTime }),
    ...(isRefused && { consent: "refused" }),
    lease_owner: null,
    lease_until: null,
  };
}

function nextOf(
  lead: Row<"rk_leads">,
  task: Pick<Row<"rk_dial_tasks">, "recycling">,
  { result, callTime, callbackAt, isRefused, attempts }: LeadCall & { readonly attempts: number },
): { readonly state: LeadState; readonly next: number | null } {
  if (isRefused) return { state: "suppressed", next: null };
  // Numbers that are not this lead's to call stay so, whoever called them.
  if (lead.active_phone === null) return { state: "duplicate", next: null };
  if (callbackAt !== null) return { state: "callback", next: callbackAt };
  if (result === "connected") return { state: "done", next: null };
  const rule = recyclingOf(task)[result];
  if (!rule || attempts >= rule.max_attempts) return { state: "exhausted", next: null };
  return { state: "ready", next: callTime + rule.after_minutes * 60_000 };
}

/** @throws {ConflictError} `lead.leased`: somebody else has it; `lead.lease-lost`: it went back meanwhile */
export function assertLease(
  lead: Row<"rk_leads">,
  { actor, lease, now }: { readonly actor: string; readonly lease: number | undefined; readonly now: number },
): void {
  const isLeased = lead.lease_until !== null && lead.lease_until > now;
  if (isLeased && lead.lease_epoch === lease) return;
  if (isLeased && lease === undefined && lead.lease_owner === actor) return;
  if (isLeased) throw new ConflictError("lead.leased", `lead ${lead.id} is with somebody else`);
  // Nobody had it since: what was done in the meantime counts.
  if (lease === undefined || lease === lead.lease_epoch) return;
  throw new ConflictError("lead.lease-lost", `lead ${lead.id} went back to the queue`);
}
