import * as z from "zod";
import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";
import { requiredName, requiredText } from "./customer-schema.js";
import { findCustomers } from "./find-customers.js";
import { inTurn } from "./in-turn.js";
import {
  type IngestOptions,
  type IngestResult,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "./outcome.js";
import { placeCities } from "./place-cities.js";

/** A label of a person that is to be taken away. */
export interface LabelRemoval {
  /** The host's own key of the person, who must be known; 1 … 255 characters. */
  readonly externalKey: string;
  /** Only a kind that describes the person. */
  readonly kind: "city";
  /** Key of the label, 1 … 255 characters: of a city its name. */
  readonly key: string;
}

/** A label of a person as a host hands it in; a city takes the place of the one before. */
export interface LabelAssignment extends LabelRemoval {
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

/** A row of `labels.unassign`. */
const removalSchema = assignmentSchema.omit({ name: true });

/** What labels are given and taken with. */
export interface LabelContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
}

/** What became of the labels of known people. */
interface Relabelled {
  readonly inserted: number;
  readonly updated: number;
  readonly customerIds: readonly number[];
  /** Labels of the library that are new or have another name. */
  readonly labelIds: readonly number[];
}

/**
 * Gives labels to people, 500 rows per transaction. Unknown customers are rejected, unknown labels are made. A city takes the
 * place of the one before, and counts as updated then.
 */
export function assignLabels(
  context: LabelContext,
  rows: Iterable<LabelAssignment> | AsyncIterable<LabelAssignment>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  return relabel(context, rows, options, assignmentSchema, async (tx, known) => {
    const held = new Set((await tx.labels.held(context.tenantId, idsOf(known), "city")).map((pair) => pair.customerId));
    const { relabelledIds, newLabelIds, renamedLabelIds } = await placeCities(tx, context.tenantId, known);
    const updated = relabelledIds.filter((id) => held.has(id)).length;
    const labelIds = [...newLabelIds, ...renamedLabelIds];
    return { inserted: relabelledIds.length - updated, updated, customerIds: relabelledIds, labelIds };
  });
}

/** Takes labels from people, 500 rows per transaction. Unknown customers are rejected; a label that somebody does not have is unchanged. */
export function unassignLabels(
  context: LabelContext,
  rows: Iterable<LabelRemoval> | AsyncIterable<LabelRemoval>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  return relabel(context, rows, options, removalSchema, async (tx, known) => {
    const { tenantId } = context;
    const found = await tx.labels.findMany(tenantId, known);
    const labelOf = new Map(found.map(({ id, key }) => [key, id]));
    const held = await tx.labels.held(tenantId, idsOf(known), "city");
    const named = new Set(known.map(({ customerId, key }) => `${customerId}/${labelOf.get(key)}`));
    const gone = held.filter(({ customerId, labelId }) => named.has(`${customerId}/${labelId}`));
    if (gone.length > 0) await tx.labels.unassign(tenantId, gone);
    return { inserted: 0, updated: gone.length, customerIds: gone.map(({ customerId }) => customerId), labelIds: [] };
  });
}

const idsOf = (rows: readonly { readonly customerId: number }[]) => [...new Set(rows.map((row) => row.customerId))];

type Known = z.output<typeof removalSchema> & { readonly customerId: number; readonly name?: string | undefined };

async function relabel(
  { stores, clock, tenantId }: LabelContext,
  rows: Iterable<LabelRemoval> | AsyncIterable<LabelRemoval>,
  options: IngestOptions,
  schema: typeof assignmentSchema | typeof removalSchema,
  change: (tx: Stores, known: readonly Known[]) => Promise<Relabelled>,
): Promise<IngestResult> {
  const rejections = rejectionKeeper(options);
  const assertTaken = rejectionCheck(stores, options);
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  let seen = 0;
  for await (const chunk of chunksOf(rows, 500)) {
    options.signal?.throwIfAborted();
    const rejected: RowRejection[] = [];
    const parsed = chunk.flatMap((input, offset) => {
      const read = checkInput(schema, withoutNulls(input));
      const index = seen + offset;
      if (!("issues" in read)) return [{ index, row: read.value }];
      rejected.push(rejectionOf(index, read.issues));
      return [];
    });
    assertTaken(rejected);
    const at = clock.now();
    const outcome = await inTurn(stores, tenantId, async (tx) => {
      const keys = [...new Set(parsed.map(({ row }) => row.externalKey))];
      const people = await findCustomers(tx, tenantId, keys);
      const unknown = parsed.flatMap(({ index, row }) => (people.has(row.externalKey) ? [] : [unknownCustomer(index)]));
      assertTaken(unknown);
      const known = parsed.flatMap(({ row }) => {
        const customerId = people.get(row.externalKey)?.id;
        return customerId === undefined ? [] : [{ ...row, customerId }];
      });
      const changed = await change(tx, known);
      const changes = [
        ...changed.customerIds.map((id) => ({ kind: "customer" as const, id })),
        ...changed.labelIds.map((id) => ({ kind: "label" as const, id })),
      ];
      if (changes.length > 0) await tx.tenants.recordChanges(tenantId, changes, { at });
      return { ...changed, known: known.length, unknown };
    });
    total.inserted += outcome.inserted;
    total.updated += outcome.updated;
    total.unchanged += outcome.known - outcome.inserted - outcome.updated;
    rejections.add([...rejected, ...outcome.unknown]);
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return { ...total, rejected: rejections.all() };
}

function unknownCustomer(index: number): RowRejection {
  return { index, path: "externalKey", code: "customer.not-found", message: "no customer has this key" };
}
