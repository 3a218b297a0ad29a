import { LEAP_DAY_POLICIES, LEAP_MONTH_POLICIES, THIRTIETH_POLICIES } from "@recallkit/core/birthday";
import { hasControlCharacters, isLocalDate, normaliseText } from "@recallkit/core/ports";
import {
  cursorPage,
  instantField,
  numberedPage,
  numberedPageFields,
  pageFields,
  says,
  wholeNumber,
} from "@recallkit/http";
import * as z from "zod";
import { REVISIT_CHANNELS } from "./channels.js";
import { SKIP_REASONS } from "./find-people.js";
import { TEXT_SOURCES } from "./revisit-store.js";
import { RUN_KINDS, RUN_STATES } from "./run-store.js";
import { MOST_DAYS_AHEAD, REVISIT_MODES } from "./settings.js";
import { REVISIT_STATES } from "./states.js";

/** A path with the code of an institution. */
export const codeParams = z.strictObject({
  code: z.string().min(1).max(255).describe("机构代码，例如 BJ-HA-001 / code of an institution"),
});
export const codeAndIdParams = codeParams.extend({ id: wholeNumber(1) });

const daysAhead = z.int().min(0).max(MOST_DAYS_AHEAD);
const day = z.string().refine(isLocalDate, says("应为 YYYY-MM-DD", "must be YYYY-MM-DD"));

const line = (most: number) =>
  z
    .string()
    .transform(normaliseText)
    .pipe(
      z
        .string()
        .min(1)
        .max(most)
        .refine((text) => !hasControlCharacters(text), says("不能包含控制字符", "must not hold control characters")),
    );

export const customersQuery = z.strictObject({
  ...numberedPageFields,
  search: z.string().max(255).optional().describe("姓名或客户编号的一部分 / part of the name or the code"),
});

export const customerSchema = z.strictObject({
  customer_code: z.string(),
  person: z.strictObject({
    name: z.string().nullable(),
    gender: z.string().nullable(),
    birthday: z.string().nullable(),
    phone: z.string().nullable().describe("无 addresses:read 权限时只显示后四位 / masked without addresses:read"),
  }),
  vip_level: z.string().nullable(),
  source: z.string().nullable(),
  created_at: instantField,
  updated_at: instantField,
});
export const customersPage = numberedPage(customerSchema);

export const upcomingQuery = z.strictObject({
  ...numberedPageFields,
  days_ahead: wholeNumber(0, MOST_DAYS_AHEAD).optional().describe("默认为机构设置 / default: the institution's"),
});
export const upcomingSchema = z.strictObject({
  customer_code: z.string(),
  name: z.string().nullable(),
  birthday: z.string().describe("MM-DD；农历以 L、闰月以 R 开头 / L: lunar, R: leap month"),
  calendar: z.enum(["solar", "lunar"]),
  birthday_on: z.string().describe("本次生日的公历日期 / day of this birthday"),
  birthday_year: z.int(),
  days_left: z.int(),
  revisit: z
    .strictObject({ id: z.int(), state: z.enum(REVISIT_STATES) })
    .nullable()
    .describe("本次生日的回访；还没有时为 null / null: none yet"),
});
export const upcomingPage = numberedPage(upcomingSchema).extend({ days_ahead: z.int(), local_day: z.string() });

export const runBody = z.strictObject({
  test_mode: z.boolean().optional().describe("true：只写出并显示，不发送 / writes and shows, sends nothing"),
  days_ahead: daysAhead.optional().describe("默认为机构设置 / default: the institution's"),
});

const skipSchema = z.strictObject({ customer_code: z.string(), reason: z.enum(SKIP_REASONS) });
export const runSchema = z.strictObject({
  run_id: z.int(),
  found: z.int().describe("生日临近的客户 / people whose birthday is near"),
  written: z.int().describe("已写好文案 / people with a text"),
  skipped: z.array(skipSchema).describe("至多 1000 条 / at most 1 000"),
  test_mode: z.boolean(),
  institution_code: z.string(),
  state: z.enum(RUN_STATES),
  kind: z.enum(RUN_KINDS),
  mode: z.enum(REVISIT_MODES),
  local_day: z.string(),
  days_ahead: z.int(),
  caught_up_days: z.int().describe("补上的缺勤天数 / days without a run before"),
  skipped_total: z.int(),
  states: z.record(z.string(), z.int()).describe("按状态计数 / people by state"),
  error: z.string().nullable(),
  started_by: z.string(),
  started_at: instantField,
  finished_at: instantField.nullable(),
});
export const runsPage = cursorPage(runSchema);
export const runsQuery = z.strictObject(pageFields);

