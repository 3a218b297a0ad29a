import { StorageError } from "@recallkit/core";
import { type CompiledQuery, type Dialect, Kysely, type QueryResult } from "kysely";
import { hostCall } from "./host-call.js";
import type { HostConnection, HostTransactions } from "./host-connection.js";

/** A database as it is seen from inside a host's transaction. */
export interface HostDatabase<DB> {
  /** Each statement outside of `transaction` is a call of its own. */
  readonly kysely: Kysely<DB>;
  /**
   * Does all of it or nothing, inside the host's transaction; nothing is repeated.
   *
   * @throws {StorageError} the codes of `transaction.*`; `storage.busy`, retryable, when another transaction was in the way
   */
  transaction<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
}

/** What stores do inside a host's transaction. */
export interface HostDatabaseParts {
  readonly kysely: Pick<Dialect, "createAdapter" | "createQueryCompiler" | "createIntrospector">;
  readonly engine: HostTransactions;
  /** Whether the calling code is inside a transaction of the stores' own, which cannot commit together with the host's. */
  readonly isInsideOwn: () => boolean;
}

/** @throws {StorageError} `transaction.foreign`, `transaction.not-open` */
export function hostDatabase<DB>(
  host: object,
  { kysely: parts, engine, isInsideOwn }: HostDatabaseParts,
): HostDatabase<DB> {
  const link = engine.link(host);
  const call = async <T>(work: (connection: HostConnection) => Promise<T>): Promise<T> => {
    if (isInsideOwn()) {
      throw new StorageError("transaction.nested", "inside a transaction of the stores a host's cannot be joined", {
        hint: "use the transaction's stores, or call this outside of it",
      });
    }
    return hostCall(link, engine, work);
  };
  const kysely = new Kysely<DB>({
    dialect: { ...parts, createDriver: () => driverOver((query) => call((connection) => executed(connection, query))) },
  });
  return { kysely, transaction: (run) => call(() => run(kysely)) };
}

async function executed({ run }: HostConnection, { sql, parameters }: CompiledQuery): Promise<QueryResult<unknown>> {
  const { rows, changes, insertId } = await run(sql, parameters);
  return {
    rows: [...rows],
    ...(changes !== undefined && { numAffectedRows: BigInt(changes) }),
    ...(insertId !== undefined && { insertId: BigInt(insertId) }),
  };
}

function driverOver(
  execute: (query: CompiledQuery) => Promise<QueryResult<unknown>>,
): ReturnType<Dialect["createDriver"]> {
  const refused = () => {
    throw new StorageError("storage.failed", "the host begins, commits and rolls back");
  };
  return {
    init: async () => {},
    acquireConnection: async () => ({
      // The row type comes from the query that Kysely compiled.
      executeQuery: <R>(query: CompiledQuery) => execute(query) as Promise<QueryResult<R>>,
      // biome-ignore lint/correctness/useYield: the interface asks for a generator, and this one only refuses
      async *streamQuery() {
        throw new StorageError("storage.failed", "statements are not streamed; read page by page along a key");
      },
    }),
    beginTransaction: async () => refused(),
    commitTransaction: async () => {},
    rollbackTransaction: async () => {},
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}
