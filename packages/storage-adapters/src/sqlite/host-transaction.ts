import { realpathSync } from "node:fs";
import { type Clock, type Random, RecallKitError, StorageError } from "@recallkit/core";
import type { QueryResult } from "kysely";
import type { HostLink, HostTransactions } from "../host/host-connection.js";
import { directLink } from "../host/host-link.js";
import { kyselyLink } from "../host/kysely-transaction.js";
import { foreign, notOpen } from "../host/transaction-errors.js";
import type { StatementResult } from "../server-engine/connection.js";
import { isBusy } from "../sql/constraint-error.js";
import { encodeParameters } from "../sql/parameters.js";
import { retryWhileBusy } from "./busy-retry.js";
import { type SqliteConnection, type StatementObserver, sqliteConnection } from "./connection.js";
import type { SqliteHandle } from "./handle.js";
import { libsqlHandle } from "./libsql-driver.js";
import { nodeHandle } from "./node-driver.js";
import { plainRows } from "./rows.js";
import { toStorageError } from "./sqlite-error.js";

/** What SQLite's part of a host's transaction is made of. */
export interface SqliteHostParts {
  /** Absolute path, or `:memory:`, whose transactions are nobody else's. */
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly named: (sql: string) => string;
  readonly observe: StatementObserver;
}

/** Host transactions on SQLite: a Kysely `Transaction`, or a handle of `libsql` or `node:sqlite` on which one is open. */
export function sqliteHostTransactions(parts: SqliteHostParts): HostTransactions {
  const { file, named } = parts;
  return {
    link(host) {
      const throughKysely = kyselyLink(host, {
        statement: named,
        parameters: encodeParameters,
        result: kyselyResult,
        toError: toStorageError,
      });
      if (throughKysely) return throughKysely;
      const handle = handleOf(host);
      if (!handle) throw foreign("SQLite");
      return handleLink(host, handle, parts);
    },
    // A savepoint would begin a transaction where there is none, and a BEGIN where there is one fails.
    async assertOpen({ run }) {
      const isAlone = await run("BEGIN").then(
        () => true,
        (error: unknown) => {
          if (RecallKitError.is(error) && /within a transaction/.test(error.message)) return false;
          throw isBusy(error) || (RecallKitError.is(error) && error.code.startsWith("transaction."))
            ? error
            : foreign("SQLite", error);
        },
      );
      if (!isAlone) return;
      await run("ROLLBACK");
      throw notOpen("no transaction is open on the host's connection", "BEGIN first");
    },
    async enter({ run }) {
      const { rows } = await run("PRAGMA database_list").catch((error: unknown) => {
        throw foreign("SQLite", error);
      });
      const main = rows.find(({ name }) => name === "main")?.file;
      if (typeof main !== "string" || main === "" || !isSameFile(main, file)) throw foreign("this database file");
      return async () => {};
    },
  };
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function handleLink(host: object, handle: SqliteHandle, { clock, random, named, observe }: SqliteHostParts): HostLink {
  const connection = sqliteConnection(handle, clock, observe, named);
  const refused = () =>
    new StorageError("transaction.in-use", "a call of RecallKit is under way on this handle", {
      hint: "await it before the next statement",
    });
  return directLink({
    shared: host,
    // The handle answers at once, so that nothing can wait.
    methods: ["exec", "prepare"].map((name) => ({ name, meanwhile: refused })),
    run: (sql, parameters = []) => retryWhileBusy(() => runOn(connection, sql, parameters), { clock, random }),
  });
}

function runOn(connection: SqliteConnection, sql: string, parameters: readonly unknown[]): StatementResult {
  if (!connection.inTransaction) throw notOpen("no transaction is open on the host's handle", "BEGIN first");
  const { rows, changes, lastInsertRowid } = connection.execute(sql, parameters);
  return { rows, ...(changes !== undefined && { changes }), ...insertId(sql, changes, lastInsertRowid) };
}

function kyselyResult(sql: string, given: QueryResult<Record<string, unknown>>): StatementResult {
  const changes = given.numAffectedRows === undefined ? undefined : Number(given.numAffectedRows);
  const rowid = given.insertId === undefined ? undefined : Number(given.insertId);
  return {
    rows: plainRows(given.rows),
    ...(changes !== undefined && { changes }),
    ...insertId(sql, changes, rowid),
  };
}

// After an insert that changed nothing SQLite still tells the id of an earlier one.
function insertId(sql: string, changes: number | undefined, rowid: number | undefined): { insertId?: number } {
  return /^\s*insert\b/i.test(sql) && changes && rowid !== undefined ? { insertId: rowid } : {};
}

function handleOf(host: object): SqliteHandle | undefined {
  if (!("exec" in host) || !("prepare" in host)) return undefined;
  if ("isTransaction" in host) return nodeHandle(host);
  return "inTransaction" in host ? libsqlHandle(host) : undefined;
}
