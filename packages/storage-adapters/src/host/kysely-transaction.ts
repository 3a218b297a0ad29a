import { StorageError } from "@recallkit/core";
import { CompiledQuery, type DatabaseConnection, type QueryResult, type Transaction } from "kysely";
import type { StatementResult } from "../server-engine/connection.js";
import type { HostConnection, HostLink } from "./host-connection.js";

/** How statements of an engine go through somebody else's Kysely. */
export interface ThroughKysely {
  /** What the driver is given as the statement's text, see {@link driverStatement}. @default the text */
  statement?(sql: string): string;
  parameters(values: readonly unknown[]): readonly unknown[];
  /** @default the result's rows and counts */
  result?(sql: string, result: QueryResult<Record<string, unknown>>): StatementResult;
  toError(error: unknown): unknown;
}

/**
 * The link to an open transaction of somebody else's Kysely, by whichever copy and release of it; undefined for anything else.
 * Its plugins see none of our statements.
 *
 * @throws {StorageError} `transaction.not-open` for a Kysely that is no transaction
 */
export function kyselyLink(host: object, how: ThroughKysely): HostLink | undefined {
  if (!isKysely(host)) return undefined;
  if (!host.isTransaction) {
    throw new StorageError("transaction.not-open", "this Kysely is not a transaction", {
      hint: "call it inside db.transaction().execute(), with the transaction",
    });
  }
  let reached: HostConnection | undefined;
  return {
    get reached() {
      return reached;
    },
    async reach() {
      const connection = await provided(host);
      if (reached?.shared !== connection) reached = connectionOver(connection, how);
      return reached as HostConnection;
    },
  };
}

async function provided(host: Transaction<unknown>): Promise<DatabaseConnection> {
  try {
    return await host.getExecutor().provideConnection(async (connection) => connection);
  } catch (cause) {
    throw new StorageError("transaction.not-open", "the host's transaction has ended", { cause });
  }
}

function connectionOver(shared: DatabaseConnection, how: ThroughKysely): HostConnection {
  const { statement = (sql: string) => sql, result = plainResult } = how;
  return {
    shared,
    // COMMIT and ROLLBACK of Kysely's drivers come this way too.
    methods: [{ name: "executeQuery", meanwhile: "wait" }],
    async run(sql, parameters = []) {
      const query = { ...CompiledQuery.raw(sql, [...how.parameters(parameters)]), sql: statement(sql) };
      try {
        return result(sql, await shared.executeQuery<Record<string, unknown>>(query));
      } catch (error) {
        throw how.toError(error);
      }
    },
  };
}

function plainResult(_: string, given: QueryResult<Record<string, unknown>>): StatementResult {
  const { rows, numAffectedRows, insertId } = given;
  return {
    rows,
    ...(numAffectedRows !== undefined && { changes: Number(numAffectedRows) }),
    ...(insertId !== undefined && { insertId: Number(insertId) }),
  };
}

/**
 * A statement with options for the driver, which Kysely's own dialects hand on as they get it. Whoever logs it sees a text: it
 * has every method of one.
 */
export function driverStatement(text: string, options: object): string {
  const statement: unknown = Object.create(String.prototype, {
    ...Object.getOwnPropertyDescriptors(options),
    // Not enumerable: they are no options.
    length: { value: text.length },
    toString: { value: () => text },
  });
  // Kysely types it as a string and never looks at it.
  return statement as string;
}

function isKysely(host: object): host is Transaction<unknown> {
  return "getExecutor" in host && typeof host.getExecutor === "function" && "isTransaction" in host;
}
