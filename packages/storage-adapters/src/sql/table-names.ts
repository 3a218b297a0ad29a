import { ConfigError } from "@recallkit/core";
import type { MigrationDialect, MigrationSet } from "../migrations/migration-set.js";
import { identifierPlaces } from "./identifier-places.js";

const DEFAULT_PREFIX = "rk_";
const PREFIX = /^[a-z][a-z0-9_]{0,19}$/;
/** Texts of statements that are kept with their names; the longest ones hold lists that hardly come twice. */
const MOST_KEPT = 1_000;
const LONGEST_KEPT = 10_000;

/** How the tables of one installation are called in its database. */
export interface TableNames {
  /** The schema of all tables, where the engine has schemas. */
  readonly schema?: string;
  /** Makes the tables and indexes of these sets known; only those that are known are ever renamed. */
  learn(sets: readonly MigrationSet[], dialect: MigrationDialect): void;
  /** The statement with its known tables under their full names. Values, comments, columns and other tables stay as they are. */
  in(sql: string): string;
  /** The name of a known table in the database, without its schema; any other name as it is. */
  of(table: string): string;
  /** Whether a name, as the database writes it, is one of a known table. */
  isOwn(table: string): boolean;
}

/** What names are made of. */
export interface TableNaming {
  /** What stands for the `rk_` of a name. @default "rk_" */
  readonly prefix?: string | undefined;
  /** @default none: names stand alone */
  readonly schema?: string;
  /** Whether `\'` is part of a text. @default false, as in standard SQL */
  readonly hasBackslashEscapes?: boolean;
}

/**
 * Names of tables and indexes that migration sets make.
 *
 * @throws {ConfigError} `config.invalid` for `tablePrefix`
 */
export function tableNames({ prefix = DEFAULT_PREFIX, schema, ...syntax }: TableNaming = {}): TableNames {
  if (!PREFIX.test(prefix)) {
    const message = "tablePrefix must begin with a-z and have at most 20 characters a-z, 0-9 and _";
    throw new ConfigError("config.invalid", "tablePrefix", message);
  }
  const tables = new Set(["rk_migrations", "rk_migrations_begun"]);
  const indexes = new Set<string>();
  const kept = new Map<string, string>();
  const renamed = (name: string) =>
    name.startsWith(DEFAULT_PREFIX) ? prefix + name.slice(DEFAULT_PREFIX.length) : name;

  function written(sql: string): string {
    const parts: string[] = [];
    let copied = 0;
    for (const { name, start, end, place } of identifierPlaces(sql, syntax)) {
      const isKnown = place === "index" || place === "dropped-index" ? indexes.has(name) : tables.has(name);
      if (!isKnown) continue;
      const isQualified = schema !== undefined && (place === "table" || place === "dropped-index");
      const [quote] = /^["`]?/.exec(sql.slice(start, end)) ?? [""];
      parts.push(sql.slice(copied, start), isQualified ? `"${schema}".` : "", quote + renamed(name) + quote);
      copied = end;
    }
    return parts.join("") + sql.slice(copied);
  }

  return {
    ...(schema !== undefined && { schema }),
    learn(sets, dialect) {
      for (const { steps } of sets)
        for (const { sql } of steps)
          for (const statement of typeof sql === "function" ? sql(dialect) : sql)
            for (const [kind, name] of madeBy(statement)) (kind === "table" ? tables : indexes).add(name);
      kept.clear();
    },
    in(sql) {
      if (schema === undefined && prefix === DEFAULT_PREFIX) return sql;
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const text = written(sql);
      if (kept.size >= MOST_KEPT) kept.clear();
      if (sql.length <= LONGEST_KEPT) kept.set(sql, text);
      return text;
    },
    of: (table) => (tables.has(table) ? renamed(table) : table),
    isOwn: (table) => [...tables].some((known) => renamed(known) === table),
  };
}

const MADE = /^\s*create\s+(?:unique\s+)?(table|view|index)\s+(?:if\s+not\s+exists\s+)?["`]?(\w+)/i;
const RENAMED = /^\s*alter\s+(table|view|index)\s.*\srename\s+to\s+["`]?(\w+)/is;

/** Names of what a statement of a migration makes. */
function madeBy(statement: string): readonly (readonly ["table" | "index", string])[] {
  const [, kind, name] = MADE.exec(statement) ?? RENAMED.exec(statement) ?? [];
  const constraints = [...statement.matchAll(/\bconstraint\s+["`]?(\w+)/gi)].map(
    ([, constraint = ""]) => ["index", constraint] as const,
  );
  if (kind === undefined || name === undefined) return constraints;
  return [[kind.toLowerCase() === "index" ? "index" : "table", name], ...constraints];
}
