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

/** Recomputes conversion figures from deliveries and orders; stores nothing. */
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
}
