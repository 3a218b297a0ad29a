import type { FunnelCounts, FunnelPerson, FunnelStepName } from "../conversion/funnel.js";
import type { ConversionFigures, ConversionQuery } from "../conversion/report.js";
import type { ProductFigures } from "../conversion/statistics.js";
import type { Page, PageRequest } from "../page.js";

/** Half-open instants [from, to), epoch ms. */
export interface Period {
  /** Start, in ms since the epoch, inclusive. */
  readonly from: number;
  /** End, in ms since the epoch, exclusive. */
  readonly to: number;
}

/** How far a store is with the credits that it keeps. */
export interface RollUpStep {
  /** Change of the tenant's feed up to which they were found. */
  readonly revision: number;
  /** Nothing is left to be read. */
  readonly isCurrent: boolean;
}

/**
 * Recomputes conversion figures from deliveries and orders. A store may keep beside them which order is credited to which delivery
 * (a roll-up), and answer from it what it finds to be equal; one that does not says that it is always current.
 */
export interface ConversionStore {
  /** What came back, counted in one statement. */
  figures(query: ConversionQuery): Promise<ConversionFigures>;
  /** First and last instant at which an occurrence of the query with deliveries was due; undefined without any. */
  dueRange(query: ConversionQuery): Promise<{ readonly first: number; readonly last: number } | undefined>;
  /** Figures of the occurrences due in each period, in the order given; periods do not overlap, at most 400. */
  figuresOf(query: ConversionQuery, periods: readonly Period[]): Promise<readonly ConversionFigures[]>;
  /** Lines of the credited orders by SKU (without one by name), most revenue first, then by SKU and name; at most `limit`. */
  products(query: ConversionQuery, limit: number): Promise<readonly ProductFigures[]>;
  /** People by how far they came: a row for all channels together (`channel` null), and one for each, by its name. */
  funnel(query: ConversionQuery): Promise<readonly FunnelCounts[]>;
  /** Deliveries whose person came to a step; or, with `reached` false, to whom was sent and who did not. By ascending id. */
  funnelPeople(
    query: ConversionQuery,
    of: { readonly step: FunnelStepName; readonly reached: boolean },
    page: PageRequest,
  ): Promise<Page<FunnelPerson>>;
  /**
   * Brings the credits that are kept nearer to the rows, in one short transaction: of people whom the feed of changes names or whose
   * touches changed. Without credits, or when the feed no longer reaches back, it begins anew; until it is current reports
   * search.
   *
   * @param step `begin`: whether credits are kept from now on, where none are. `limit`: changes, and deliveries, read at most,
   *   1 … 1 000, up to the end of a revision. `at`: epoch ms
   * @returns undefined: none are kept, and nothing was begun
   */
  rollUp(
    tenantId: number,
    step: { readonly begin: boolean; readonly limit: number; readonly at: number },
  ): Promise<RollUpStep | undefined>;
  /** Keeps no credits any more, and removes some of them. @returns how many were removed; 0: all are gone */
  dropRollUp(tenantId: number, limit: number): Promise<number>;
}
