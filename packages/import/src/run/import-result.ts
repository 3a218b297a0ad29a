import type { IngestCounts } from "@recallkit/core";
import type { Mapping } from "../mapping/mapping.js";
import type { TalliedCode } from "../reading/tally.js";

/** What an import did, or would do. Its size does not depend on the files'. */
export interface ImportResult {
  readonly kind: Mapping["kind"];
  readonly dryRun: boolean;
  /** Rows of data in the files, broken ones included. */
  readonly rows: number;
  /** Orders, people or opt-outs. */
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Orders, people or opt-outs that were not taken. */
  readonly refused: number;
  /** Rows that were not taken. */
  readonly rejectedRows: number;
  /** The same by field and code, with the first lines. */
  readonly rejected: readonly TalliedCode[];
  /** Optional values left out of rows that were taken. */
  readonly dropped: readonly TalliedCode[];
  /** Rows that tell what others have told. */
  readonly repeated: number;
  /** Rows passed over on purpose, by the reason of their rule. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Orders that were known and are told differently; `first`: numbers of up to ten. */
  readonly changed: { readonly orders: number; readonly first: readonly string[] };
  /** Addresses that went from one person to another. */
  readonly moved: number;
  readonly warnings: readonly TalliedCode[];
  /** Of orders: distinct buyers. */
  readonly customers?: IngestCounts | undefined;
  /** Of orders: distinct entries of the label library. */
  readonly labels?: IngestCounts | undefined;
  /** Of orders: sum of those that were taken, minor units of `currency`. */
  readonly amountMinor?: number | undefined;
  readonly currency: string;
}
