import type { MigrationDialect } from "../migrations/migration-set.js";

/** Column types by meaning; each engine spells them in its own way. */
type ColumnType = "id" | "ref" | "instant" | "int" | "money" | "decimal" | "flag" | "key" | "text" | "json" | "blob";

// INTEGER PRIMARY KEY AUTOINCREMENT never gives an id twice; TEXT compares bytewise (BINARY) unless told otherwise.
const SQLITE: Readonly<Record<ColumnType, string>> = {
  id: "INTEGER PRIMARY KEY AUTOINCREMENT",
  ref: "INTEGER",
  instant: "INTEGER",
  int: "INTEGER",
  money: "INTEGER",
  decimal: "NUMERIC",
  flag: "INTEGER",
  key: "TEXT",
  text: "TEXT",
  json: "TEXT",
  blob: "BLOB",
};

/**
 * Spells schema statements for an engine: `{type}` becomes the column type, `{clustered}` after a table keeps its rows in
 * the order of the primary key, `{where …}` after an index limits it to some rows where the engine can.
 *
 * @throws {RangeError} for an engine without a spelling, or an unknown type
 */
export function schemaSql(dialect: MigrationDialect, statements: readonly string[]): readonly string[] {
  if (dialect !== "sqlite") throw new RangeError(`no schema for ${dialect} yet`);
  return statements.map((statement) =>
    statement
      .replace("{clustered}", "WITHOUT ROWID")
      .replace(/\{where ([^}]+)\}/, "WHERE $1")
      .replace(/\{(\w+)\}/g, (_, type: string) => spelling(type)),
  );
}

function spelling(type: string): string {
  if (!isColumnType(type)) throw new RangeError(`unknown column type ${type}`);
  return SQLITE[type];
}

function isColumnType(type: string): type is ColumnType {
  return Object.hasOwn(SQLITE, type);
}
