import type { BatchState, OccurrenceState } from "../delivery/states.js";

/** What a listener of `kit.on` hears. Hints for progress displays; the ledger has the facts. */
export type KitEvent =
  | {
      readonly type: "occurrence";
      readonly tenantId: number;
      readonly occurrenceId: number;
      readonly ruleId: number;
      readonly state: OccurrenceState;
      readonly reason: string | null;
    }
  | { readonly type: "snapshot"; readonly tenantId: number; readonly occurrenceId: number; readonly people: number }
  | {
      readonly type: "batch";
      readonly tenantId: number;
      readonly occurrenceId: number;
      readonly batchId: number;
      readonly number: number;
      readonly state: BatchState;
    }
  | {
      readonly type: "results";
      readonly tenantId: number;
      readonly occurrenceId: number;
      readonly batchId: number;
      readonly waiting: number;
    };
