import { CompiledQuery, type Kysely } from "kysely";

/** Pieces of work of one transaction. */
const MOST = 50;

type Run<DB> = (trx: Kysely<DB>) => Promise<unknown>;

interface Waiting<DB> {
  readonly run: Run<DB>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Runs pieces of work that are made of statements alone. Those that wait at the same time share one transaction, each behind a
 * savepoint of its own, and so one wait for the disk; each is answered after the commit. Nothing but statements may be awaited
 * in them: they would wait for each other.
 *
 * @param transaction runs one transaction; a call inside of one never comes here
 */
export function sharedTransactions<DB>(
  transaction: <T>(run: (trx: Kysely<DB>) => Promise<T>) => Promise<T>,
): <T>(run: (trx: Kysely<DB>) => Promise<T>) => Promise<T> {
  const waiting: Waiting<DB>[] = [];
  let isRunning = false;

  async function work(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) await runNext();
    isRunning = false;
  }

  async function runNext(): Promise<void> {
    let group: readonly Waiting<DB>[] = [];
    try {
      const outcomes = await transaction((trx) => {
        // Whoever came while the writer was busy is in, whoever comes later is in the next one.
        if (group.length === 0) group = waiting.splice(0, MOST);
        return runAll(trx, group);
      });
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome && "value" in outcome) resolve(outcome.value);
        else reject(outcome?.error);
      }
    } catch (error) {
      // Nobody was told anything; when the writer could not be had, all of them wait for nothing.
      for (const { reject } of group.length > 0 ? group : waiting.splice(0)) reject(error);
    }
  }

  return <T>(run: (trx: Kysely<DB>) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      // What it resolves with is what `run` of the same entry gave.
      waiting.push({ run, resolve: resolve as (value: unknown) => void, reject });
      if (!isRunning) void work();
    });
}

async function runAll<DB>(trx: Kysely<DB>, group: readonly Waiting<DB>[]): Promise<readonly Outcome[]> {
  const [only, next] = group;
  if (only && next === undefined) return [{ value: await only.run(trx) }];
  const outcomes: Outcome[] = [];
  for (const { run } of group) {
    await trx.executeQuery(CompiledQuery.raw("SAVEPOINT rk_shared"));
    try {
      outcomes.push({ value: await run(trx) });
    } catch (error) {
      // Fails when SQLite has undone everything by itself: then nobody of the group has written anything.
      await trx.executeQuery(CompiledQuery.raw("ROLLBACK TO rk_shared"));
      outcomes.push({ error });
    }
    await trx.executeQuery(CompiledQuery.raw("RELEASE rk_shared"));
  }
  return outcomes;
}
