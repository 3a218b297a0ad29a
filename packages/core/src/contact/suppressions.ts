import * as z from "zod";
import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import type { Customer } from "../customer/customer.js";
import { requiredText } from "../customer/customer-schema.js";
import { findCustomers } from "../customer/find-customers.js";
import { inTurn } from "../customer/in-turn.js";
import {
  type IngestOptions,
  type IngestResult,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "../customer/outcome.js";
import { NotFoundError } from "../errors.js";
import { channelNameSchema } from "../input.js";
import { pageFields } from "../page.js";
import type { Stores } from "../ports/stores.js";
import type { SuppressionEntry } from "../ports/suppression-store.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput, parseInput } from "../zod-issues.js";
import type { Suppression, SuppressionInput, SuppressionListOptions } from "./suppression.js";

interface SuppressionContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
}

/** What `suppressions.add` takes, without its nulls. */
export const suppressionSchema = z
  .strictObject({
    channel: z
      .string()
      .regex(/^(\*|[a-z][a-z0-9_-]{0,63})(#[^\p{C}]{1,64})?$/u, {
        message: "must be the name of a channel, or *; with # and a category for messages of that category",
      })
      .default("*"),
    address: requiredText(255).optional(),
    externalKey: requiredText(255).optional(),
    reason: requiredText(255),
  })
  .refine((entry) => (entry.address === undefined) !== (entry.externalKey === undefined), {
    path: ["address"],
    message: "one of address and externalKey is needed",
  });

/** What a list of suppressions may ask for. */
export const suppressionFilterSchema = z.strictObject({
  ...pageFields,
  channel: channelNameSchema.optional(),
} satisfies Record<keyof SuppressionListOptions, z.ZodType>);

/**
 * Keeps somebody from being contacted, from the next batch on; a repeat takes the new reason. A key that nobody has yet waits
 * for its customer.
 *
 * @throws {InputError}
 */
export async function addSuppression(context: SuppressionContext, input: SuppressionInput): Promise<Suppression> {
  const { stores, clock, tenantId } = context;
  const entry = parseInput(suppressionSchema, withoutNulls(input));
  // In turn with imports, so that nobody comes between the look and the entry.
  const keep = async (tx: Stores) => {
    const [row] = await entriesOf(tx, tenantId, [entry], clock.now());
    return (await tx.suppressions.put(row as SuppressionEntry)).suppression;
  };
  return entry.externalKey === undefined ? stores.transaction(keep) : inTurn(stores, tenantId, keep);
}

/** The same with a list, 500 rows per transaction. Of several rows about one the last counts. */
export async function addSuppressions(
  { stores, clock, tenantId }: SuppressionContext,
  rows: Iterable<SuppressionInput> | AsyncIterable<SuppressionInput>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  const rejections = rejectionKeeper(options);
  const assertTaken = rejectionCheck(stores, options);
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  let seen = 0;
  for await (const chunk of chunksOf(rows, 500)) {
    options.signal?.throwIfAborted();
    const rejected: RowRejection[] = [];
    const good = chunk.flatMap((input, offset) => {
      const read = checkInput(suppressionSchema, withoutNulls(input));
      if (!("issues" in read)) return [read.value];
      rejected.push(rejectionOf(seen + offset, read.issues));
      return [];
    });
    assertTaken(rejected);
    const { added, changed } = await inTurn(stores, tenantId, async (tx) => {
      const entries = await entriesOf(tx, tenantId, good, clock.now());
      const targetOf = (entry: SuppressionEntry) =>
        JSON.stringify([entry.channel, entry.address, entry.customerId, entry.externalKey]);
      return tx.suppressions.putMany(tenantId, [...new Map(entries.map((entry) => [targetOf(entry), entry])).values()]);
    });
    total.inserted += added;
    total.updated += changed;
    total.unchanged += good.length - added - changed;
    rejections.add(rejected);
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return { ...total, rejected: rejections.all() };
}

/** Entries about whom rows mean: an address, a customer, or the key of one who is still to come. */
async function entriesOf(
  tx: Stores,
  tenantId: number,
  rows: readonly z.output<typeof suppressionSchema>[],
  createdAt: number,
): Promise<readonly SuppressionEntry[]> {
  const keys = [...new Set(rows.flatMap(({ externalKey }) => externalKey ?? []))];
  const people = keys.length > 0 ? await findCustomers(tx, tenantId, keys) : new Map<string, Customer>();
  return rows.map(({ channel, address = null, externalKey = null, reason }) => {
    const customerId = people.get(externalKey ?? "")?.id ?? null;
    const waiting = customerId === null ? externalKey : null;
    return { tenantId, channel, address, customerId, externalKey: waiting, reason, createdAt };
  });
}

/** @throws {NotFoundError} `suppression.not-found` */
export async function removeSuppression({ stores, tenantId }: SuppressionContext, id: number): Promise<void> {
  if (await stores.suppressions.remove(tenantId, id)) return;
  throw new NotFoundError("suppression.not-found", `no suppression ${id}`);
}
