import { NotFoundError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import { SKIP_REASONS, type SkipReason } from "./find-people.js";
import { oneOf, REVISIT_MODES, type RevisitMode } from "./settings.js";
import { REVISIT_STATES, type RevisitState } from "./states.js";
import { type RevisitDatabase, type Row, revisitTables } from "./tables.js";

/** Where a text came from; `person`: somebody wrote it over. */
export const TEXT_SOURCES = ["model", "template", "person"] as const;

/** One person's one birthday: what was written, and what became of it. */
export interface Revisit {
  readonly id: number;
  readonly tenantId: number;
  readonly customerId: number;
  readonly customerCode: string;
  readonly name: string | null;
  /** In the calendar of the birthday. */
  readonly birthdayYear: number;
  readonly birthdayOn: string;
  readonly runId: number;
  readonly state: RevisitState;
  readonly channel: string | null;
  readonly scriptId: number | null;
  readonly text: string | null;
  readonly textSource: (typeof TEXT_SOURCES)[number] | null;
  readonly occurrenceId: number | null;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What the engine says of the sending; null: nothing yet. */
  readonly delivery: { readonly state: string; readonly reason: string | null } | null;
}

export interface RevisitFilter extends PageRequest {
  readonly states?: readonly RevisitState[] | undefined;
  readonly runId?: number | undefined;
  readonly customerCode?: string | undefined;
  /** Birthdays from this day on. */
  readonly from?: string | undefined;
  /** Birthdays up to this day. */
  readonly to?: string | undefined;
}

function revisits(database: RevisitDatabase, tenantId: number) {
  return revisitTables(database)
    .selectFrom("rk_revisits as r")
    .leftJoin("rk_customers as c", (join) =>
      join.onRef("c.tenant_id", "=", "r.tenant_id").onRef("c.id", "=", "r.customer_id"),
    )
    .leftJoin("rk_deliveries as d", (join) =>
      join
        .onRef("d.tenant_id", "=", "r.tenant_id")
        .onRef("d.occurrence_id", "=", "r.occurrence_id")
        .onRef("d.customer_id", "=", "r.customer_id"),
    )
    .selectAll("r")
    .select(["c.name", "d.state as delivery_state", "d.reason as delivery_reason"])
    .where("r.tenant_id", "=", tenantId);
}

/** @throws {NotFoundError} `revisit.not-found` */
export async function getRevisit(database: RevisitDatabase, tenantId: number, id: number): Promise<Revisit> {
  const row = await revisits(database, tenantId).where("r.id", "=", id).executeTakeFirst();
  if (row) return read(row);
  throw new NotFoundError("revisit.not-found", `there is no revisit ${id}`);
}

/** Revisits of a tenant, the latest first. */
export async function listRevisits(
  database: RevisitDatabase,
  tenantId: number,
  { states, runId, customerCode, from, to, ...page }: RevisitFilter,
): Promise<Page<Revisit>> {
  const limit = pageLimit(page);
  const rows = await revisits(database, tenantId)
    .$if(states !== undefined, (query) => query.where("r.state", "in", [...(states ?? [])]))
    .$if(runId !== undefined, (query) => query.where("r.run_id", "=", runId ?? 0))
    .$if(customerCode !== undefined, (query) => query.where("r.customer_code", "=", customerCode ?? ""))
    .$if(from !== undefined, (query) => query.where("r.birthday_on", ">=", from ?? ""))
    .$if(to !== undefined, (query) => query.where("r.birthday_on", "<=", to ?? ""))
    .$if(page.cursor !== undefined, (query) => query.where("r.id", "<", cursorToId(page.cursor)))
    .orderBy("r.id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(read);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

type RevisitRow = Row<"rk_revisits"> & {
  readonly name: string | null;
  readonly delivery_state: string | null;
  readonly delivery_reason: string | null;
};

function read(row: RevisitRow): Revisit {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    customerId: row.customer_id,
    customerCode: row.customer_code,
    name: row.name,
    birthdayYear: row.birthday_year,
    birthdayOn: row.birthday_on,
    runId: row.run_id,
    state: oneOf(REVISIT_STATES, row.state) ?? "found",
    channel: row.channel,
    scriptId: row.script_id,
    text: row.text,
    textSource: oneOf(TEXT_SOURCES, row.text_source ?? "") ?? null,
    occurrenceId: row.occurrence_id,
    reason: row.reason,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    delivery: row.delivery_state === null ? null : { state: row.delivery_state, reason: row.delivery_reason },
  };
}

/** What became of the people of a run. */
export interface RunFigures {
  /** People with a text. */
  readonly written: number;
  /** By state. */
  readonly states: Readonly<Record<string, number>>;
  readonly skipped: readonly { readonly customerCode: string; readonly reason: SkipReason }[];
  readonly skippedTotal: number;
}

/** Skipped people that are told one by one. */
const TOLD = 1_000;

/** Counts the people of a run, from rows. A row that a later run took up counts there. */
export async function runFigures(
  database: RevisitDatabase,
  { tenantId, id, mode }: { readonly tenantId: number; readonly id: number; readonly mode: RevisitMode },
): Promise<RunFigures> {
  const tables = revisitTables(database);
  const counts = await tables
    .selectFrom("rk_revisits")
    .select(["state", ({ fn }) => fn.countAll<number>().as("n"), ({ fn }) => fn.count<number>("text").as("texts")])
    .where("tenant_id", "=", tenantId)
    .where("run_id", "=", id)
    .groupBy("state")
    .execute();
  const skips = tables.selectFrom("rk_revisit_skips").where("tenant_id", "=", tenantId).where("run_id", "=", id);
  const rows = await skips.select(["customer_code", "reason"]).orderBy("customer_id").limit(TOLD).execute();
  const { n } = await skips.select(({ fn }) => fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
  const states = Object.fromEntries(counts.map((row) => [row.state, Number(row.n)]));
  return {
    written: counts.reduce((sum, row) => sum + (row.state === "found" ? 0 : Number(row.texts)), 0),
    states: oneOf(REVISIT_MODES, mode) === "test" ? {} : states,
    skipped: rows.map(({ customer_code: customerCode, reason }) => ({
      customerCode,
      reason: oneOf(SKIP_REASONS, reason) ?? "no_text",
    })),
    skippedTotal: Number(n),
  };
}
