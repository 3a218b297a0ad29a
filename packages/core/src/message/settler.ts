import { insist } from "../delivery/insist.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { MessageWrite } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import type { MessageEvent } from "./message.js";
import { assertLegalMessage } from "./states.js";

/** What became of some messages, and what is written beside it in the same transaction. */
export interface Settlement {
  readonly writes: readonly MessageWrite[];
  readonly events?: readonly Omit<MessageEvent, "id">[];
  /** Messages that certainly were not sent, and that were charged against caps: they are given back. */
  readonly refunds?: readonly number[];
  /** Anything else, with what was written. */
  readonly also?: (tx: Stores) => Promise<void>;
}

/** Writes down what became of messages: what comes in while a transaction is under way shares the next one. */
export interface Settler {
  /** @returns ids that were written; of the others somebody else holds the lease */
  settle(settlement: Settlement): Promise<ReadonlySet<number>>;
}

interface Waiting extends Settlement {
  readonly resolve: (written: ReadonlySet<number>) => void;
  readonly reject: (error: unknown) => void;
}

/** Messages of one transaction. */
const MOST = 1_000;

export function createSettler(context: EngineContext): Settler {
  const waiting: Waiting[] = [];
  let isWriting = false;

  /** @param collect asked once the transaction has begun: some stores wait long for its beginning */
  async function write(collect: () => readonly Waiting[]): Promise<void> {
    let group: readonly Waiting[] = [];
    const run = (tx: Stores) => {
      if (group.length === 0) group = collect();
      return writeAll(tx, group);
    };
    try {
      const written = new Set(await insist(context, () => context.stores.transaction(run)));
      for (const one of group) one.resolve(written);
    } catch (error) {
      const lost = group.length > 0 ? group : collect();
      // What one of them brings along may be what the store refuses.
      if (group.length > 1) for (const one of group) await write(() => [one]);
      else for (const { reject } of lost) reject(error);
    }
  }

  function nextGroup(): readonly Waiting[] {
    const group: Waiting[] = [];
    for (let size = 0; waiting.length > 0 && size < MOST; ) {
      const next = waiting.shift() as Waiting;
      group.push(next);
      size += next.writes.length;
    }
    return group;
  }

  async function work(): Promise<void> {
    isWriting = true;
    // Answers that came in the same turn are one group.
    await null;
    while (waiting.length > 0) await write(nextGroup);
    isWriting = false;
  }

  return {
    settle: (settlement) =>
      new Promise((resolve, reject) => {
        for (const { from, state } of settlement.writes) assertLegalMessage(from, state);
        waiting.push({ ...settlement, resolve, reject });
        if (!isWriting) void work();
      }),
  };
}

async function writeAll(tx: Stores, group: readonly Waiting[]): Promise<readonly number[]> {
  const writes = group.flatMap((one) => one.writes);
  const written: number[] = [];
  for (let at = 0; at < writes.length; at += MOST)
    written.push(...(await tx.messages.write(writes.slice(at, at + MOST))));
  const events = group.flatMap((one) => one.events ?? []);
  if (events.length > 0) await tx.messages.addEvents(events);
  const isWritten = new Set(written);
  const refunds = new Map<number, number[]>();
  for (const { writes: own, refunds: ids = [] } of group) {
    for (const { tenantId, id } of own) {
      if (!ids.includes(id) || !isWritten.has(id)) continue;
      refunds.set(tenantId, [...(refunds.get(tenantId) ?? []), id]);
    }
  }
  for (const [tenantId, ids] of refunds) await tx.messages.refund(tenantId, ids);
  for (const { also } of group) await also?.(tx);
  return written;
}
