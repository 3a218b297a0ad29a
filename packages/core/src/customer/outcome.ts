import * as z from "zod";
import { InputError, type InputIssue } from "../errors.js";
import { listenerSchema, signalSchema } from "../input.js";
import type { Stores } from "../ports/stores.js";
import { ATTRIBUTE_TYPES, type AttributeType } from "./customer.js";

/** Whether rows that cannot be taken are told of, or end the call. */
export type OnRejected = "throw" | "return";

/** Why one row was not taken. */
export interface RowRejection {
  /** 0-based position in the input. */
  readonly index: number;
  /** Dotted path inside the row. */
  readonly path: string;
  /** Why, as a code of the list of errors. */
  readonly code: string;
  /** Why, as a sentence without values of the row. */
  readonly message: string;
}

/** An optional value that was not taken; the rest of its row was. */
export type RowDrop = RowRejection;

/** What becomes of an identity that belongs to another customer. */
export const IDENTITY_MOVES = ["refuse", "move", "merge"] as const;
export type IdentityMove = (typeof IDENTITY_MOVES)[number];

/** What becomes of an order that comes again with other facts. */
export const ORDER_CHANGES = ["replace", "merge", "refuse"] as const;
export type OrderChange = (typeof ORDER_CHANGES)[number];

/** A row that is refused for the first of its faults. */
export function rejectionOf(index: number, issues: readonly InputIssue[]): RowRejection {
  const { path = "", code = "", message = "" } = issues[0] ?? {};
  return { index, path, code, message };
}

/** What became of rows. */
export interface IngestCounts {
  /** Rows that were new. */
  readonly inserted: number;
  /** Rows that changed what was stored. */
  readonly updated: number;
  /** Rows that said what was stored already. */
  readonly unchanged: number;
}

/** What an ingestion did; the counts and `rejected` add up to the rows given. */
export interface IngestResult extends IngestCounts {
  /** Rows that were not taken, with their reasons. */
  readonly rejected: readonly RowRejection[];
}

/** Facts of people also tell what of them was left out. */
export interface CustomerIngestResult extends IngestResult {
  /** Optional values that were wrong or belong to another customer, by row. Their rows were taken without them. */
  readonly dropped: readonly RowDrop[];
  /** Identities that were taken from another customer. */
  readonly moved: number;
}

/** Order ingestion also tells what happened to customers and labels on the way. */
export interface OrderIngestResult extends CustomerIngestResult {
  /** Orders that came again with other facts and were changed, and the external ids of the first ten. */
  readonly changed: { readonly orders: number; readonly first: readonly string[] };
  /** Distinct buyers. */
  readonly customers: IngestCounts;
  /** Distinct entries of the label library. */
  readonly labels: IngestCounts;
  /** Sum of the orders that were taken, minor units. */
  readonly amountMinor: number;
}

/** What was wrong with the rows of one chunk, by ascending index. */
export interface IngestFaults {
  /** Rows that were not taken. */
  readonly rejected: readonly RowRejection[];
  /** Values of people that were left out of rows that were taken. @default none */
  readonly dropped?: readonly RowDrop[];
}

/** How rows are taken over. */
export interface IngestOptions {
  /**
   * What becomes of rows that cannot be taken: `return` tells of them and takes the others, `throw` takes none of the chunk of 500
   * that they stand in.
   *
   * @default "throw" inside `stores.transaction` and a host's transaction, so that everything is written or nothing; else "return"
   */
  readonly onRejected?: OnRejected | null | undefined;
  /**
   * Told of what is wrong after each chunk, instead of keeping it for the result, which then tells of none: memory stays flat
   * over long inputs.
   *
   * @default the result tells of all
   */
  readonly onFaults?: ((faults: IngestFaults) => void) | null | undefined;
  /** Aborting it ends the call with its reason between two chunks; what was taken stays. @default none */
  readonly signal?: AbortSignal | null | undefined;
  /** Called after every chunk with the rows handled so far. @default nobody is told */
  readonly onProgress?: ((progress: { readonly rows: number }) => void) | null | undefined;
}

/** How facts of people are taken over. */
export interface CustomerIngestOptions extends IngestOptions {
  /** An optional value that is wrong, or belongs to somebody else, rejects its row instead of being left out. @default false */
  readonly strict?: boolean | null | undefined;
  /**
   * What becomes of an identity that belongs to another customer: `refuse` leaves it with them and out of the row, `move` takes
   * it from them, `merge` takes the other customer for the same person and merges them into the one of the row.
   *
   * @default "refuse"
   */
  readonly onIdentityMove?: IdentityMove | null | undefined;
  /** Types of attributes by name, for those that nobody has yet. @default the type of their first value */
  readonly attributeTypes?: Readonly<Record<string, AttributeType>> | null | undefined;
}

export const ingestOptionsSchema = z.strictObject({
  onRejected: z.enum(["throw", "return"]).optional(),
  onFaults: listenerSchema.optional(),
  signal: signalSchema.optional(),
  onProgress: listenerSchema.optional(),
} satisfies Record<keyof IngestOptions, z.ZodType>);

export const customerIngestOptionsSchema = ingestOptionsSchema.extend({
  strict: z.boolean().optional(),
  onIdentityMove: z.enum(IDENTITY_MOVES).optional(),
  attributeTypes: z.record(z.string(), z.enum(ATTRIBUTE_TYPES)).optional(),
} satisfies Record<Exclude<keyof CustomerIngestOptions, keyof IngestOptions>, z.ZodType>);

/**
 * What looks at rejected rows before anything is committed.
 *
 * @returns throws {InputError} with `rows.<index>.<path>` of each row, where that is asked for
 */
export function rejectionCheck(
  stores: Pick<Stores, "inTransaction">,
  { onRejected }: IngestOptions,
): (rejected: readonly RowRejection[]) => void {
  const manner = onRejected ?? (stores.inTransaction?.() ? "throw" : "return");
  return (rejected) => {
    if (manner === "return" || rejected.length === 0) return;
    throw new InputError(
      rejected.map(({ index, path, code, message }) => ({ path: `rows.${index}${path && `.${path}`}`, code, message })),
    );
  };
}

/** Keeps rejected rows and dropped values for the result, or tells `onFaults` of them, chunk by chunk. */
export function rejectionKeeper({ onFaults }: IngestOptions): {
  readonly add: (rejected: readonly RowRejection[], dropped?: readonly RowDrop[]) => void;
  readonly all: () => readonly RowRejection[];
  readonly allDropped: () => readonly RowDrop[];
} {
  const kept: RowRejection[] = [];
  const keptDrops: RowDrop[] = [];
  const inOrder = (rows: readonly RowRejection[]) => rows.toSorted((a, b) => a.index - b.index);
  return {
    add(rejected, dropped = []) {
      if (rejected.length + dropped.length === 0) return;
      if (onFaults) onFaults({ rejected: inOrder(rejected), dropped: inOrder(dropped) });
      else {
        kept.push(...inOrder(rejected));
        keptDrops.push(...inOrder(dropped));
      }
    },
    all: () => kept,
    allDropped: () => keptDrops,
  };
}

/** Rows to take over, one after the other; each is checked by itself, and rejected by itself. */
export const rowsSchema = z.custom<Iterable<unknown> | AsyncIterable<unknown>>(
  (value) => typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value),
  { message: "must be an iterable of rows" },
);
