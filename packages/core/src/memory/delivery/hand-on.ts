import { isToHandOn } from "../../delivery/fall-back-reasons.js";
import type { HandOn } from "../../ports/delivery-store.js";
import type { Tables } from "../tables.js";
import type { DeliveryRow } from "./tables.js";

/** Enters people who ended for a later channel. @returns people handed on */
export function handOn(tables: Tables, tenantId: number, { from, to, addressType, at }: HandOn): number {
  const { customers, deliveries, deliveriesByBatch, deliveriesByOccurrence } = tables;
  const rows =
    "batchId" in from ? deliveriesByBatch.rows(from.batchId) : deliveriesByOccurrence.rows(from.occurrenceId);
  const ended = rows
    .filter((row) => row.tenantId === tenantId && row.handedTo === null && isToHandOn(row.state, row.reason))
    .filter((row) => "batchId" in from || isOfPage(row, from))
    .sort((a, b) => a.customerId - b.customerId);
  let people = 0;
  for (const row of ended) {
    const address = customers.get(row.customerId)?.identities[addressType] ?? null;
    const there = deliveriesByOccurrence.rows(row.occurrenceId).filter(({ channel }) => channel === to);
    // Two who were merged may have been handed on as one of them.
    const isThere = there.some(({ customerId }) => customerId === row.customerId);
    if (!isThere && (address === null || there.some((one) => one.address === address))) continue;
    if (!isThere) deliveries.insert((id) => ({ ...row, ...FRESH, id, channel: to, address, updatedAt: at }));
    deliveries.replace({ ...row, ...UNCHARGED, handedTo: to });
    people += 1;
  }
  return people;
}

const UNCHARGED = { chargedAt: null, chargedCustomerId: null, chargedBatchId: null } as const;

const FRESH = {
  ...UNCHARGED,
  batchId: null,
  providerMessageId: null,
  values: null,
  state: "queued",
  reason: null,
  handedTo: null,
  acceptedAt: null,
  deliveredAt: null,
} as const satisfies Partial<DeliveryRow>;

function isOfPage(
  { channel, state, customerId }: DeliveryRow,
  page: Extract<HandOn["from"], { readonly occurrenceId: number }>,
): boolean {
  const isBetween = customerId > page.afterId && customerId <= page.throughId;
  return channel === page.channel && state === "suppressed" && isBetween;
}
