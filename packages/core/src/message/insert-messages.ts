import { NotFoundError } from "../errors.js";
import type { NewMessage } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import type { Message } from "./message.js";

/** What became of a row. */
export interface InsertedMessage {
  readonly message: Message;
  /** False: a message of the same request was there. */
  readonly isNew: boolean;
}

interface Waiting {
  readonly tenantId: number;
  readonly row: NewMessage;
  readonly resolve: (inserted: InsertedMessage) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows of one transaction. */
const MOST = 500;

/** Somebody else inserted a message of the same request meanwhile. */
const OVERTAKEN = Symbol("overtaken");

interface Line {
  readonly waiting: Waiting[];
  isWriting: boolean;
}

/** Rows that wait for the transaction under way, of each set of stores: those of a host's transaction are its own. */
const lines = new WeakMap<Stores, Line>();

/**
 * Keeps a message: once this answers it is committed. What comes in while a transaction is under way shares the next one, so
 * that a hundred callers wait for the disk together.
 */
export async function insertMessage(stores: Stores, tenantId: number, row: NewMessage): Promise<InsertedMessage> {
  const waits = (line: Waiting[]) =>
    new Promise<InsertedMessage>((resolve, reject) => {
      line.push({ tenantId, row, resolve, reject });
    });
  // Inside a transaction of the caller, or of one of which stores cannot tell, it shares that one's fate and nobody else's.
  if (stores.inTransaction?.() ?? true) {
    const alone: Waiting[] = [];
    const kept = waits(alone);
    await write(stores, alone);
    return kept;
  }
  const line = lines.get(stores) ?? { waiting: [], isWriting: false };
  lines.set(stores, line);
  const kept = waits(line.waiting);
  if (!line.isWriting) void work(stores, line);
  return kept;
}

async function work(stores: Stores, line: Line): Promise<void> {
  line.isWriting = true;
  // Calls of the same turn are one group.
  await null;
  while (line.waiting.length > 0) await write(stores, line.waiting);
  line.isWriting = false;
}

/** @param waiting where the rows are taken from once the transaction has begun: some stores wait long for its beginning */
async function write(stores: Stores, waiting: Waiting[]): Promise<void> {
  let group: readonly Waiting[] = [];
  try {
    const inserted = await stores.transaction((tx) => {
      if (group.length === 0) group = waiting.splice(0, MOST);
      return insertGroup(tx, group);
    });
    for (const [index, one] of group.entries()) {
      const found = inserted[index];
      if (found) one.resolve(found);
      else one.reject(new NotFoundError("message.not-found", "the message is gone"));
    }
  } catch (error) {
    const lost = group.length > 0 ? group : waiting.splice(0);
    // One of them may be what the store refuses, or what somebody else was faster with.
    if (group.length > 1) for (const one of group) await write(stores, [one]);
    else for (const { reject } of lost) reject(error);
  }
}

async function insertGroup(tx: Stores, group: readonly Waiting[]): Promise<readonly (InsertedMessage | undefined)[]> {
  const byTenant = new Map<number, NewMessage[]>();
  for (const { tenantId, row } of group) byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), row]);
  const found = new Map<number, ReadonlyMap<string, Message>>();
  const fresh = new Set<NewMessage>();
  for (const [tenantId, rows] of byTenant) {
    const keys = [...new Set(rows.map(({ requestKey }) => requestKey))];
    // By itself a row tells by the count whether it is new.
    const known = new Set(
      rows.length === 1 ? [] : (await tx.messages.findByKeys(tenantId, keys)).map(({ requestKey }) => requestKey),
    );
    const added = rows.filter(({ requestKey }) => !known.has(requestKey) && known.add(requestKey));
    const count = await tx.messages.insertMany(tenantId, added);
    if (count < added.length && rows.length > 1) throw OVERTAKEN;
    if (count === added.length) for (const row of added) fresh.add(row);
    found.set(tenantId, new Map((await tx.messages.findByKeys(tenantId, keys)).map((one) => [one.requestKey, one])));
  }
  return group.map(({ tenantId, row }) => {
    const message = found.get(tenantId)?.get(row.requestKey);
    return message && { message, isNew: fresh.has(row) };
  });
}
