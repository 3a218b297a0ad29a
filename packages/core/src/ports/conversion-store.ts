import type { ConversionFigures, ConversionQuery } from "../conversion/report.js";

/** Recomputes conversion figures from deliveries and orders; stores nothing. */
export interface ConversionStore {
  figures(query: ConversionQuery): Promise<ConversionFigures>;
}
