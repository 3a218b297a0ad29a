import { slicesOf } from "../chunks.js";
import { ConflictError, InputError, type InputIssue, NotFoundError } from "../errors.js";
import type { Read } from "../instant.js";
import type { NewMessage } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import { checkInput } from "../zod-issues.js";
import {
  acceptingTemplate,
  dueAtOf,
  type GoodRecipient,
  type MessageContext,
  recipientJudge,
  rowsOf,
} from "./accept.js";
import { acceptRow } from "./gather.js";
import type {
  Message,
  MessageBatch,
  MessageBatchInput,
  MessageInput,
  MessageProgress,
  MessageRejection,
  SentMessage,
} from "./message.js";
import { traceIdOf } from "./message-names.js";
import { rowOfSend } from "./row-of-send.js";
import { batchRecipientSchema } from "./send-schema.js";
import { FINAL_MESSAGE_STATES } from "./states.js";

const ROWS = 1_000;

/**
 * Accepts a message: once this returns it goes out, however often the process dies.
 *
 * @throws {InputError}, {NotFoundError} `template.not-found`
 * @throws {ConflictError} `template.inactive`; `message.request-differs`: the key was used for another message
 */
export async function sendMessage(
  context: MessageContext,
  { templateId, recipient, variables = {}, priority = 5, sendAt, idempotencyKey, digest, throttle }: Read<MessageInput>,
): Promise<SentMessage> {
  const { clock, ids } = context;
  const createdAt = clock.now();
  const notBefore = dueAtOf(createdAt, sendAt);
  const requestKey = idempotencyKey === undefined ? ids.next() : `k:${idempotencyKey}`;
  const facts = { requestKey, batchId: null, priority, notBefore, createdAt };
  const { row, key } = await rowOfSend(context, templateId, { recipient, variables, facts });
  const { message, isNew } = await acceptRow(context, row, { digest, throttle });
  if (!isNew && digest === undefined && throttle === undefined && isOther(message, row)) {
    throw new ConflictError("message.request-differs", "the idempotency key was used for another message");
  }
  context.messageBell.ring();
  if (isNew && message.notBefore !== null && message.notBefore <= createdAt)
    context.announce({ kind: "message", id: message.id, priority });
  return { ...message, traceId: traceIdOf(key, message.id), isNew };
}

function isOther(message: Message, row: NewMessage): boolean {
  return (
    message.templateId !== row.templateId ||
    message.addressHash !== row.addressHash ||
    JSON.stringify(message.variables) !== JSON.stringify(row.variables)
  );
}

/**
 * Accepts up to 10 000 messages as one batch, in one transaction. A recipient that is wrong is left out and told of, and so is
 * an address that is given twice; the others go out.
 *
 * @throws as {@link sendMessage}; {InputError} with the first faults when no recipient is good
 */
export async function sendMessageBatch(
  context: MessageContext,
  { templateId, recipients, variables = {}, priority = 5, sendAt, idempotencyKey }: Read<MessageBatchInput>,
): Promise<MessageBatch & { readonly isNew: boolean }> {
  const { clock, ids, stores, tenantId } = context;
  const createdAt = clock.now();
  const notBefore = dueAtOf(createdAt, sendAt);
  const accepting = await acceptingTemplate(context, stores, templateId);
  const { good, rejected, duplicates } = sorted(recipients, variables, recipientJudge(accepting));
  if (good.length === 0 && rejected.length > 0) {
    const first = rejected.slice(0, MOST_TOLD);
    throw new InputError(first.map(({ index, path, ...fault }) => ({ ...fault, path: `recipients.${index}.${path}` })));
  }
  const request = {
    templateId,
    priority,
    total: recipients.length,
    accepted: good.length,
    duplicates,
    rejected,
    requestKey: idempotencyKey === undefined ? ids.next() : `k:${idempotencyKey}`,
    createdAt,
  };
  const accepted = await stores.transaction(async (tx: Stores) => {
    const { batch, isNew } = await tx.messages.insertBatch(tenantId, request);
    if (!isNew) return { ...batch, isNew };
    const same = { batchId: batch.id, priority, notBefore, createdAt };
    for (const part of slicesOf(good, ROWS)) {
      const named = part.map(({ index, ...one }) => ({
        ...one,
        facts: { ...same, requestKey: `b${batch.id}:${index}` },
      }));
      await tx.messages.insertMany(tenantId, await rowsOf(tx, tenantId, accepting, named));
    }
    return { ...batch, isNew };
  });
  if (!accepted.isNew && (accepted.templateId !== templateId || accepted.total !== recipients.length)) {
    throw new ConflictError("message.request-differs", "the idempotency key was used for another batch");
  }
  context.messageBell.ring();
  // One word for all of them: whoever hears it finds them in the ledger.
  if (accepted.isNew && notBefore <= createdAt) context.announce({ kind: "message-batch", id: accepted.id, priority });
  return accepted;
}

