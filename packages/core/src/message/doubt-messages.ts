import { RESTORED } from "../delivery/reconcile.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Stores } from "../ports/stores.js";
import type { Message, MessageEvent } from "./message.js";
import { moved } from "./message-call.js";

const AT_ONCE = 500;

/**
 * Makes messages of a ledger that was restored from a backup safe to send: what is due, or of unknown outcome, may have been sent
 * under another ledger, and is unknown as of now. What is not due yet was not due then either, and stays.
 *
 * Run it while no other process works.
 *
 * @returns messages put in question
 */
export async function doubtMessages(context: EngineContext, tenantIds: readonly number[]): Promise<number> {
  let count = 0;
  for (const tenantId of tenantIds) count += await doubtUnderWay(context, tenantId);
  for (let doubted = 1; doubted > 0; count += doubted) doubted = await doubtDue(context);
  return count;
}

async function doubtDue({ stores, owner, clock, timings }: EngineContext): Promise<number> {
  const now = clock.now();
  return stores.transaction(async (tx) => {
    const due = await tx.messages.claim("send", { owner, now, until: now + timings.leaseMs, limit: AT_ONCE });
    await charge(tx, due, now);
    await doubt(tx, due, now, now + timings.settleWindowMs);
    return due.length;
  });
}

async function doubtUnderWay({ stores, clock, timings }: EngineContext, tenantId: number): Promise<number> {
  let count = 0;
  const now = clock.now();
  for (let cursor: string | null = null; ; ) {
    const filter = { states: ["dispatching", "unknown"] as const, limit: AT_ONCE, cursor };
    const page = await stores.messages.list(tenantId, filter);
    await stores.transaction((tx) => doubt(tx, page.items, now, now + timings.settleWindowMs));
    count += page.items.length;
    if (page.nextCursor === null) return count;
    cursor = page.nextCursor;
  }
}

async function doubt(tx: Stores, messages: readonly Message[], now: number, notBefore: number): Promise<void> {
  if (messages.length === 0) return;
  await tx.messages.write(
    messages.map((message) => moved(message, "unknown", now, { notBefore, checks: 0, reason: RESTORED })),
  );
  await tx.messages.addEvents(messages.map((message) => eventOf(message, now)));
}

/** Whoever may have a message is counted as having it. */
async function charge(tx: Stores, messages: readonly Message[], at: number): Promise<void> {
  for (const tenantId of new Set(messages.map((message) => message.tenantId))) {
    const charges = messages.flatMap(({ id, customerId, messageClass, tenantId: of }) =>
      of === tenantId && messageClass === "marketing" && customerId !== null ? [{ messageId: id, customerId, at }] : [],
    );
    if (charges.length > 0) await tx.messages.charge(tenantId, charges);
  }
}

function eventOf({ tenantId, id, attempts }: Message, at: number): Omit<MessageEvent, "id"> {
  return {
    ...{ tenantId, messageId: id, node: "process", outcome: RESTORED },
    ...{ errorClass: "UNKNOWN", detail: null, attempt: attempts, at },
  };
}
