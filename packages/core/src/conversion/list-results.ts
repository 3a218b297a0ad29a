import type { Batch } from "../delivery/batch.js";
import { LEFT_OUT_DELIVERY_STATES } from "../delivery/states.js";
import { RecallKitError } from "../errors.js";
import type { Read } from "../instant.js";
import { cursorToPosition, type NumberedPage, type NumberedPageRequest, type Page, pageBy } from "../page.js";
import type { Stores } from "../ports/stores.js";
import { onChannel } from "../rule/fall-back-order.js";
import { renderShared, sharedValues } from "../rule/render.js";
import { definitionOf } from "../rule/rule-version.js";
import type { BatchMember, PushResult } from "./push-result.js";
import type { PushFilter, ResultListOptions } from "./statistics.js";

/** A result may name 10 000 people. */
const MOST_RESULTS = 20;

/** A numbered page of batches that were sent or tried, newest attempt first, with their people. */
export async function pageOfResults(
  stores: Stores,
  tenantId: number,
  filter: Read<PushFilter> = {},
  { offset = 0, limit = MOST_RESULTS }: Read<NumberedPageRequest> = {},
): Promise<NumberedPage<PushResult>> {
  const page = { offset, limit: Math.min(limit, MOST_RESULTS) };
  const { items, total } = await stores.batches.tried(tenantId, filter, page);
  return { items: await resultsOf(stores, items), total };
}

/** The same by cursor. */
export async function listResults(
  stores: Stores,
  tenantId: number,
  { cursor, limit = MOST_RESULTS, ...filter }: Read<ResultListOptions> = {},
): Promise<Page<PushResult>> {
  const size = Math.min(limit, MOST_RESULTS);
  const found = await stores.batches.triedAfter(tenantId, filter, cursorToPosition(cursor), size + 1);
  const { items, nextCursor } = pageBy(found, size, ({ attemptedAt, id }) => `${attemptedAt}:${id}`);
  return { items: await resultsOf(stores, items), nextCursor };
}

async function resultsOf(stores: Stores, batches: readonly Batch[]): Promise<readonly PushResult[]> {
  const results: PushResult[] = [];
  // One after the other: each may be large.
  for (const batch of batches) results.push(await resultOf(stores, batch));
  return results;
}

async function resultOf(stores: Stores, batch: Batch): Promise<PushResult> {
  const { tenantId, id: batchId, occurrenceId, ruleId, number, channel, state, reason, providerMessageId } = batch;
  const occurrence = await stores.occurrences.get(tenantId, occurrenceId);
  if (!occurrence) throw new RecallKitError("occurrence.not-found", `batch ${batchId} has no occurrence`);
  const definition = onChannel(await definitionOf(stores, occurrence), channel);
  const tenant = await stores.tenants.get(tenantId);
  const attempt = await stores.attempts.latest(tenantId, batchId);
  const members = await stores.deliveries.members(tenantId, batchId);
  return {
    batchId,
    number,
    occurrenceId,
    ruleId,
    ruleName: definition.name,
    channel,
    state,
    reason,
    content: renderShared(definition.content, sharedValues(definition, occurrence, tenant?.name ?? "")),
    members: members.filter((member) => !isLeftOut(member)),
    leftOut: members.filter(isLeftOut),
    providerMessageId,
    attemptClass: attempt?.class ?? null,
    answer: attempt?.answer ?? null,
    attemptedAt: batch.attemptedAt ?? batch.createdAt,
  };
}

function isLeftOut({ state }: BatchMember): boolean {
  return LEFT_OUT_DELIVERY_STATES.includes(state);
}