const policyFields = {
  leap_day: z.enum(LEAP_DAY_POLICIES).describe("2 月 29 日出生 / born on 29 February"),
  leap_month: z.enum(LEAP_MONTH_POLICIES).describe("闰月出生 / born in a leap month"),
  thirtieth: z.enum(THIRTIETH_POLICIES).describe("农历三十出生 / born on the 30th of a lunar month"),
};
export const settingsSchema = z.strictObject({
  institution_code: z.string(),
  mode: z.enum(REVISIT_MODES),
  days_ahead: z.int(),
  ...policyFields,
  channels: z.array(z.enum(REVISIT_CHANNELS)),
  updated_at: instantField.nullable(),
  updated_by: z.string().nullable(),
});
export const settingsBody = z
  .strictObject({
    mode: z.enum(REVISIT_MODES),
    days_ahead: daysAhead,
    ...policyFields,
    channels: z
      .array(z.enum(REVISIT_CHANNELS))
      .min(1)
      .refine((all) => new Set(all).size === all.length, says("不能重复", "must not repeat")),
  })
  .partial();

export const revisitsQuery = z.strictObject({
  ...pageFields,
  state: z.enum(REVISIT_STATES).optional(),
  run_id: wholeNumber(1).optional(),
  customer_code: z.string().max(255).optional(),
  birthday_from: day.optional(),
  birthday_to: day.optional(),
});
export const revisitSchema = z.strictObject({
  id: z.int(),
  customer_code: z.string(),
  name: z.string().nullable(),
  birthday_on: z.string(),
  birthday_year: z.int(),
  run_id: z.int(),
  state: z.enum(REVISIT_STATES),
  channel: z.enum(REVISIT_CHANNELS).nullable(),
  text: z.string().nullable(),
  text_source: z.enum(TEXT_SOURCES).nullable(),
  script_id: z.int().nullable(),
  occurrence_id: z.int().nullable(),
  reason: z.string().nullable(),
  decided_by: z.string().nullable(),
  decided_at: instantField.nullable(),
  delivery: z.strictObject({ state: z.string(), reason: z.string().nullable() }).nullable(),
  created_at: instantField,
  updated_at: instantField,
});
export const revisitsPage = cursorPage(revisitSchema);

const ids = z.array(z.int().min(1)).min(1).max(500);
export const approveBody = z.strictObject({ ids });
export const rejectBody = z.strictObject({ ids, reason: line(200).optional() });
export const decidedAnswer = z.strictObject({
  done: z.array(z.int()),
  refused: z.array(z.int()).describe("不在等待中 / those that wait for nobody"),
});
export const textBody = z.strictObject({ text: line(1_000) });

export const dashboardQuery = z.strictObject({
  institution: z.string().min(1).max(255).optional().describe("机构代码；默认全部可见机构 / default: all that you see"),
  from: day.optional().describe("默认 30 天前 / default: 30 days ago"),
  to: day.optional().describe("默认今天 / default: today"),
});
const counts = z.strictObject({
  customers: z.int(),
  upcoming_birthdays: z.int().describe("生日临近的客户，按机构设置 / people whose birthday is near, by the settings"),
  runs: z.int(),
  found: z.int().describe("期内的回访 / revisits of the period"),
  written: z.int(),
  waiting: z.int(),
  planned: z.int(),
  sent: z.int(),
  delivered: z.int(),
  not_sent: z.int(),
  rejected: z.int(),
  expired: z.int(),
  written_by_model: z.int(),
  sent_rate: z.number().nullable().describe("已发送 ÷ 已写 / sent ÷ written"),
});
export const dashboardAnswer = z.strictObject({
  from: z.string(),
  to: z.string(),
  institutions: z.array(counts.extend({ institution_code: z.string(), name: z.string(), mode: z.enum(REVISIT_MODES) })),
  total: counts,
  days: z.array(z.strictObject({ day: z.string(), found: z.int(), sent: z.int() })),
});
