import type { ConversionFigures, ConversionQuery } from "../conversion/report.js";
import type { DeliveryState } from "../delivery/states.js";
import type { ConversionStore } from "../ports/conversion-store.js";
import { countedOrders, isRefunded } from "./membership.js";
import type { Database, DeliveryRow, Tables } from "./tables.js";

const BEST_FIRST = ["delivered", "waiting", "notDelivered", "failed", "unknown"] as const;

const OUTCOME_OF_STATE: Readonly<Partial<Record<DeliveryState, (typeof BEST_FIRST)[number]>>> = {
  delivered: "delivered",
  accepted: "waiting",
  not_delivered: "notDelivered",
  failed: "failed",
  unknown: "unknown",
  needs_review: "unknown",
};

/** {@link ConversionStore} in memory. */
export function conversionStore(db: Database): ConversionStore {
  return { figures: (query) => db.read(() => figuresOf(db.tables, query)) };
}

function figuresOf(tables: Tables, query: ConversionQuery): ConversionFigures {
  const figures = { ...NOTHING };
  const isMeant = selection(tables, query);
  for (const [customerId, deliveries] of byCustomer(tables, query.tenantId)) {
    const meant = new Set(deliveries.filter(isMeant));
    if (meant.size === 0) continue;
    figures.audience += 1;
    const outcomes = new Set([...meant].map(({ state }) => OUTCOME_OF_STATE[state]));
    const best = BEST_FIRST.find((outcome) => outcomes.has(outcome));
    if (best) figures[best] += 1;

    const touches = touchesOf(deliveries);
    const credited = countedOrders(tables, query.tenantId, customerId, query).filter(({ orderedAt }) => {
      const last = touches.findLast(({ at }) => at <= orderedAt);
      return last !== undefined && orderedAt < last.at + query.windowMs && meant.has(last.delivery);
    });
    figures.orders += credited.length;
    figures.buyers += credited.length > 0 ? 1 : 0;
    for (const order of credited) {
      figures.revenueMinor += order.amountMinor;
      if (isRefunded(order, query.asOf)) figures.refundedMinor += order.refundedMinor;
    }
  }
  return figures;
}

/** Which deliveries the query accounts for. */
function selection(tables: Tables, query: ConversionQuery): (delivery: DeliveryRow) => boolean {
  const { occurrenceId, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const ruleIds = query.ruleIds && new Set(query.ruleIds);
  return (delivery) => {
    if (ruleIds && !ruleIds.has(delivery.ruleId)) return false;
    if (occurrenceId !== undefined && delivery.occurrenceId !== occurrenceId) return false;
    const dueAt = tables.occurrences.get(delivery.occurrenceId)?.dueAt;
    return dueAt !== undefined && from <= dueAt && dueAt < to;
  };
}

function byCustomer(tables: Tables, tenantId: number): ReadonlyMap<number, readonly DeliveryRow[]> {
  const groups = new Map<number, DeliveryRow[]>();
  for (const delivery of tables.deliveries.all()) {
    if (delivery.tenantId !== tenantId) continue;
    const group = groups.get(delivery.customerId);
    if (group) group.push(delivery);
    else groups.set(delivery.customerId, [delivery]);
  }
  return groups;
}

/** When the provider reached the person, by whom, oldest first; equal instants by delivery id. */
function touchesOf(deliveries: readonly DeliveryRow[]) {
  return deliveries
    .flatMap((delivery) => {
      const at = touchOf(delivery);
      return at === null ? [] : { at, delivery };
    })
    .sort((a, b) => a.at - b.at || a.delivery.id - b.delivery.id);
}

function touchOf({ state, acceptedAt, deliveredAt }: DeliveryRow): number | null {
  if (state === "delivered") return deliveredAt ?? acceptedAt;
  return state === "accepted" ? acceptedAt : null;
}

const NOTHING: ConversionFigures = {
  delivered: 0,
  waiting: 0,
  notDelivered: 0,
  failed: 0,
  unknown: 0,
  audience: 0,
  orders: 0,
  buyers: 0,
  revenueMinor: 0,
  refundedMinor: 0,
};
