import type { SqlValue } from "../sql/parameters.js";
import type { Row, SqliteDriver, SqliteHandle } from "./handle.js";

// node:sqlite as far as it is called here; the types of Node 20 do not know the module.
interface NodeStatement {
  all(...parameters: SqlValue[]): Row[];
  run(...parameters: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  columns(): unknown[];
  setReadBigInts(enabled: boolean): void;
  /** From Node 24. */
  setReturnArrays?(enabled: boolean): void;
}
interface NodeDatabase {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => NodeDatabase;
  readonly StatementSync: { readonly prototype: object };
}

/** The driver over `node:sqlite`; `undefined` when the module lacks `StatementSync.prototype.columns` (Node < 22.16). */
export function nodeDriver(module: unknown): SqliteDriver | undefined {
  if (!isUsable(module)) return undefined;
  const { DatabaseSync } = module;
  return {
    name: "node",
    open: (file) => nodeHandle(new DatabaseSync(file)),
  };
}

/** A database of `node:sqlite`; its integers are numbers and its rows objects, whatever it was opened with. */
export function nodeHandle(given: object): SqliteHandle {
  // The caller has seen its methods.
  const database = given as NodeDatabase;
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      statement.setReadBigInts(false);
      statement.setReturnArrays?.(false);
      return {
        returnsRows: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters),
        run: (parameters) => statement.run(...parameters),
      };
    },
    inTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
}

function isUsable(module: unknown): module is NodeSqlite {
  if (typeof module !== "object" || module === null || !("StatementSync" in module)) return false;
  const { StatementSync } = module;
  return typeof StatementSync === "function" && "columns" in StatementSync.prototype;
}
