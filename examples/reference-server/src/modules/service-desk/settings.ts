import { isLocalDate, isLocalTime } from "@recallkit/core/ports";
import { says } from "@recallkit/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import * as z from "zod";
import { TICKET_KINDS, TICKET_PRIORITIES } from "./desk.js";
import { hasHours, isSpanEnd } from "./working-time.js";

const CONFIG_KEY = "service-desk";
const MOST_MINUTES = 525_600;

const span = z
  .strictObject({
    from: z.string().refine(isLocalTime, says("应为 HH:mm", "must be HH:mm")),
    to: z.string().refine(isSpanEnd, says("应为 HH:mm 或 24:00", "must be HH:mm or 24:00")),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], ...says("必须晚于 from", "must be later than from") });

/** Spans of each weekday; they must not overlap. */
export const hoursField = z.partialRecord(
  z.enum(["1", "2", "3", "4", "5", "6", "7"]),
  z
    .array(span)
    .max(4)
    .refine(
      (spans) => {
        const sorted = [...spans].sort((a, b) => (a.from < b.from ? -1 : 1));
        return sorted.every(({ from }, at) => at === 0 || from >= (sorted[at - 1]?.to ?? ""));
      },
      says("时段不能重叠", "must not overlap"),
    ),
);

const days = z.array(z.string().refine(isLocalDate, says("应为 YYYY-MM-DD", "must be YYYY-MM-DD"))).max(400);
const minutes = z.int().min(1).max(MOST_MINUTES);
const limits = z.strictObject({ first_answer_minutes: minutes, solution_minutes: minutes });

/** Steps of the ladder: what happens when a clock has been over for so many minutes of working time. */
const step = z.strictObject({
  after: z.enum(["first_answer", "solution"]),
  minutes: z.int().min(0).max(MOST_MINUTES),
  action: z
    .enum(["alert", "raise", "reassign"])
    .describe("提醒、提高优先级、改派 / alert, raise the priority, reassign"),
});

/** What a tenant sets about its desk. */
export const settingsSchema = z.strictObject({
  hours: hoursField.refine(hasHours, says("至少有一个工作时段", "must hold working time")),
  holidays: days.describe("休息日 / days off"),
  workdays: days.describe("调休上班日，按周一的时段 / worked although the weekday is free, by Monday's hours"),
  sla: z.strictObject({ low: limits, normal: limits, high: limits, urgent: limits }),
  skills: z
    .partialRecord(z.enum(TICKET_KINDS), z.string().min(1).max(64).nullable())
    .describe("各类工单需要的技能 / the skill that a kind needs"),
  reopen_days: z
    .int()
    .min(0)
    .max(365)
    .describe("解决后多少天内可重新打开 / days in which a solved ticket can be opened again"),
  confirm_days: z.int().min(1).max(365).describe("多少天无回应视为确认 / days until silence confirms"),
  escalation: z.array(step).max(10),
  hold_marketing: z
    .enum(["off", "complaints", "tickets"])
    .describe("未结束的投诉或工单是否暂停营销 / what holds marketing back: nothing, complaints, any ticket"),
});

export type DeskSettings = z.output<typeof settingsSchema>;

const WORKDAY = [{ from: "09:00", to: "18:00" }];

/** What holds until a tenant sets something else. */
export const DEFAULT_SETTINGS: DeskSettings = {
  hours: { "1": WORKDAY, "2": WORKDAY, "3": WORKDAY, "4": WORKDAY, "5": WORKDAY },
  holidays: [],
  workdays: [],
  sla: {
    low: { first_answer_minutes: 480, solution_minutes: 2400 },
    normal: { first_answer_minutes: 120, solution_minutes: 960 },
    high: { first_answer_minutes: 30, solution_minutes: 480 },
    urgent: { first_answer_minutes: 10, solution_minutes: 240 },
  },
  skills: {},
  reopen_days: 7,
  confirm_days: 3,
  escalation: [
    { after: "first_answer", minutes: 0, action: "alert" },
    { after: "first_answer", minutes: 60, action: "reassign" },
    { after: "solution", minutes: 0, action: "raise" },
    { after: "solution", minutes: 240, action: "alert" },
  ],
  hold_marketing: "complaints",
};

/** Settings of a tenant. */
export async function settingsOf({ config }: Pick<SqlStores, "config">, tenantId: number): Promise<DeskSettings> {
  const kept = await config.get(tenantId, CONFIG_KEY);
  if (kept === undefined) return DEFAULT_SETTINGS;
  // What no version knows any more falls back to what holds by itself.
  const read = settingsSchema.safeParse({ ...DEFAULT_SETTINGS, ...JSON.parse(kept) });
  return read.success ? read.data : DEFAULT_SETTINGS;
}

/** Sets what is given; the rest stays. Clocks that run keep what they were set to. */
export async function putSettings(
  stores: SqlStores,
  tenantId: number,
  patch: { readonly [K in keyof DeskSettings]?: DeskSettings[K] | undefined },
): Promise<DeskSettings> {
  return stores.transaction(async (tx) => {
    // Held: two who set different parts at once both have their way.
    await tx.tenants.get(tenantId, "exclusive");
    const given = Object.entries(patch).filter(([, part]) => part !== undefined);
    const next: DeskSettings = { ...(await settingsOf(tx, tenantId)), ...Object.fromEntries(given) };
    await tx.config.put(tenantId, CONFIG_KEY, JSON.stringify(next));
    return next;
  });
}

/** The number of a priority in its column. */
export function priorityNumber(priority: (typeof TICKET_PRIORITIES)[number]): number {
  return TICKET_PRIORITIES.indexOf(priority);
}

/** The priority of a column. */
export function priorityOf(number: number): (typeof TICKET_PRIORITIES)[number] {
  return TICKET_PRIORITIES[number] ?? "normal";
}
