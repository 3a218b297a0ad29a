import { snapshotReason } from "../../contact/contact-reason.js";
import type { SnapshotPage } from "../../ports/delivery-store.js";
import { membersAfter } from "../audience/membership.js";
import type { Tables } from "../tables.js";

/** Writes the deliveries of the next members; the figures count members looked at and rows added as `suppressed`. */
export function takeSnapshot(
  tables: Tables,
  page: SnapshotPage,
): { readonly members: number; readonly suppressed: number; readonly lastId: number } {
  const { tenantId, occurrenceId, ruleId, channel, at } = page;
  const members = membersAfter(tables, { ...page.query, tenantId }, page.afterId, page.limit);
  const present = tables.deliveriesByOccurrence
    .rows(occurrenceId)
    .filter((row) => row.tenantId === tenantId && row.channel === channel);
  const customerIds = new Set(present.map(({ customerId }) => customerId));
  const firstOf = new Map<string, number>();
  for (const { address, customerId } of present) note(firstOf, address, customerId);

  let suppressed = 0;
  for (const { id: customerId, externalKey, identities } of members) {
    if (customerIds.has(customerId)) continue;
    const address = identities[page.addressType] ?? null;
    note(firstOf, address, customerId);
    const reason = snapshotReason(address, address !== null && firstOf.get(address) !== customerId);
    if (reason) suppressed += 1;
    tables.deliveries.insert((id) => ({
      id,
      tenantId,
      occurrenceId,
      ruleId,
      customerId,
      externalKey: externalKey,
      channel,
      address,
      batchId: null,
      providerMessageId: null,
      values: null,
      state: reason ? "suppressed" : "queued",
      reason,
      handedTo: null,
      acceptedAt: null,
      deliveredAt: null,
      updatedAt: at,
      chargedAt: null,
      chargedCustomerId: null,
      chargedBatchId: null,
    }));
  }
  return { members: members.length, suppressed, lastId: members.at(-1)?.id ?? page.afterId };
}

function note(firstOf: Map<string, number>, address: string | null, customerId: number): void {
  if (address !== null) firstOf.set(address, Math.min(customerId, firstOf.get(address) ?? customerId));
}
