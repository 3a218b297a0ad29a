import { RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { CompiledQuery } from "kysely";

/** What a step does to a table. */
export interface PlannedChange {
  readonly kind: "create-table" | "add-column" | "create-index" | "change-rows" | "other";
  readonly table: string | null;
  /** Rows of a table that is there already; null: it is made by the plan, or cannot be counted. */
  readonly rows: number | null;
}

/** A step that the database lacks. */
export interface PlannedStep {
  readonly set: string;
  readonly step: number;
  readonly name: string;
  /** Programs of an older version may go on beside it. */
  readonly keeps_older: boolean;
  readonly changes: readonly PlannedChange[];
}

const FORMS: readonly (readonly [PlannedChange["kind"], RegExp])[] = [
  ["create-table", /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i],
  ["create-index", /^CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)/i],
  ["add-column", /^ALTER TABLE (\w+) ADD/i],
  ["change-rows", /^(?:UPDATE|INSERT INTO|DELETE FROM) (\w+)/i],
  ["other", /^\w+ TABLE (\w+)/i],
];

/** What a migration would do, and to how many rows; changes nothing. */
export async function migrationPlan(stores: SqlStores): Promise<readonly PlannedStep[]> {
  const { pending } = await stores.migrationStatus();
  const made = new Set<string>();
  const rows = new Map<string, number | null>();
  const planned: PlannedStep[] = [];
  for (const { setId, step, name, minReader, statements } of pending) {
    const changes: PlannedChange[] = [];
    for (const statement of statements) {
      const { kind, table } = changeOf(statement);
      if (kind === "create-table" && table !== null) made.add(table);
      const isThere = table !== null && !made.has(table);
      if (isThere && !rows.has(table)) rows.set(table, await rowsOf(stores, table));
      changes.push({ kind, table, rows: isThere ? (rows.get(table) ?? null) : null });
    }
    planned.push({ set: setId, step, name, keeps_older: minReader < step, changes });
  }
  return planned;
}

function changeOf(statement: string): Pick<PlannedChange, "kind" | "table"> {
  for (const [kind, form] of FORMS) {
    const table = form.exec(statement.trim())?.[1];
    if (table !== undefined) return { kind, table };
  }
  return { kind: "other", table: null };
}

/** Tables are those of migration sets, whose names are words. */
async function rowsOf(stores: SqlStores, table: string): Promise<number | null> {
  try {
    const { rows } = await stores.sql.executeQuery<{ n: number }>(
      CompiledQuery.raw(`SELECT count(*) AS n FROM ${table}`),
    );
    return Number(rows[0]?.n ?? 0);
  } catch (error) {
    if (RecallKitError.is(error)) return null;
    throw error;
  }
}
