import { addDays, localDateOf, startOfDay } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Desk } from "../context.js";
import { PROJECT_STAGES, type ProjectStage } from "../desk.js";
import { OPEN_STAGES } from "../projects/stages.js";

/** What a report is about: local days, both ends in. */
export interface ReportPeriod {
  readonly from: string;
  readonly to: string;
}

/** A report of sales, narrowed. */
export interface SalesFilter extends ReportPeriod {
  readonly owner_id?: number | undefined;
  readonly source?: string | undefined;
}

/** How many projects stand somewhere, and what they are worth, minor units. */
export interface Standing {
  readonly projects: number;
  readonly valueMinor: number;
}

/** Sales of a period, out of the history of projects and nothing else. */
export interface SalesReport {
  /** Where projects stood at the end of the period. */
  readonly byStage: ReadonlyMap<ProjectStage, Standing>;
  /** Open ones among them, by owner; 0: nobody's. */
  readonly byOwner: ReadonlyMap<number, Standing>;
  readonly bySource: ReadonlyMap<string, Standing>;
  /** What happened in each month, `YYYY-MM`. */
  readonly byMonth: ReadonlyMap<string, { readonly created: number; readonly won: number; readonly lost: number }>;
  /** Projects that came into a stage within the period, and those of them that came into the next one by its end. */
  readonly conversion: readonly {
    readonly from: ProjectStage;
    readonly to: ProjectStage;
    readonly entered: number;
    readonly reached: number;
  }[];
  /** How long projects that left a stage within the period had been in it, ms. */
  readonly stays: ReadonlyMap<ProjectStage, { readonly left: number; readonly totalMs: number }>;
  /** Projects decided within the period, by their last decision in it. */
  readonly decided: { readonly won: number; readonly lost: number };
  /** Open projects at the end, by the month in which they are expected ("": none is said); the chance of each stage by all that was decided until then. */
  readonly forecast: readonly {
    readonly month: string;
    readonly stage: ProjectStage;
    readonly projects: number;
    readonly valueMinor: number;
  }[];
  readonly chance: ReadonlyMap<ProjectStage, { readonly won: number; readonly lost: number }>;
}

const STEPS = [
  ["pre_sales", "in_sales"],
  ["in_sales", "after_sales"],
] as const;

/** Reads the report off the history; each part is one statement. */
export async function salesReport(desk: Desk, { from, to, owner_id, source }: SalesFilter): Promise<SalesReport> {
  const { stores, tenantId, timeZone } = desk;
  const start = startOfDay(from, timeZone);
  const end = startOfDay(addDays(to, 1), timeZone);
  // Owner and source as they were when it happened.
  const narrowed = (alias: string): RawBuilder<SqlBool> =>
    sql`${owner_id === undefined ? sql`1 = 1` : sql`${sql.ref(`${alias}.owner_id`)} = ${owner_id}`}
      and ${source === undefined ? sql`1 = 1` : sql`${sql.ref(`${alias}.source`)} = ${source}`}`;
  const read = async <R>(query: RawBuilder<R>) => (await query.execute(stores.sql)).rows;
  const latest = sql`(select max(h.id) as id from rk_project_history as h
    where h.tenant_id = ${tenantId} and h.at < ${end} group by h.project_id)`;
  const standing = await read(sql<{
    stage: string;
    owner: number | null;
    source: string;
    month: string | null;
    n: number;
    value: number;
  }>`
    select p.to_stage as stage, p.owner_id as owner, p.source, substr(p.expected_on, 1, 7) as month, count(*) as n,
      sum(p.value_minor) as value
    from ${latest} as l join rk_project_history as p on p.id = l.id
    where p.tenant_id = ${tenantId} and ${narrowed("p")}
    group by p.to_stage, p.owner_id, p.source, substr(p.expected_on, 1, 7)`);
  const events = await read(sql<{ stage: string; was: string | null; at: number; since: number; project: number }>`
    select h.to_stage as stage, h.from_stage as was, h.at, h.since, h.project_id as project from rk_project_history as h
    where h.tenant_id = ${tenantId} and h.kind in ('created', 'stage') and h.at >= ${start} and h.at < ${end}
      and ${narrowed("h")} order by h.id`);
  const chances = await read(sql<{ stage: string; outcome: string; n: number }>`
    select w.to_stage as stage, d.to_stage as outcome, count(*) as n from
      (select max(h.id) as id from rk_project_history as h where h.tenant_id = ${tenantId} and h.kind = 'stage'
        and h.to_stage in ('after_sales', 'lost') and coalesce(h.from_stage, '') <> 'closed' and h.at < ${end}
        group by h.project_id) as m
      join rk_project_history as d on d.id = m.id
      join (select distinct project_id, to_stage from rk_project_history where tenant_id = ${tenantId} and at < ${end}
        and kind in ('created', 'stage') and to_stage in ('pre_sales', 'in_sales')) as w on w.project_id = d.project_id
    where d.tenant_id = ${tenantId} group by w.to_stage, d.to_stage`);
  return {
    byStage: summed(standing, (row) => stageNamed(row.stage)),
    byOwner: summed(standing.filter(isOpen), (row) => Number(row.owner ?? 0)),
    bySource: summed(standing.filter(isOpen), (row) => row.source),
    forecast: forecastOf(standing.filter(isOpen)),
    chance: chancesOf(chances),
    ...happened(desk, events),
  };
}

