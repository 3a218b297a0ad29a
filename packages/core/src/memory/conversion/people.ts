import type { ConversionQuery } from "../../conversion/report.js";
import { type DeliveryOutcome, outcomeAsOf, touchOf } from "../../delivery/delivery.js";
import { searchForm } from "../../text.js";
import { countedOrders } from "../audience/membership.js";
import type { DeliveryRow } from "../delivery/tables.js";
import type { Tables } from "../tables.js";

/** Everybody whom the query accounts for, with their deliveries, credited orders, and the deliveries that have these. */
export function* peopleOf(tables: Tables, query: ConversionQuery) {
  const isMeant = selection(tables, query);
  for (const [customerId, deliveries] of byCustomer(tables, query)) {
    const meant = deliveries.filter(isMeant);
    if (meant.length === 0) continue;
    const touches = touchesOf(deliveries, query);
    const creditedTo = new Set<number>();
    const credited = countedOrders(tables, query.tenantId, customerId, query).filter(({ orderedAt }) => {
      const last = touches.findLast(({ at }) => at <= orderedAt);
      if (!last || orderedAt >= last.at + query.windowMs || !meant.includes(last.delivery)) return false;
      creditedTo.add(last.delivery.id);
      return true;
    });
    yield { meant, credited, creditedTo };
  }
}

/** Which deliveries the query accounts for. */
export function selection(tables: Tables, query: ConversionQuery): (delivery: DeliveryRow) => boolean {
  const { occurrenceId, channel, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const { pushesAsOf = Number.POSITIVE_INFINITY } = query;
  const ruleIds = query.ruleIds && new Set(query.ruleIds);
  const search = query.search === undefined ? "" : searchForm(query.search);
  return (delivery) => {
    if (ruleIds && !ruleIds.has(delivery.ruleId)) return false;
    if (occurrenceId !== undefined && delivery.occurrenceId !== occurrenceId) return false;
    if (channel !== undefined && delivery.channel !== channel) return false;
    if (!searchForm(tables.rules.get(delivery.ruleId)?.name ?? "").includes(search)) return false;
    const occurrence = tables.occurrences.get(delivery.occurrenceId);
    if (occurrence === undefined || occurrence.kind === "test") return false;
    return from <= occurrence.dueAt && occurrence.dueAt < Math.min(to, pushesAsOf);
  };
}

/** Deliveries of every push that exists, by customer. */
function byCustomer(
  tables: Tables,
  { tenantId, pushesAsOf = Number.POSITIVE_INFINITY }: ConversionQuery,
): ReadonlyMap<number, readonly DeliveryRow[]> {
  const groups = new Map<number, DeliveryRow[]>();
  for (const delivery of tables.deliveries.all()) {
    const occurrence = tables.occurrences.get(delivery.occurrenceId);
    if (delivery.tenantId !== tenantId || occurrence?.kind === "test") continue;
    if (occurrence && occurrence.dueAt >= pushesAsOf) continue;
    const group = groups.get(delivery.customerId);
    if (group) group.push(delivery);
    else groups.set(delivery.customerId, [delivery]);
  }
  return groups;
}

/** When the provider reached the person, by whom, oldest first; equal instants by delivery id. */
function touchesOf(deliveries: readonly DeliveryRow[], query: ConversionQuery) {
  return deliveries
    .flatMap((delivery) => {
      const at = touchOf(known(delivery, query));
      return at === null ? [] : { at, delivery };
    })
    .sort((a, b) => a.at - b.at || a.delivery.id - b.delivery.id);
}

/** A delivery as it was known. */
export function known(delivery: DeliveryRow, { pushesAsOf }: ConversionQuery): DeliveryOutcome {
  return pushesAsOf === undefined ? delivery : outcomeAsOf(delivery, pushesAsOf);
}
