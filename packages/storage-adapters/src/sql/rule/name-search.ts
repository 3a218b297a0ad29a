import { searchForm } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";

// No name is as long; SQLite refuses very long patterns.
const LONGEST_SEARCH = 1_000;

/** That a column of lower-cased names holds a text; what looks like a pattern is taken literally. */
export function holdsText(column: RawBuilder<unknown>, search: string): RawBuilder<SqlBool> {
  if (search.length > LONGEST_SEARCH) return sql`1 = 0`;
  return sql`${column} like ${`%${searchForm(search).replace(/[!%_]/g, "!$&")}%`} escape '!'`;
}
