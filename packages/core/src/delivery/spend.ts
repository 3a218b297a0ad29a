import { slicesOf } from "../chunks.js";
import type { ContactMessage } from "../contact/contact-moment.js";
import { affordable, type BudgetPeriod, budgetPeriods, type MessageCost } from "../contact/spend-limit.js";
import type { EngineContext } from "../engine/engine-context.js";
import { DEFAULT_TIME_ZONE } from "../local-time.js";
import type { Channel, Recipient } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import type { Batch } from "./batch.js";
import { formLaterBatch } from "./form-batches.js";
import { moveDeliveries } from "./moves.js";
import type { Occurrence } from "./occurrence.js";
import { NOT_SENT_DELIVERY_STATES } from "./states.js";

/** Why people wait, or are left out: the budget of the channel is used up. */
const REASON = "spend_limit";
const ROWS = 1_000;
const NOTHING: MessageCost = { units: 0, amountMinor: 0 };

/** What became of a batch that was to be paid for. */
export type Payment =
  | { readonly kind: "paid"; readonly recipients: readonly Recipient[] }
  /** Nobody can be paid for before this instant. */
  | { readonly kind: "waits"; readonly until: number };

/** What a message costs by the channel's own word; a channel that says nothing, or no number, costs nothing. */
export function costOf(channel: Pick<Channel, "costOf">, content: MessageContent): MessageCost | undefined {
  if (!channel.costOf) return undefined;
  try {
    const { units, amountMinor } = channel.costOf(content);
    const isCost = [units, amountMinor].every((value) => Number.isSafeInteger(value) && value >= 0);
    return isCost ? { units, amountMinor } : NOTHING;
  } catch {
    return NOTHING;
  }
}

/**
 * Charges the people of a batch to the budget of the channel, as many as it holds; the others leave to a batch of the next
 * period, or are suppressed where that is too late. Inside the transaction of the intent, which holds the occurrence alone
 * where there is a limit.
 */
export async function payFor(
  context: EngineContext,
  tx: Stores,
  batch: Batch,
  {
    channel,
    occurrence,
    limit,
    recipients,
    now,
  }: {
    readonly channel: Channel;
    readonly occurrence: Pick<Occurrence, "expiresAt">;
    readonly limit: ContactMessage["spendLimit"];
    readonly recipients: readonly Recipient[];
    readonly now: number;
  },
): Promise<Payment> {
  if (!channel.costOf || recipients.length === 0) return { kind: "paid", recipients };
  const { tenantId, id: batchId } = batch;
  const costs = costsOf(channel, recipients);
  const zone = (await tx.tenants.get(tenantId))?.timeZone ?? DEFAULT_TIME_ZONE;
  const periods = budgetPeriods(limit, zone, now);
  const sums = await tx.spend.hold(
    tenantId,
    channel.name,
    periods.map(({ name }) => name),
  );
  const left = periods.map(({ limit: most }, index) => (most === null ? null : most - (sums[index]?.amountMinor ?? 0)));
  const { count, broken } = affordable(
    costs.map(({ amountMinor }) => amountMinor),
    left,
  );
  const paid = recipients.slice(0, count);
  if (count < recipients.length) {
    const over = broken.flatMap((index) => periods[index] ?? []);
    for (const index of broken) await alarmOnce(tx, batch, periods[index], sums[index]?.id ?? 0, now);
    const until = Math.max(...over.map(({ next }) => next));
    const isTooLate = until >= occurrence.expiresAt;
    if (count === 0 && !isTooLate) return { kind: "waits", until };
    const [to, patch] = isTooLate
      ? (["suppressed", { reason: REASON }] as const)
      : (["queued", { reason: REASON, batchId: null }] as const);
    for (const slice of slicesOf(recipients.slice(count), ROWS)) {
      const addresses = slice.map(({ address }) => address);
      await moveDeliveries(tx, tenantId, { batchId, addresses }, "in_batch", to, now, patch);
    }
    if (!isTooLate) {
      await formLaterBatch(tx, context, batch, channel, { notBefore: until, at: now, resends: batch.resends });
    }
  }
  if (count > 0) await charge(tx, batch, periods[0]?.name ?? "", costs.slice(0, count), now);
  return { kind: "paid", recipients: paid };
}

/**
 * Gives back what certainly was not sent: everything where nobody of the batch may have the message, else the price of the
 * cheapest message for each who has not, so that never too much is given back. Inside a transaction.
 */
export async function refundSpend(tx: Stores, { tenantId, id }: Pick<Batch, "tenantId" | "id">): Promise<void> {
  const entry = await tx.spend.get(tenantId, id);
  if (!entry) return;
  const counts = await tx.deliveries.countByState(tenantId, { batchId: id });
  const sent = Object.entries(counts)
    .filter(([state]) => !NOT_SENT.has(state))
    .reduce((sum, [, count]) => sum + count, 0);
  const unsent = Math.max(0, entry.people - sent);
  const left =
    sent === 0
      ? NOTHING
      : { units: entry.units - unsent * entry.leastUnits, amountMinor: entry.amountMinor - unsent * entry.leastMinor };
  await tx.spend.lower(tenantId, id, left);
}

/** Gives back what people of a batch who certainly have no message were charged: in the cap ledger, and in money. */
export async function giveBack(tx: Stores, batch: Pick<Batch, "tenantId" | "id">): Promise<void> {
  await tx.deliveries.refundCaps(batch.tenantId, batch.id);
  await refundSpend(tx, batch);
}

const NOT_SENT: ReadonlySet<string> = new Set(NOT_SENT_DELIVERY_STATES);

/** Cost of each message; of one for all it is asked once. */
function costsOf(channel: Channel, recipients: readonly Recipient[]): readonly MessageCost[] {
  const of = ({ content }: Pick<Recipient, "content">) => costOf(channel, content) ?? NOTHING;
  if (channel.personal) return recipients.map(of);
  const [first] = recipients;
  const each = first ? of(first) : NOTHING;
  return recipients.map(() => each);
}

async function charge(tx: Stores, batch: Batch, day: string, costs: readonly MessageCost[], at: number): Promise<void> {
  const units = costs.map((cost) => cost.units);
  const amounts = costs.map((cost) => cost.amountMinor);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  // Not spread into one call: there may be ten thousand.
  const least = (values: readonly number[]) => values.reduce((lowest, value) => Math.min(lowest, value), Infinity);
  await tx.spend.charge({
    tenantId: batch.tenantId,
    batchId: batch.id,
    channel: batch.channel,
    day,
    people: costs.length,
    units: sum(units),
    amountMinor: sum(amounts),
    leastUnits: least(units),
    leastMinor: least(amounts),
    at,
  });
}

/** Said once per period and channel: its row stands for both. */
async function alarmOnce(
  tx: Stores,
  { tenantId, channel }: Batch,
  period: BudgetPeriod | undefined,
  entityId: number,
  at: number,
): Promise<void> {
  if (!period) return;
  const detail = `${channel}: the limit of ${period.limit} minor units of ${period.name} is reached`;
  await tx.alarms.addOnce({ tenantId, code: REASON, entity: "channel", entityId, detail, at });
}
