import { type Clock, StorageError } from "@recallkit/core";
import { encodeParameters } from "../sql/parameters.js";
import type { Row, SqliteHandle, SqliteStatement } from "./handle.js";
import { plainInteger, plainRows } from "./rows.js";
import { toStorageError } from "./sqlite-error.js";
import { statementCache } from "./statement-cache.js";

/** Outcome of one statement. */
export interface StatementResult {
  readonly rows: Row[];
  /** Rows written; `undefined` for statements that return rows. */
  readonly changes?: number;
  /** Row id of the last row inserted on this connection, by whichever statement. */
  readonly lastInsertRowid?: number;
}

/** Told after each statement; `control` marks BEGIN, COMMIT, ROLLBACK and PRAGMA of this layer. */
export type StatementObserver = (sql: string, ms: number, kind: "query" | "control") => void;

/** One open connection: encodes parameters, caches statements, translates rows and errors. */
export interface SqliteConnection {
  /** True between BEGIN and its end, whoever brought that end about. */
  readonly inTransaction: boolean;
  /** Runs one statement; schema statements may be several in one text. */
  execute(sql: string, parameters: readonly unknown[]): StatementResult;
  /** Runs a statement of this layer, without parameters and rows. */
  control(sql: string): void;
  close(): void;
}

const SCHEMA_STATEMENT = /^\s*(create|alter|drop)\b/i;
// `*`, but not count(*). Never cached: after another connection altered the table, a compiled one would once more give the old columns.
const ALL_COLUMNS = /(?<!\()\*/;

/** Wraps a handle. The observer is called for failed statements too; `named` gives tables their names. */
export function sqliteConnection(
  handle: SqliteHandle,
  clock: Clock,
  observe: StatementObserver,
  named: (sql: string) => string = (sql) => sql,
): SqliteConnection {
  const statements = statementCache((sql) => handle.prepare(sql));
  let isOpen = true;

  function observed<T>(sql: string, kind: "query" | "control", run: () => T): T {
    if (!isOpen) throw new StorageError("storage.unavailable", "the database is closed");
    const startedAt = clock.monotonic();
    try {
      return run();
    } catch (error) {
      throw toStorageError(error);
    } finally {
      observe(sql, clock.monotonic() - startedAt, kind);
    }
  }

  return {
    get inTransaction() {
      return isOpen && handle.inTransaction();
    },
    execute(text, parameters) {
      const sql = named(text);
      const values = encodeParameters(parameters);
      return observed(sql, "query", () => {
        if (values.length === 0 && SCHEMA_STATEMENT.test(sql)) {
          handle.exec(sql);
          return { rows: [], changes: 0 };
        }
        const statement: SqliteStatement = ALL_COLUMNS.test(sql) ? handle.prepare(sql) : statements.get(sql);
        if (statement.returnsRows) return { rows: plainRows(statement.all(values)) };
        const { changes, lastInsertRowid } = statement.run(values);
        return { rows: [], changes: plainInteger(changes), lastInsertRowid: plainInteger(lastInsertRowid) };
      });
    },
    control: (sql) => observed(sql, "control", () => handle.exec(sql)),
    close() {
      if (!isOpen) return;
      isOpen = false;
      statements.clear();
      handle.close();
    },
  };
}