type StandingRow = {
  readonly stage: string;
  readonly month: string | null;
  readonly n: number;
  readonly value: number;
};
type EventRow = {
  readonly stage: string;
  readonly was: string | null;
  readonly at: number;
  readonly since: number;
  readonly project: number;
};

function stageNamed(text: string): ProjectStage {
  return PROJECT_STAGES.find((stage) => stage === text) ?? "pre_sales";
}

const isOpen = ({ stage }: { readonly stage: string }) => OPEN_STAGES.some((open) => open === stage);

function summed<R extends StandingRow, K>(rows: readonly R[], keyOf: (row: R) => K): ReadonlyMap<K, Standing> {
  const sums = new Map<K, Standing>();
  for (const row of rows) {
    const { projects = 0, valueMinor = 0 } = sums.get(keyOf(row)) ?? {};
    sums.set(keyOf(row), { projects: projects + Number(row.n), valueMinor: valueMinor + Number(row.value) });
  }
  return sums;
}

function forecastOf(rows: readonly StandingRow[]): SalesReport["forecast"] {
  const cells = new Map<string, { month: string; stage: ProjectStage; projects: number; valueMinor: number }>();
  for (const { month, stage, n, value } of rows) {
    const key = `${month ?? ""} ${stage}`;
    const cell = cells.get(key) ?? { month: month ?? "", stage: stageNamed(stage), projects: 0, valueMinor: 0 };
    cells.set(key, { ...cell, projects: cell.projects + Number(n), valueMinor: cell.valueMinor + Number(value) });
  }
  return [...cells.values()].sort((a, b) => (a.month + a.stage < b.month + b.stage ? -1 : 1));
}

function chancesOf(rows: readonly { readonly stage: string; readonly outcome: string; readonly n: number }[]) {
  const chances = new Map<ProjectStage, { won: number; lost: number }>();
  for (const { stage, outcome, n } of rows) {
    const chance = chances.get(stageNamed(stage)) ?? { won: 0, lost: 0 };
    chance[outcome === "lost" ? "lost" : "won"] += Number(n);
    chances.set(stageNamed(stage), chance);
  }
  return chances;
}

/** Whether an event decides a sale: going back to after-sales from the end does not. */
function decisionOf({ stage, was }: Pick<EventRow, "stage" | "was">): "won" | "lost" | undefined {
  if (stage === "lost") return "lost";
  return stage === "after_sales" && was !== "closed" ? "won" : undefined;
}

function happened({ timeZone }: Desk, events: readonly EventRow[]) {
  const months = new Map<string, { created: number; won: number; lost: number }>();
  const stays = new Map<ProjectStage, { left: number; totalMs: number }>();
  const decisions = new Map<number, "won" | "lost">();
  const entered = new Map<ProjectStage, Set<number>>(PROJECT_STAGES.map((stage) => [stage, new Set<number>()]));
  const reached = new Map<string, Set<number>>(STEPS.map(([from]) => [from, new Set<number>()]));
  for (const event of events) {
    const project = Number(event.project);
    const stage = stageNamed(event.stage);
    const month = localMonth(Number(event.at), timeZone);
    const figures = months.get(month) ?? { created: 0, won: 0, lost: 0 };
    months.set(month, figures);
    for (const [from, to] of STEPS) {
      if (stage === to && event.was === from && entered.get(from)?.has(project)) reached.get(from)?.add(project);
    }
    entered.get(stage)?.add(project);
    if (event.was === null) figures.created += 1;
    else {
      const stay = stays.get(stageNamed(event.was)) ?? { left: 0, totalMs: 0 };
      stay.left += 1;
      stay.totalMs += Number(event.at) - Number(event.since);
      stays.set(stageNamed(event.was), stay);
    }
    const decision = decisionOf(event);
    if (!decision) continue;
    figures[decision] += 1;
    decisions.set(project, decision);
  }
  const won = [...decisions.values()].filter((decision) => decision === "won").length;
  return {
    byMonth: months,
    stays,
    decided: { won, lost: decisions.size - won },
    conversion: STEPS.map(([from, to]) => ({
      from,
      to,
      entered: entered.get(from)?.size ?? 0,
      reached: reached.get(from)?.size ?? 0,
    })),
  };
}

/** `YYYY-MM` of an instant. */
function localMonth(at: number, zone: string): string {
  return localDateOf(at, zone).slice(0, 7);
}
