import { InputError } from "../errors.js";
import type { NewMessage } from "../ports/message-store.js";
import { acceptingTemplate, type MessageContext, recipientJudge, rowsOf, type SendFacts } from "./accept.js";

/** A send as it is judged. */
interface Send {
  readonly recipient: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly facts: SendFacts;
}

/** The row of a send, and the key that its trace is named by. */
interface SendRow {
  readonly row: NewMessage;
  readonly key: Uint8Array;
}

interface Waiting {
  readonly send: Send;
  readonly resolve: (row: SendRow) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends whose owners are looked for by one statement. */
const MOST = 1_000;

/** Sends that wait, of each kit, by tenant and template: one whose channels are slow to open keeps nobody else waiting. */
const lines = new WeakMap<MessageContext["messageBell"], Map<string, Waiting[]>>();

/**
 * Judges a send by its template and finds whose address it is. Sends of one template that come in while others are judged share
 * the next reading of it, so that a hundred callers cost as many statements as one.
 *
 * @throws as `acceptingTemplate`; {InputError} every fault of this send at once
 */
export async function rowOfSend(context: MessageContext, templateId: number, send: Send): Promise<SendRow> {
  const waits = (line: Waiting[]) =>
    new Promise<SendRow>((resolve, reject) => {
      line.push({ send, resolve, reject });
    });
  // Inside a transaction of the caller, or of one of which stores cannot tell, it sees what that one sees.
  if (context.stores.inTransaction?.() ?? true) {
    const alone: Waiting[] = [];
    const row = waits(alone);
    await judge(context, templateId, alone);
    return row;
  }
  const own = lines.get(context.messageBell) ?? new Map<string, Waiting[]>();
  lines.set(context.messageBell, own);
  const name = `${context.tenantId}:${templateId}`;
  const line = own.get(name);
  if (line) return waits(line);
  const begun: Waiting[] = [];
  own.set(name, begun);
  const row = waits(begun);
  void work(context, templateId, begun, () => own.delete(name));
  return row;
}

async function work(
  context: MessageContext,
  templateId: number,
  waiting: Waiting[],
  isOver: () => void,
): Promise<void> {
  // Calls of the same turn are one group.
  await null;
  while (waiting.length > 0) await judge(context, templateId, waiting.splice(0, MOST));
  isOver();
}

async function judge(context: MessageContext, templateId: number, group: readonly Waiting[]): Promise<void> {
  const { stores, tenantId } = context;
  try {
    const accepting = await acceptingTemplate(context, stores, templateId);
    const judgeOne = recipientJudge(accepting);
    const good = group.flatMap(({ send: { recipient, variables, facts }, resolve, reject }) => {
      try {
        const judged = judgeOne(recipient, variables);
        if (!("issues" in judged)) return [{ ...judged, facts, resolve }];
        reject(new InputError(judged.issues));
      } catch (error) {
        reject(error);
      }
      return [];
    });
    const rows = await rowsOf(stores, tenantId, accepting, good);
    good.forEach(({ resolve }, index) => {
      const row = rows[index];
      if (row) resolve({ row, key: accepting.key });
    });
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
