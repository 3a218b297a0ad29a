import type { Database, SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Kysely, Selectable } from "kysely";
import type { RevisitState } from "./states.js";

// Types and not interfaces: Kysely wants an index signature, which only types imply.
export type RevisitTables = {
  rk_birthdays: {
    tenant_id: number;
    customer_id: number;
    day_key: string;
    born_year: number | null;
    source: "born_on" | "given";
    updated_at: number;
  };
  rk_birthday_marks: { tenant_id: number; revision: number; marked_at: number };
  rk_revisit_settings: {
    tenant_id: number;
    mode: string;
    days_ahead: number | null;
    leap_day: string;
    leap_month: string;
    thirtieth: string;
    channels: string;
    updated_at: number;
    updated_by: string;
  };
  rk_revisit_runs: {
    id: Generated<number>;
    tenant_id: number;
    run_key: string;
    kind: string;
    local_day: string;
    mode: string;
    days_ahead: number;
    caught_up: number;
    state: string;
    walked_to: number;
    found: number;
    lease_until: number;
    lease_key: string;
    actor: string;
    error: string | null;
    started_at: number;
    finished_at: number | null;
  };
  rk_revisit_skips: {
    tenant_id: number;
    run_id: number;
    customer_id: number;
    customer_code: string;
    reason: string;
  };
  rk_revisits: {
    id: Generated<number>;
    tenant_id: number;
    customer_id: number;
    customer_code: string;
    birthday_year: number;
    birthday_on: string;
    run_id: number;
    state: RevisitState;
    channel: string | null;
    script_id: number | null;
    text: string | null;
    text_hash: string | null;
    text_source: string | null;
    plan_key: string | null;
    occurrence_id: number | null;
    reason: string | null;
    decided_by: string | null;
    decided_at: number | null;
    created_at: number;
    updated_at: number;
  };
  rk_revisit_reports: { tenant_id: number; local_day: string; figures: string; created_at: number };
};

/** A row as it is read. */
export type Row<T extends keyof RevisitTables> = Selectable<RevisitTables[T]>;

/** Anything that holds the database: stores, or the stores of a transaction. */
export type RevisitDatabase = Pick<SqlStores, "sql">;

/** The tables of revisits beside those of the kit. */
export function revisitTables({ sql }: RevisitDatabase): Kysely<Database & RevisitTables> {
  return sql.withTables<RevisitTables>();
}
