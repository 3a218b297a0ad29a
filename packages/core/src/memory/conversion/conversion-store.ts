import type { ConversionFigures, ConversionQuery } from "../../conversion/report.js";
import type { ProductFigures } from "../../conversion/statistics.js";
import { isRefunded } from "../../customer/order.js";
import type { DeliveryState } from "../../delivery/states.js";
import type { ConversionStore, Period } from "../../ports/conversion-store.js";
import { compareBytes } from "../../text.js";
import { compositeKey } from "../table.js";
import type { Database, Tables } from "../tables.js";
import { funnelOf, funnelPage } from "./funnel.js";
import { known, peopleOf, selection } from "./people.js";

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
  const { tables } = db;
  return {
    figures: (query) => db.read(() => figuresOf(tables, query)),
    dueRange: (query) =>
      db.read(() => {
        const isMeant = selection(tables, query);
        const due = tables.deliveries
          .all()
          .filter((delivery) => delivery.tenantId === query.tenantId && isMeant(delivery))
          .map((delivery) => tables.occurrences.get(delivery.occurrenceId)?.dueAt ?? 0);
        return due.length === 0 ? undefined : { first: Math.min(...due), last: Math.max(...due) };
      }),
    figuresOf: (query, periods) => db.read(() => periods.map((period) => figuresOf(tables, within(query, period)))),
    funnel: (query) => db.read(() => funnelOf(tables, query)),
    funnelPeople: (query, of, page) => db.read(() => funnelPage(tables, query, of, page)),
    products: (query, limit) => db.read(() => productsOf(tables, query).slice(0, limit)),
    // Nothing is kept: every figure is counted when it is asked for.
    rollUp: (tenantId) => db.read(() => ({ revision: tables.tenants.get(tenantId)?.revision ?? 0, isCurrent: true })),
    dropRollUp: async () => 0,
  };
}

function within(query: ConversionQuery, { from, to }: Period): ConversionQuery {
  return {
    ...query,
    from: Math.max(from, query.from ?? Number.NEGATIVE_INFINITY),
    to: Math.min(to, query.to ?? Number.POSITIVE_INFINITY),
  };
}

function figuresOf(tables: Tables, query: ConversionQuery): ConversionFigures {
  const figures = { ...NOTHING };
  for (const { meant, credited } of peopleOf(tables, query)) {
    figures.audience += 1;
    const outcomes = new Set(meant.map((delivery) => OUTCOME_OF_STATE[known(delivery, query).state]));
    const best = BEST_FIRST.find((outcome) => outcomes.has(outcome));
    if (best) figures[best] += 1;
    figures.orders += credited.length;
    figures.buyers += credited.length > 0 ? 1 : 0;
    for (const order of credited) {
      figures.revenueMinor += order.amountMinor;
      if (isRefunded(order, query.asOf)) figures.refundedMinor += order.refundedMinor;
    }
  }
  return figures;
}

function productsOf(tables: Tables, query: ConversionQuery): readonly ProductFigures[] {
  const products = new Map<
    string,
    ProductFigures & { readonly buyerIds: Set<number>; readonly orderIds: Set<number> }
  >();
  for (const { credited } of peopleOf(tables, query)) {
    for (const order of credited) {
      for (const { sku, name, quantity, amountMinor } of order.lines) {
        const key = compositeKey(sku ?? "", sku === null ? (name ?? "") : "");
        const known = products.get(key);
        const orderIds = (known?.orderIds ?? new Set()).add(order.id);
        const buyerIds = (known?.buyerIds ?? new Set()).add(order.customerId);
        products.set(key, {
          sku,
          name: later(known?.name ?? null, name),
          quantity: (known?.quantity ?? 0) + quantity,
          amountMinor: (known?.amountMinor ?? 0) + amountMinor,
          orders: orderIds.size,
          buyers: buyerIds.size,
          orderIds,
          buyerIds,
        });
      }
    }
  }
  return [...products.values()]
    .map(({ orderIds: _, buyerIds: __, ...product }) => product)
    .sort(
      (a, b) =>
        b.amountMinor - a.amountMinor ||
        compareBytes(a.sku ?? "", b.sku ?? "") ||
        compareBytes(a.name ?? "", b.name ?? ""),
    );
}

/** The later of two names in the order of their bytes. */
function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareBytes(a, b) > 0 ? a : b;
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
