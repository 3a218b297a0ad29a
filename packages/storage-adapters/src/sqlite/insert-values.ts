import { CompiledQuery } from "kysely";
import type { SqlDialect } from "../sql/context.js";
import { assertStorable } from "../sql/json-parameter.js";

/** Rows of one statement, most first: few texts are compiled, whatever the number of rows. A statement takes 32 766 values. */
const SIZES = [100, 10, 1];

/**
 * Adds rows by `INSERT … VALUES`, without taking JSON apart.
 *
 * The text is made here: to have a query builder look at each of a thousand values takes longer than to store them.
 */
export const insertValues: NonNullable<SqlDialect["insertCells"]> = async (
  db,
  table,
  columns,
  rows,
  ignoreExisting,
) => {
  const names = columns.map((column) => `"${column}"`).join(", ");
  const row = `(${columns.map(() => "?").join(", ")})`;
  const end = ignoreExisting ? " on conflict do nothing" : "";
  let added = 0;
  for (let at = 0; at < rows.length; ) {
    const size = SIZES.find((one) => one <= rows.length - at) ?? 1;
    const text = `insert into "${table}" (${names}) values ${Array(size).fill(row).join(", ")}${end}`;
    const values = rows.slice(at, at + size).flat();
    values.forEach(assertStorable);
    const { numAffectedRows } = await db.executeQuery(CompiledQuery.raw(text, values));
    added += Number(numAffectedRows ?? 0);
    at += size;
  }
  return added;
};
