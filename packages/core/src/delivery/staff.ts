import * as z from "zod";
import { pagesOfChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError, RecallKitError } from "../errors.js";
import { pageFields } from "../page.js";
import type { Channel } from "../ports/channel.js";
import { checkedConfirmations } from "./check-answers.js";
import type { Confirmation } from "./delivery.js";
import { channelOf } from "./tasks.js";

/** What {@link staffOf} may be told. */
export const staffOptionsSchema = z.strictObject({ cursor: pageFields.cursor });
/** Batches of an occurrence that its provider is asked about at once. */
const MOST_BATCHES = 50;
/** Members of one batch that are told of. */
const MOST_MEMBERS = 1_000;

/** A member of staff who has a batch to hand out. */
export interface StaffTask extends Confirmation {
  /** Batch of the occurrence. */
  readonly batchId: number;
}

/** Staff of some batches of an occurrence, as their provider tells of them now. */
export interface StaffPage {
  /** Members, batch by batch. */
  readonly items: readonly StaffTask[];
  /** Batches that the provider did not tell of, with the code of each. */
  readonly failed: readonly { readonly batchId: number; readonly code: string }[];
  /** Where the next page begins; null: no batch follows. */
  readonly nextCursor: string | null;
}

/**
 * Asks the provider who of the staff has confirmed what of an occurrence, one batch after the other. Batches of channels that
 * need nobody's yes have no rows.
 *
 * @throws {NotFoundError} `occurrence.not-found`
 */
export async function staffOf(
  context: EngineContext,
  tenantId: number,
  occurrenceId: number,
  { cursor }: { readonly cursor?: string | null | undefined } = {},
): Promise<StaffPage> {
  const { stores, logger } = context;
  if (!(await stores.occurrences.get(tenantId, occurrenceId))) {
    throw new NotFoundError("occurrence.not-found", `no occurrence ${occurrenceId}`);
  }
  const from = { occurrenceId, states: ["accepted"] as const, limit: MOST_BATCHES, cursor: cursor ?? null };
  const page = await stores.batches.list(tenantId, from);
  const items: StaffTask[] = [];
  const failed: { batchId: number; code: string }[] = [];
  for (const batch of page.items) {
    const { id: batchId, providerMessageId } = batch;
    if (providerMessageId === null) continue;
    try {
      const channel = await channelOf(context, batch);
      for await (const one of membersOf(context, channel, providerMessageId)) items.push({ ...one, batchId });
    } catch (error) {
      const code = RecallKitError.is(error) ? error.code : "bug";
      failed.push({ batchId, code });
      logger.warn("batch.task_failed", { tenantId, batchId, code });
    }
  }
  return { items, failed, nextCursor: page.nextCursor };
}

async function* membersOf(context: EngineContext, channel: Channel, messageId: string): AsyncGenerator<Confirmation> {
  if (!channel.confirmations) return;
  let told = 0;
  const pages = pagesOfChannel(
    context,
    channel.name,
    (signal) => channel.confirmations?.(messageId, { signal }) ?? NONE,
  );
  for await (const rows of pages) {
    for (const member of checkedConfirmations(channel.name, rows)) {
      if (++told > MOST_MEMBERS) return;
      yield member;
    }
  }
}

const NONE: AsyncIterable<readonly Confirmation[]> = (async function* () {})();
