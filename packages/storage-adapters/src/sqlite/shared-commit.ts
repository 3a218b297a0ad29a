import type { CompiledQuery } from "kysely";
import type { StatementResult } from "./connection.js";
import type { WriteTransaction } from "./write-transaction.js";

/** Statements of one transaction: the event loop waits for all of them. */
const MOST = 100;

interface Waiting {
  readonly query: CompiledQuery;
  readonly resolve: (result: StatementResult) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly result: StatementResult } | { readonly error: unknown };

/**
 * Runs writes that stand for themselves. Those that wait for the writer at the same time share one transaction and so one wait
 * for the disk, and each is answered after its commit; one that fails is undone alone, as SQLite does with every statement.
 *
 * @param begin waits for the writer
 * @param repeated runs a whole transaction again when its commit met a lock
 */
export function sharedCommits(
  begin: () => Promise<WriteTransaction>,
  repeated: <T>(transaction: () => Promise<T>) => Promise<T>,
): (query: CompiledQuery) => Promise<StatementResult> {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function work(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) await runNext();
    isRunning = false;
  }

  async function runNext(): Promise<void> {
    let group: readonly Waiting[] = [];
    try {
      const outcomes = await repeated(async () => {
        const transaction = await begin();
        // Whoever came while the writer was busy is in, whoever comes later is in the next one.
        if (group.length === 0) group = waiting.splice(0, MOST);
        return runAll(transaction, group);
      });
      for (const [index, one] of group.entries()) tell(one, outcomes[index]);
    } catch (error) {
      // Nobody was told anything; when the writer could not be had, all of them wait for nothing.
      for (const { reject } of group.length > 0 ? group : waiting.splice(0)) reject(error);
    }
  }

  return (query) =>
    new Promise((resolve, reject) => {
      waiting.push({ query, resolve, reject });
      if (!isRunning) void work();
    });
}

function runAll(transaction: WriteTransaction, group: readonly Waiting[]): readonly Outcome[] {
  try {
    const outcomes = group.map(({ query }): Outcome => {
      try {
        return { result: transaction.execute(query.sql, query.parameters) };
      } catch (error) {
        return { error };
      }
    });
    // Throws as well when SQLite has rolled back by itself, as on a full disk: then nothing of the group is stored.
    if (outcomes.some((outcome) => "result" in outcome)) transaction.commit();
    else transaction.rollback();
    return outcomes;
  } catch (error) {
    transaction.rollback();
    throw error;
  } finally {
    transaction.release();
  }
}

function tell({ resolve, reject }: Waiting, outcome: Outcome | undefined): void {
  if (outcome && "result" in outcome) resolve(outcome.result);
  else reject(outcome?.error);
}