/** Faults of recipients that an error tells of. */
const MOST_TOLD = 100;

interface Sorted {
  readonly good: (GoodRecipient & { readonly index: number })[];
  readonly rejected: MessageRejection[];
  readonly duplicates: number;
}

function sorted(
  recipients: readonly unknown[],
  shared: Readonly<Record<string, unknown>>,
  judge: ReturnType<typeof recipientJudge>,
): Sorted {
  const good: Sorted["good"] = [];
  const rejected: MessageRejection[] = [];
  const seen = new Set<string>();
  let duplicates = 0;
  recipients.forEach((given, index) => {
    const read = readRecipient(given);
    const judged = "issues" in read ? read : judge(read.recipient, { ...shared, ...read.variables });
    if ("issues" in judged) {
      const [fault] = judged.issues;
      rejected.push({
        index,
        path: fault?.path ?? "",
        code: fault?.code ?? "input.invalid",
        message: fault?.message ?? "is wrong",
      });
    } else if (seen.has(judged.address)) duplicates += 1;
    else {
      seen.add(judged.address);
      good.push({ ...judged, index });
    }
  });
  return { good, rejected, duplicates };
}

function readRecipient(
  given: unknown,
):
  | { readonly recipient: unknown; readonly variables: Readonly<Record<string, unknown>> }
  | { readonly issues: readonly InputIssue[] } {
  if (typeof given === "string") return { recipient: given, variables: {} };
  const read = checkInput(batchRecipientSchema, given);
  return "issues" in read ? read : read.value;
}

/** A batch with how far it is. @throws {NotFoundError} `message-batch.not-found` */
export async function batchProgress(
  { messages }: Pick<Stores, "messages">,
  tenantId: number,
  batchId: number,
): Promise<MessageProgress> {
  const batch = await messages.getBatch(tenantId, batchId);
  if (!batch) throw new NotFoundError("message-batch.not-found", `no batch ${batchId}`);
  const byState = await messages.countByState(tenantId, batchId);
  const done = FINAL_MESSAGE_STATES.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  return { ...batch, byState, done, progress: batch.accepted === 0 ? 1 : done / batch.accepted };
}

/** Cancels what of a batch has not begun. @throws {NotFoundError} `message-batch.not-found` */
export async function cancelBatch(
  { stores, clock, tenantId }: MessageContext,
  batchId: number,
): Promise<{ readonly cancelled: number; readonly batch: MessageProgress }> {
  const at = clock.now();
  const cancelled = await stores.transaction(async (tx) => {
    if (!(await tx.messages.markCancelled(tenantId, batchId, at))) {
      throw new NotFoundError("message-batch.not-found", `no batch ${batchId}`);
    }
    return tx.messages.cancel(tenantId, { batchId }, at);
  });
  return { cancelled, batch: await batchProgress(stores, tenantId, batchId) };
}

/** Cancels a message that has not begun. @throws {NotFoundError} `message.not-found`. @throws {ConflictError} `message.begun` */
export async function cancelMessage({ stores, clock, tenantId }: MessageContext, messageId: number): Promise<Message> {
  const cancelled = await stores.transaction((tx) => tx.messages.cancel(tenantId, { messageId }, clock.now()));
  const message = await stores.messages.get(tenantId, messageId);
  if (!message) throw new NotFoundError("message.not-found", `no message ${messageId}`);
  if (cancelled === 0 && message.state !== "cancelled") {
    throw new ConflictError("message.begun", `message ${messageId} is ${message.state}`);
  }
  return message;
}
