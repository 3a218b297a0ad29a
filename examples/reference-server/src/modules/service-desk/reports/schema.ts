import { addDays, localDateOf, minorToMajor } from "@recallkit/core/ports";
import { says } from "@recallkit/http";
import * as z from "zod";
import type { Desk } from "../context.js";
import { PROJECT_STAGES } from "../desk.js";
import { dayField, idField } from "../fields.js";
import type { ReportPeriod, SalesReport } from "./sales.js";
import type { ClockFigures, SatisfactionReport, SlaFigures, SlaReport } from "./service.js";

const period = {
  from: dayField.optional().describe("默认 30 天前，含当日 / default: 30 days ago, inclusive"),
  to: dayField.optional().describe("默认今天，含当日 / default: today, inclusive"),
};
const inOrder = ({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }) =>
  from === undefined || to === undefined || from <= to;
const order = { path: ["to"], ...says("不能早于 from", "must not be before from") };

export const periodQuery = z.strictObject(period).refine(inOrder, order);
export const salesQuery = z
  .strictObject({ ...period, owner_id: idField.optional(), source: z.string().max(255).optional() })
  .refine(inOrder, order);

/** The period that a query means: the last 30 days where it says none. */
export function periodOf(
  { timeZone, context }: Desk,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): ReportPeriod {
  const last = to ?? localDateOf(context.clock.now(), timeZone);
  return { from: from ?? addDays(last, -29), to: last };
}

const stage = z.enum(PROJECT_STAGES);
const rate = z.number().nullable();
const count = z.int();
const standing = { projects: count, value: z.number() };

export const salesSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  currency: z.string(),
  by_stage: z.array(z.strictObject({ stage, ...standing })).describe("期末各阶段 / where projects stood at the end"),
  by_owner: z.array(z.strictObject({ owner_id: z.int().nullable(), ...standing })).describe("未成交的 / open ones"),
  by_source: z.array(z.strictObject({ source: z.string(), ...standing })),
  by_period: z.array(z.strictObject({ month: z.string(), created: count, won: count, lost: count })),
  conversion: z.array(z.strictObject({ from: stage, to: stage, entered: count, reached: count, rate })),
  average_days: z.array(z.strictObject({ stage, left: count, days: rate })),
  win_rate: z.strictObject({ won: count, lost: count, rate }),
  forecast: z
    .array(
      z.strictObject({
        month: z.string().nullable(),
        stage,
        projects: count,
        value: z.number(),
        chance: rate,
        weighted: rate,
      }),
    )
    .describe("按历史赢单率加权；无历史为 null / weighted by the win rate of the stage so far, null without one"),
});

const over = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const DAY_MS = 86_400_000;

/** A report of sales in the form of answers. */
export function salesShape(
  report: SalesReport,
  { from, to }: ReportPeriod,
  currency: string,
): z.input<typeof salesSchema> {
  const shown = ({ projects, valueMinor }: { readonly projects: number; readonly valueMinor: number }) => ({
    projects,
    value: minorToMajor(valueMinor, currency),
  });
  const { won, lost } = report.decided;
  return {
    from,
    to,
    currency,
    by_stage: PROJECT_STAGES.map((name) => ({
      stage: name,
      ...shown(report.byStage.get(name) ?? { projects: 0, valueMinor: 0 }),
    })),
    by_owner: [...report.byOwner]
      .sort(([a], [b]) => a - b)
      .map(([owner, sums]) => ({ owner_id: owner === 0 ? null : owner, ...shown(sums) })),
    by_source: [...report.bySource]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, sums]) => ({ source, ...shown(sums) })),
    by_period: [...report.byMonth]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([month, figures]) => ({ month, ...figures })),
    conversion: report.conversion.map((step) => ({ ...step, rate: over(step.reached, step.entered) })),
    average_days: PROJECT_STAGES.map((name) => {
      const { left, totalMs } = report.stays.get(name) ?? { left: 0, totalMs: 0 };
      return { stage: name, left, days: over(totalMs / DAY_MS, left) };
    }),
    win_rate: { won, lost, rate: over(won, won + lost) },
    forecast: report.forecast.map(({ month, stage: name, projects, valueMinor }) => {
      const decided = report.chance.get(name) ?? { won: 0, lost: 0 };
      const chance = over(decided.won, decided.won + decided.lost);
      const weighted = chance === null ? null : minorToMajor(Math.round(valueMinor * chance), currency);
      return { month: month === "" ? null : month, stage: name, ...shown({ projects, valueMinor }), chance, weighted };
    }),
  };
}

const ratings = { rated: count, average: rate };
export const satisfactionSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  ...ratings,
  stars: z.array(z.strictObject({ stars: z.int(), rated: count })),
  confirmed: count,
  response_rate: rate.describe("已评价 ÷ 期内确认的工单 / rated ÷ tickets confirmed in the period"),
  by_staff: z.array(z.strictObject({ staff_id: z.int().nullable(), ...ratings })),
  by_kind: z.array(z.strictObject({ kind: z.string(), ...ratings })),
});

/** A report of satisfaction in the form of answers. */
export function satisfactionShape(
  report: SatisfactionReport,
  { from, to }: ReportPeriod,
): z.input<typeof satisfactionSchema> {
  const shown = ({ rated, total }: { readonly rated: number; readonly total: number }) => ({
    rated,
    average: over(total, rated),
  });
  return {
    from,
    to,
    ...shown(report),
    stars: report.stars.map((rated, at) => ({ stars: at + 1, rated })),
    confirmed: report.confirmed,
    response_rate: over(report.confirmedRated, report.confirmed),
    by_staff: report.byStaff.map(({ staffId, ...sums }) => ({ staff_id: staffId, ...shown(sums) })),
    by_kind: report.byKind.map(({ kind, ...sums }) => ({ kind, ...shown(sums) })),
  };
}

const clock = z.strictObject({ in_time: count, late: count, running: count, rate });
const sla = { opened: count, reopened: count, first_answer: clock, solution: clock };
export const slaSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  ...sla,
  by_priority: z.array(z.strictObject({ priority: z.string(), ...sla })),
  by_staff: z.array(z.strictObject({ staff_id: z.int().nullable(), ...sla })),
});

/** A report of time limits in the form of answers. */
export function slaShape(report: SlaReport, { from, to }: ReportPeriod): z.input<typeof slaSchema> {
  const clockShape = ({ inTime, late, running }: ClockFigures) => ({
    in_time: inTime,
    late,
    running,
    rate: over(inTime, inTime + late),
  });
  const shown = ({ opened, reopened, firstAnswer, solution }: SlaFigures) => ({
    opened,
    reopened,
    first_answer: clockShape(firstAnswer),
    solution: clockShape(solution),
  });
  return {
    from,
    to,
    ...shown(report.all),
    by_priority: report.byPriority.map(({ priority, ...figures }) => ({ priority, ...shown(figures) })),
    by_staff: report.byStaff.map(({ staffId, ...figures }) => ({ staff_id: staffId, ...shown(figures) })),
  };
}
