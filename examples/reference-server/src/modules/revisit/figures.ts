import { addDays, localDateOf, startOfDay } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { countNear, nearDays } from "./birthdays.js";
import { type RevisitMode, settingsOf } from "./settings.js";
import { revisitTables } from "./tables.js";

/** Days that a caller means who names none. */
const USUAL_DAYS = 30;

/** Figures of an institution, all of them counted from rows. */
export interface RevisitFigures {
  readonly customers: number;
  readonly upcoming: number;
  readonly runs: number;
  /** Revisits that began in the period, of which the rest is counted. */
  readonly found: number;
  readonly written: number;
  readonly waiting: number;
  readonly planned: number;
  readonly sent: number;
  readonly delivered: number;
  readonly notSent: number;
  readonly rejected: number;
  readonly expired: number;
  readonly writtenByModel: number;
}

/** Days of a period, both ends in. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The period that a caller means. */
export function periodOf(
  now: number,
  timeZone: string,
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
): Period {
  const to = given.to ?? localDateOf(now, timeZone);
  return { from: given.from ?? addDays(to, 1 - USUAL_DAYS), to };
}

/** Counts the revisits of a period. */
export async function revisitFigures(
  stores: SqlStores,
  { tenantId, timeZone }: { readonly tenantId: number; readonly timeZone: string },
  { period, now, daysAhead }: { readonly period: Period; readonly now: number; readonly daysAhead: number },
): Promise<RevisitFigures & { readonly mode: RevisitMode }> {
  const tables = revisitTables(stores);
  const settings = await settingsOf(stores, tenantId, daysAhead);
  const [from, to] = [startOfDay(period.from, timeZone), startOfDay(addDays(period.to, 1), timeZone)];
  const rows = await tables
    .selectFrom("rk_revisits as r")
    .leftJoin("rk_deliveries as d", (join) =>
      join
        .onRef("d.tenant_id", "=", "r.tenant_id")
        .onRef("d.occurrence_id", "=", "r.occurrence_id")
        .onRef("d.customer_id", "=", "r.customer_id"),
    )
    .select(["r.state", "r.text_source", "d.state as delivery", ({ fn }) => fn.countAll<number>().as("n")])
    .where("r.tenant_id", "=", tenantId)
    .where("r.created_at", ">=", from)
    .where("r.created_at", "<", to)
    .groupBy(["r.state", "r.text_source", "d.state"])
    .execute();
  const count = (isMeant: (row: (typeof rows)[number]) => boolean) =>
    rows.reduce((sum, row) => sum + (isMeant(row) ? Number(row.n) : 0), 0);
  // What the engine says first: the row follows with the next run.
  const isSent = (row: (typeof rows)[number]) => row.delivery === "accepted" || row.delivery === "delivered";
  const { n: customers } = await tables
    .selectFrom("rk_customers")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  const { n: runs } = await tables
    .selectFrom("rk_revisit_runs")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("tenant_id", "=", tenantId)
    .where("started_at", ">=", from)
    .where("started_at", "<", to)
    .executeTakeFirstOrThrow();
  const days = nearDays(localDateOf(now, timeZone), settings.daysAhead, settings.policy);
  return {
    ...{ mode: settings.mode, customers: Number(customers), runs: Number(runs) },
    upcoming: await countNear(stores, tenantId, days),
    found: count(() => true),
    written: count(({ text_source: source }) => source !== null),
    waiting: count(({ state }) => state === "waiting"),
    planned: count((row) => row.state === "planned" && !isSent(row)),
    sent: count((row) => row.state === "sent" || (row.state === "planned" && isSent(row))),
    delivered: count(({ delivery }) => delivery === "delivered"),
    notSent: count(({ state }) => state === "not_sent"),
    rejected: count(({ state }) => state === "rejected"),
    expired: count(({ state }) => state === "expired"),
    writtenByModel: count(({ text_source: source }) => source === "model"),
  };
}

const COUNTS = [
  ...(["customers", "upcoming", "runs", "found", "written", "waiting", "planned", "sent"] as const),
  ...(["delivered", "notSent", "rejected", "expired", "writtenByModel"] as const),
];

/** Figures of several institutions together. */
export function sumOf(all: readonly RevisitFigures[]): RevisitFigures {
  const sum = (name: (typeof COUNTS)[number]) => all.reduce((so, one) => so + one[name], 0);
  // Every name of the figures is in the list.
  return Object.fromEntries(COUNTS.map((name) => [name, sum(name)])) as unknown as RevisitFigures;
}

/** Revisits by the day on which they were found, in the zone of the institution; days without any are left out. */
export async function revisitDays(
  stores: SqlStores,
  tenantId: number,
  { from, to }: Period,
): Promise<readonly { readonly day: string; readonly found: number; readonly sent: number }[]> {
  const rows = await revisitTables(stores)
    .selectFrom("rk_revisits as r")
    .innerJoin("rk_revisit_runs as u", (join) =>
      join.onRef("u.tenant_id", "=", "r.tenant_id").onRef("u.id", "=", "r.run_id"),
    )
    .select(["u.local_day as day", "r.state", ({ fn }) => fn.countAll<number>().as("n")])
    .where("r.tenant_id", "=", tenantId)
    .where("u.local_day", ">=", from)
    .where("u.local_day", "<=", to)
    .groupBy(["u.local_day", "r.state"])
    .orderBy("u.local_day")
    .execute();
  const days = new Map<string, { found: number; sent: number }>();
  for (const { day, state, n } of rows) {
    const known = days.get(day) ?? { found: 0, sent: 0 };
    days.set(day, { found: known.found + Number(n), sent: known.sent + (state === "sent" ? Number(n) : 0) });
  }
  return [...days].map(([day, counts]) => ({ day, ...counts }));
}
