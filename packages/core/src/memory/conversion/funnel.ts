import type { FunnelCounts, FunnelPerson, FunnelStepName } from "../../conversion/funnel.js";
import type { ConversionQuery } from "../../conversion/report.js";
import { cursorToId, type Page, type PageRequest, pageBy, pageLimit } from "../../page.js";
import { compareBytes } from "../../text.js";
import type { ClaimRow } from "../coupon/tables.js";
import type { DeliveryRow } from "../delivery/tables.js";
import { compositeKey } from "../table.js";
import type { Tables } from "../tables.js";
import { peopleOf } from "./people.js";

type Step = Exclude<FunnelStepName, "ordered">;

const SENT = new Set(["accepted", "delivered", "not_delivered", "failed"]);
const ACCEPTED = new Set(["accepted", "delivered", "not_delivered"]);
const UNSURE = new Set(["unknown", "needs_review"]);
const COUNTED = ["sent", "accepted", "delivered", "viewed", "clicked", "claimed", "redeemed"] as const;

/** People by how far they came: all channels together, and each. */
export function funnelOf(tables: Tables, query: ConversionQuery): readonly FunnelCounts[] {
  const parts = new Map<string | null, Map<number, DeliveryRow[]>>();
  for (const { meant } of peopleOf(tables, query)) {
    for (const delivery of meant) {
      for (const channel of [null, delivery.channel]) {
        const people = parts.get(channel) ?? new Map<number, DeliveryRow[]>();
        parts.set(channel, people);
        people.set(delivery.customerId, [...(people.get(delivery.customerId) ?? []), delivery]);
      }
    }
  }
  const order = (a: string | null, b: string | null) => (a === null ? -1 : b === null ? 1 : compareBytes(a, b));
  return [...parts]
    .sort(([a], [b]) => order(a, b))
    .map(([channel, people]) => {
      const deliveries = [...people.values()];
      const count = (step: Step) => deliveries.filter((own) => own.some((one) => isReached(tables, one, step))).length;
      const counts = Object.fromEntries(COUNTED.map((step) => [step, count(step)])) as Record<Step, number>;
      const isUnsure = (own: readonly DeliveryRow[]) =>
        own.some(({ state }) => UNSURE.has(state)) && !own.some(({ state }) => SENT.has(state));
      return { channel, audience: people.size, ...counts, unknown: deliveries.filter(isUnsure).length };
    });
}

/** Deliveries of a step, or those to whom was sent and who did not come to it. */
export function funnelPage(
  tables: Tables,
  query: ConversionQuery,
  { step, reached }: { readonly step: FunnelStepName; readonly reached: boolean },
  page: PageRequest,
): Page<FunnelPerson> {
  const after = cursorToId(page.cursor);
  const limit = pageLimit(page);
  const found: FunnelPerson[] = [];
  for (const { meant, creditedTo } of peopleOf(tables, query)) {
    for (const delivery of meant) {
      if (delivery.id <= after) continue;
      const is = step === "ordered" ? creditedTo.has(delivery.id) : isReached(tables, delivery, step);
      const isMeant = reached ? is : !is && (step === "sent" || SENT.has(delivery.state));
      if (isMeant) found.push(personOf(tables, delivery));
    }
  }
  found.sort((a, b) => a.deliveryId - b.deliveryId);
  return pageBy(found.slice(0, limit + 1), limit, ({ deliveryId }) => String(deliveryId));
}

function isReached(tables: Tables, delivery: DeliveryRow, step: Step): boolean {
  const link = linkOf(tables, delivery);
  const claims = claimsOf(tables, delivery);
  switch (step) {
    case "sent":
      return SENT.has(delivery.state);
    case "accepted":
      return ACCEPTED.has(delivery.state);
    case "delivered":
      return delivery.state === "delivered";
    case "viewed":
      return (link?.firstViewedAt ?? null) !== null || claims.length > 0;
    case "clicked":
      return (link?.firstClickedAt ?? null) !== null || claims.length > 0;
    case "claimed":
      return claims.length > 0;
    case "redeemed":
      return claims.some(({ state }) => state === "redeemed");
  }
}

function personOf(tables: Tables, delivery: DeliveryRow): FunnelPerson {
  const { id, customerId, occurrenceId, channel, state, reason, acceptedAt, deliveredAt } = delivery;
  const link = linkOf(tables, delivery);
  const claimed = claimsOf(tables, delivery).map(({ claimedAt }) => claimedAt);
  return {
    deliveryId: id,
    customerId,
    externalKey: tables.customers.get(customerId)?.externalKey ?? "",
    occurrenceId,
    channel,
    state,
    reason,
    acceptedAt,
    deliveredAt,
    viewedAt: link?.firstViewedAt ?? null,
    clickedAt: link?.firstClickedAt ?? null,
    claimedAt: claimed.length > 0 ? Math.min(...claimed) : null,
  };
}

function linkOf(tables: Tables, { tenantId, id }: DeliveryRow) {
  return tables.linksByDelivery.find(compositeKey(tenantId, id));
}

/** Claims of the person by links of the push. */
function claimsOf(tables: Tables, { tenantId, customerId, occurrenceId, channel }: DeliveryRow): readonly ClaimRow[] {
  return tables.claimsByCustomer.rows(customerId).filter((claim) => {
    const link = claim.linkId === null ? undefined : tables.links.get(claim.linkId);
    return claim.tenantId === tenantId && link?.occurrenceId === occurrenceId && link.channel === channel;
  });
}
