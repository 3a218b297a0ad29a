import { asyncScope } from "../async-scope.js";
import { StorageError } from "../errors.js";

/** One reversible change of memory. */
export interface Change {
  apply(): void;
  revert(): void;
}

/**
 * Transactions over plain memory: one writer at a time, first come, first served, with an undo log.
 *
 * Bodies are synchronous, so each is atomic by itself: what a body changed before it threw is taken back.
 * Calls made while `work` runs join its transaction, by their asynchronous context. Calls from elsewhere see
 * committed rows only: for the length of a read the open transaction is rewound, so that no reader ever waits.
 */
export interface Journal {
  /** Makes a change and notes how to take it back; only inside `write`. */
  perform(change: Change): void;
  read<T>(body: () => T): Promise<T>;
  write<T>(body: () => T): Promise<T>;
  /**
   * All or nothing. A nested call joins: its changes share the fate of the outermost one.
   *
   * @throws {StorageError} `storage.transaction-ended` from calls that outlive a transaction which was rolled back
   */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the calling code runs inside `transaction`. */
  inTransaction(): boolean;
  /** Resolves when every transaction begun so far has ended. */
  idle(): Promise<void>;
}

interface Transaction {
  readonly changes: Change[];
  state: "running" | "committed" | "rolled-back";
}

export function createJournal(): Journal {
  const context = asyncScope<Transaction>();
  let running: Transaction | undefined;
  let tail: Promise<unknown> = Promise.resolve();

  /** True inside the running transaction; work that outlived a committed one is on its own. */
  function joins(): boolean {
    const own = context.get();
    if (own?.state === "rolled-back") {
      throw new StorageError("storage.transaction-ended", "the transaction of this call was rolled back");
    }
    return own?.state === "running";
  }

  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  }

  async function transaction<T>(work: () => Promise<T>): Promise<T> {
    if (joins()) return work();
    return exclusive(async () => {
      const own: Transaction = { changes: [], state: "running" };
      running = own;
      try {
        const result = await context.run(own, work);
        own.state = "committed";
        return result;
      } catch (error) {
        undo(own.changes, 0);
        own.state = "rolled-back";
        throw error;
      } finally {
        running = undefined;
      }
    });
  }

  return {
    perform(change) {
      if (!running) throw new Error("a change of memory needs a transaction");
      change.apply();
      running.changes.push(change);
    },
    async read(body) {
      return joins() || !running ? body() : rewound(running.changes, body);
    },
    async write(body) {
      const statement = () => atomic(running?.changes ?? [], body);
      return joins() ? statement() : transaction(async () => statement());
    },
    transaction,
    inTransaction: () => context.get()?.state === "running",
    async idle() {
      await tail;
    },
  };
}

function atomic<T>(changes: Change[], body: () => T): T {
  const mark = changes.length;
  try {
    return body();
  } catch (error) {
    undo(changes, mark);
    throw error;
  }
}

function undo(changes: Change[], mark: number): void {
  for (const change of changes.splice(mark).reverse()) change.revert();
}

function rewound<T>(changes: readonly Change[], body: () => T): T {
  for (const change of changes.toReversed()) change.revert();
  try {
    return body();
  } finally {
    for (const change of changes) change.apply();
  }
}
