import * as z from "zod";
import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";
import { requiredName, requiredText } from "./customer-schema.js";
import { ensureLabels } from "./ensure-labels.js";
import { inTurn } from "./in-turn.js";
import {
  type IngestOptions,
  type IngestResult,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "./outcome.js";

/** A label of a person as a host hands it in. */
export interface LabelAssignment {
  /** The host's own key of the person, who must be known; 1 … 255 characters. */
  readonly externalKey: string;
  /** Only a kind that describes the person. */
  readonly kind: "city";
  /** Key of the label, 1 … 255 characters: of a city its name. */
  readonly key: string;
  /** What people read, one line of 1 … 255 characters. @default as it is stored, of a new label the key */
  readonly name?: string | null | undefined;
}

/** A row of `labels.assign`. */
export const assignmentSchema = z.strictObject({
  externalKey: requiredText(255),
  kind: z.literal("city"),
  key: requiredText(255),
  name: requiredName(255).optional(),
});

/** Gives labels to people, 500 rows per transaction. Unknown customers are rejected, unknown labels are made. */
export async function assignLabels(
  context: { readonly stores: Stores; readonly clock: Clock; readonly tenantId: number },
  rows: Iterable<LabelAssignment> | AsyncIterable<LabelAssignment>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  const { stores, clock, tenantId } = context;
  const rejections = rejectionKeeper(options);
  const assertTaken = rejectionCheck(stores, options);
  let inserted = 0;
  let valid = 0;
  let seen = 0;
  for await (const chunk of chunksOf(rows, 500)) {
    options.signal?.throwIfAborted();
    const rejected: RowRejection[] = [];
    const parsed = chunk.flatMap((input, offset) => {
      const read = checkInput(assignmentSchema, withoutNulls(input));
      const index = seen + offset;
      if (!("issues" in read)) return [{ index, row: read.value }];
      rejected.push(rejectionOf(index, read.issues));
      return [];
    });
    assertTaken(rejected);
    const at = clock.now();
    const outcome = await inTurn(stores, tenantId, async (tx) => {
      const keys = [...new Set(parsed.map(({ row }) => row.externalKey))];
      const ids = new Map(
        (await tx.customers.findByKeys(tenantId, keys)).map(({ externalKey, id }) => [externalKey, id]),
      );
      const unknown = parsed.flatMap(({ index, row }) => (ids.has(row.externalKey) ? [] : [unknownCustomer(index)]));
      assertTaken(unknown);
      const known = parsed.flatMap(({ row }) => {
        const customerId = ids.get(row.externalKey);
        return customerId === undefined ? [] : [{ ...row, customerId }];
      });
      const labels = await ensureLabels(tx, tenantId, known);
      const pairs = known.map(({ customerId, kind, key }) => ({ customerId, labelId: labels.idOf(kind, key) }));
      const unique = [...new Map(pairs.map((pair) => [`${pair.customerId}/${pair.labelId}`, pair])).values()];
      const added = unique.length > 0 ? await tx.labels.assign(tenantId, unique) : 0;
      const relabelled = added > 0 ? new Set(unique.map((pair) => pair.customerId)) : [];
      const changes = [
        ...[...relabelled].map((id) => ({ kind: "customer" as const, id })),
        ...[...labels.newIds, ...labels.renamedIds].map((id) => ({ kind: "label" as const, id })),
      ];
      if (changes.length > 0) await tx.tenants.recordChanges(tenantId, changes, { at });
      return { added, known: pairs.length, unknown };
    });
    inserted += outcome.added;
    valid += outcome.known;
    rejections.add([...rejected, ...outcome.unknown]);
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return { inserted, updated: 0, unchanged: valid - inserted, rejected: rejections.all() };
}

function unknownCustomer(index: number): RowRejection {
  return { index, path: "externalKey", code: "customer.not-found", message: "no customer has this key" };
}
