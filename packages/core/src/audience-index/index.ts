// Counts of segments in memory: `@recallkit/core/audience-index`. An entry of its own, since most hosts ask the store.
export {
  type AudienceIndex,
  type AudienceIndexOptions,
  type AudienceIndexState,
  type CountWithout,
  createAudienceIndex,
  type LastOrders,
  type LongCall,
} from "./audience-index.js";
export type { WriteBytes } from "./snapshot.js";
