import * as z from "zod";
import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";
import { requiredName, requiredText } from "./customer-schema.js";
import { ensureLabels } from "./ensure-labels.js";
import { inTurn } from "./in-turn.js";
import { LABEL_KINDS, type LabelKind } from "./label.js";
import {
  type IngestOptions,
  type IngestResult,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "./outcome.js";

/** A label of the library. */
export interface LabelEntry {
  /** What the label says something about. */
  readonly kind: LabelKind;
  /** What filters use, 1 … 255 characters: the name of a city or brand, the bind id of a store, category or product. */
  readonly key: string;
  /** What people read, one line of 1 … 255 characters. @default as it is stored, of a new label the key */
  readonly name?: string | null | undefined;
}

/** A row of `labels.put`. */
export const entrySchema = z.strictObject({
  kind: z.enum(LABEL_KINDS),
  key: requiredText(255),
  name: requiredName(255).optional(),
});

const ROWS = 500;

/** Adds labels to the library or gives them another name, 500 rows per transaction. Of repeated keys the last name counts. */
export async function putLabels(
  context: { readonly stores: Stores; readonly clock: Clock; readonly tenantId: number },
  rows: Iterable<LabelEntry> | AsyncIterable<LabelEntry>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  const { stores, clock, tenantId } = context;
  const rejections = rejectionKeeper(options);
  const assertTaken = rejectionCheck(stores, options);
  let [inserted, updated, valid, seen] = [0, 0, 0, 0];
  for await (const chunk of chunksOf(rows, ROWS)) {
    options.signal?.throwIfAborted();
    const rejected: RowRejection[] = [];
    const entries = chunk.flatMap((input, offset) => {
      const read = checkInput(entrySchema, withoutNulls(input));
      if (!("issues" in read)) return [read.value];
      rejected.push(rejectionOf(seen + offset, read.issues));
      return [];
    });
    assertTaken(rejected);
    const at = clock.now();
    const { newIds, renamedIds } = await inTurn(stores, tenantId, async (tx) => {
      const ensured = await ensureLabels(tx, tenantId, entries);
      const changes = [...ensured.newIds, ...ensured.renamedIds].map((id) => ({ kind: "label" as const, id }));
      if (changes.length > 0) await tx.tenants.recordChanges(tenantId, changes, { at });
      return ensured;
    });
    rejections.add(rejected);
    inserted += newIds.length;
    updated += renamedIds.length;
    valid += entries.length;
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return { inserted, updated, unchanged: valid - inserted - updated, rejected: rejections.all() };
}
