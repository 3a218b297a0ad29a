import type { ProductFigures } from "@recallkit/core";
import {
  type ConversionFigures,
  type ConversionQuery,
  type ConversionStore,
  cursorToId,
  type Period,
  pageBy,
  pageLimit,
} from "@recallkit/core/ports";
import type { RawBuilder } from "kysely";
import type { SqlContext } from "../context.js";
import { creditedOrders, firstAndLastDue, peopleByBestState, productsBought } from "./conversion-sql.js";
import { peopleBySteps, peopleOfStep } from "./funnel-sql.js";
import { type IfCurrent, KEPT_WINDOW_MS, keptOrders, keptProducts } from "./roll-up-sql.js";
import { rollUpStore } from "./roll-up-store.js";

/** Conversion figures by two set-based statements: people by state, credited orders. */
export function conversionStore(context: SqlContext): ConversionStore {
  const { db, dialect, heavy } = context;
  const read = <R>(query: RawBuilder<R>) => heavy<R>({ compile: () => query.compile(db) });

  /** Rows over the credits that are kept, where the question is one for them and they are those of the ledger; else by a search. */
  async function byRollUp<R extends { readonly orders: number }>(
    query: ConversionQuery,
    kept: () => RawBuilder<IfCurrent<R>>,
    search: () => RawBuilder<R>,
  ): Promise<readonly R[]> {
    const { fromRollUp = false, pushesAsOf, windowMs } = query;
    if (fromRollUp && pushesAsOf === undefined && windowMs <= KEPT_WINDOW_MS) {
      const rows = await read(kept());
      // Beside nothing stands the one row that says so.
      if (rows[0]?.isCurrent === 1) return rows.filter(({ orders }) => orders !== null).map(withoutMark<R>);
    }
    return read(search());
  }

  async function figuresOf(
    query: Parameters<ConversionStore["figures"]>[0],
    periods: readonly Period[],
  ): Promise<readonly ConversionFigures[]> {
    const people = await read(peopleByBestState(query, periods, dialect));
    const orders = await byRollUp(
      query,
      () => keptOrders(query, periods, dialect),
      () => creditedOrders(query, periods, dialect),
    );
    return periods.map((_, index) => {
      const counts = people.filter(({ period }) => period === index);
      const withBest = (best: number) => counts.find((row) => row.best === best)?.n ?? 0;
      const { period: __, ...credited } = orders.find(({ period }) => period === index) ?? {
        period: index,
        ...NO_ORDERS,
      };
      return {
        delivered: withBest(1),
        waiting: withBest(2),
        notDelivered: withBest(3),
        failed: withBest(4),
        unknown: withBest(5),
        audience: counts.reduce((sum, row) => sum + row.n, 0),
        ...credited,
      };
    });
  }

  return {
    async figures(query) {
      const { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = query;
      const [figures] = await figuresOf(query, [{ from, to }]);
      if (!figures) throw new RangeError("one period gives one row of figures");
      return figures;
    },
    async dueRange(query) {
      const [range] = await read(firstAndLastDue(query, dialect));
      return range && range.first !== null && range.last !== null
        ? { first: range.first, last: range.last }
        : undefined;
    },
    figuresOf: (query, periods) => (periods.length === 0 ? Promise.resolve([]) : figuresOf(query, periods)),
    async funnel(query) {
      const all = await read(peopleBySteps(query, { isByChannel: false }, dialect));
      // Sums over nobody are a row of nulls.
      return [
        ...all.filter(({ audience }) => audience > 0),
        ...(await read(peopleBySteps(query, { isByChannel: true }, dialect))),
      ];
    },
    async funnelPeople(query, of, page) {
      const limit = pageLimit(page);
      const after = { afterId: cursorToId(page.cursor), limit: limit + 1 };
      return pageBy(await read(peopleOfStep(query, of, after, dialect)), limit, ({ deliveryId }) => String(deliveryId));
    },
    products: async (query, limit): Promise<readonly ProductFigures[]> =>
      limit === 0
        ? []
        : byRollUp(
            query,
            () => keptProducts(query, limit, dialect),
            () => productsBought(query, limit, dialect),
          ),
    ...rollUpStore(context),
  };
}

/** A row as a search would have found it. */
function withoutMark<R>({ isCurrent: _, ...row }: IfCurrent<R>): R {
  // All columns are there: the row was joined to the mark.
  return row as R;
}

const NO_ORDERS = { orders: 0, buyers: 0, revenueMinor: 0, refundedMinor: 0 };
