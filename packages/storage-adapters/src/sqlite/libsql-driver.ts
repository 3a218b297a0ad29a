import type { SqlValue } from "../sql/parameters.js";
import type { Row, SqliteDriver, SqliteHandle } from "./handle.js";

// The package `libsql` as far as it is called here, so that this one compiles without it.
interface LibsqlStatement {
  readonly reader: boolean;
  all(parameters: readonly SqlValue[]): Row[];
  run(parameters: readonly SqlValue[]): { changes: number; lastInsertRowid: number };
}
interface LibsqlDatabase {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): LibsqlStatement;
  close(): void;
}
type Libsql = new (file: string) => LibsqlDatabase;

/** The driver over the package `libsql` 0.5; `undefined` when it is not installed. */
export function libsqlDriver(module: unknown): SqliteDriver | undefined {
  if (!isLibsql(module)) return undefined;
  return {
    name: "libsql",
    open: (file) => libsqlHandle(new module(file)),
  };
}

/** A database of `libsql`, or of whoever has the same methods. */
export function libsqlHandle(given: object): SqliteHandle {
  // The caller has seen its methods.
  const database = given as LibsqlDatabase;
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        returnsRows: statement.reader,
        all: (parameters) => statement.all(parameters),
        run: (parameters) => statement.run(parameters),
      };
    },
    inTransaction: () => database.inTransaction,
    close: () => database.close(),
  };
}

function isLibsql(module: unknown): module is Libsql {
  return typeof module === "function";
}
