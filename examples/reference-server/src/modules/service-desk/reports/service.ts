import { addDays, startOfDay } from "@recallkit/core/ports";
import { type RawBuilder, sql } from "kysely";
import type { Desk } from "../context.js";
import { priorityOf } from "../settings.js";
import type { ReportPeriod } from "./sales.js";

const read = async <R>({ stores }: Desk, query: RawBuilder<R>) => (await query.execute(stores.sql)).rows;

function boundsOf({ timeZone }: Desk, { from, to }: ReportPeriod) {
  return { start: startOfDay(from, timeZone), end: startOfDay(addDays(to, 1), timeZone) };
}

/** What customers thought of it. */
export interface SatisfactionReport {
  readonly rated: number;
  readonly total: number;
  /** How many gave 1 … 5. */
  readonly stars: readonly number[];
  /** Tickets confirmed in the period, and those of them that somebody rated. */
  readonly confirmed: number;
  readonly confirmedRated: number;
  readonly byStaff: readonly { readonly staffId: number | null; readonly rated: number; readonly total: number }[];
  readonly byKind: readonly { readonly kind: string; readonly rated: number; readonly total: number }[];
}

/** Ratings given within a period. */
export async function satisfactionReport(desk: Desk, period: ReportPeriod): Promise<SatisfactionReport> {
  const { start, end } = boundsOf(desk, period);
  const { tenantId } = desk;
  const rows = await read(
    desk,
    sql<{ staff: number | null; kind: string; stars: number; n: number }>`
      select r.staff_id as staff, t.kind, r.stars, count(*) as n from rk_ticket_ratings as r
      join rk_tickets as t on t.tenant_id = r.tenant_id and t.id = r.ticket_id
      where r.tenant_id = ${tenantId} and r.at >= ${start} and r.at < ${end} group by r.staff_id, t.kind, r.stars`,
  );
  const [said] = await read(
    desk,
    sql<{ confirmed: number; rated: number }>`
      select count(*) as confirmed, count(r.stars) as rated from rk_tickets as t
      left join rk_ticket_ratings as r on r.tenant_id = t.tenant_id and r.ticket_id = t.id and r.round = t.reopened
      where t.tenant_id = ${tenantId} and t.confirmed_at >= ${start} and t.confirmed_at < ${end}`,
  );
  const cells = rows.map((row) => ({ ...row, stars: Number(row.stars), n: Number(row.n) }));
  const sumsBy = <K>(keyOf: (row: (typeof cells)[number]) => K) => {
    const sums = new Map<K, { rated: number; total: number }>();
    for (const row of cells) {
      const { rated = 0, total = 0 } = sums.get(keyOf(row)) ?? {};
      sums.set(keyOf(row), { rated: rated + row.n, total: total + row.n * row.stars });
    }
    return [...sums];
  };
  return {
    rated: cells.reduce((sum, { n }) => sum + n, 0),
    total: cells.reduce((sum, { n, stars }) => sum + n * stars, 0),
    stars: [1, 2, 3, 4, 5].map((stars) =>
      cells.filter((row) => row.stars === stars).reduce((sum, { n }) => sum + n, 0),
    ),
    confirmed: Number(said?.confirmed ?? 0),
    confirmedRated: Number(said?.rated ?? 0),
    byStaff: sumsBy(({ staff }) => (staff === null ? null : Number(staff)))
      .map(([staffId, sums]) => ({ staffId, ...sums }))
      .sort((a, b) => (a.staffId ?? 0) - (b.staffId ?? 0)),
    byKind: sumsBy(({ kind }) => kind)
      .map(([kind, sums]) => ({ kind, ...sums }))
      .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
}

/** How many clocks were stopped in time. */
export interface ClockFigures {
  readonly inTime: number;
  readonly late: number;
  /** Still running, and not over yet. */
  readonly running: number;
}

/** How tickets of a group kept their time limits. */
export interface SlaFigures {
  readonly opened: number;
  readonly reopened: number;
  readonly firstAnswer: ClockFigures;
  readonly solution: ClockFigures;
}

export interface SlaReport {
  readonly all: SlaFigures;
  readonly byPriority: readonly (SlaFigures & { readonly priority: string })[];
  readonly byStaff: readonly (SlaFigures & { readonly staffId: number | null })[];
}

/** Time limits of the tickets that were opened within a period, as they stand now; merged ones are in those they went on in. */
export async function slaReport(desk: Desk, period: ReportPeriod): Promise<SlaReport> {
  const { start, end } = boundsOf(desk, period);
  const now = desk.context.clock.now();
  const clock = (stopped: string, due: string) => {
    const [at, limit] = [sql.ref(stopped), sql.ref(due)];
    return {
      inTime: sql`sum(case when ${at} <= ${limit} then 1 else 0 end)`,
      late: sql`sum(case when ${at} > ${limit} or (${at} is null and ${limit} < ${now}) then 1 else 0 end)`,
      running: sql`sum(case when ${at} is null and ${limit} >= ${now} then 1 else 0 end)`,
    };
  };
  const answer = clock("first_answered_at", "first_answer_due");
  const solution = clock("solved_at", "solution_due");
  const rows = await read(
    desk,
    sql<Readonly<Record<(typeof SUMS)[number], number>> & { priority: number; staff: number | null }>`
      select priority, assignee_id as staff, count(*) as opened, sum(case when reopened > 0 then 1 else 0 end) as reopened,
        ${answer.inTime} as answered, ${answer.late} as answered_late, ${answer.running} as unanswered,
        ${solution.inTime} as solved, ${solution.late} as solved_late, ${solution.running} as unsolved
      from rk_tickets where tenant_id = ${desk.tenantId} and created_at >= ${start} and created_at < ${end}
        and state <> 'merged' group by priority, assignee_id`,
  );
  const byPriority = [...new Set(rows.map(({ priority }) => Number(priority)))].sort((a, b) => b - a);
  const staff = [...new Set(rows.map((row) => (row.staff === null ? null : Number(row.staff))))];
  return {
    all: figuresOf(rows),
    byPriority: byPriority.map((number) => ({
      priority: priorityOf(number),
      ...figuresOf(rows.filter(({ priority }) => Number(priority) === number)),
    })),
    byStaff: staff
      .sort((a, b) => (a ?? 0) - (b ?? 0))
      .map((staffId) => ({
        staffId,
        ...figuresOf(rows.filter((row) => (row.staff === null ? null : Number(row.staff)) === staffId)),
      })),
  };
}

const SUMS = [
  "opened",
  "reopened",
  "answered",
  "answered_late",
  "unanswered",
  "solved",
  "solved_late",
  "unsolved",
] as const;

function figuresOf(rows: readonly Readonly<Record<(typeof SUMS)[number], number>>[]): SlaFigures {
  const sum = (name: (typeof SUMS)[number]) => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    opened: sum("opened"),
    reopened: sum("reopened"),
    firstAnswer: { inTime: sum("answered"), late: sum("answered_late"), running: sum("unanswered") },
    solution: { inTime: sum("solved"), late: sum("solved_late"), running: sum("unsolved") },
  };
}
