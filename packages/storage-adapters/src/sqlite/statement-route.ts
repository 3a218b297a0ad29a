import type { CompiledQuery } from "kysely";

/**
 * Where a statement outside transactions runs: on the reader, in a transaction of its own on the writer, or bare on the
 * writer because it cannot stand inside a transaction.
 */
export type StatementRoute = "read" | "write" | "bare";

const READS = /^\s*(select|values|explain)\b/i;
const CANNOT_BE_IN_TRANSACTION = /^\s*(pragma|vacuum|attach|detach)\b/i;
const WITH = /^\s*with\b/i;
const WRITING_WORD = /\b(insert|update|delete|replace)\b/i;

/** Chooses the route; anything unclear goes to the writer, which is always right. */
export function routeOf({ query, sql }: Pick<CompiledQuery, "query" | "sql">): StatementRoute {
  if (query.kind === "SelectQueryNode" || READS.test(sql)) return "read";
  if (WITH.test(sql) && !WRITING_WORD.test(sql)) return "read";
  return CANNOT_BE_IN_TRANSACTION.test(sql) ? "bare" : "write";
}
