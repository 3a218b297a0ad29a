import { instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { CALL_RESULTS } from "../calls/call.js";
import { dayField, idField } from "../fields.js";
import { packageSchema } from "../packages/schema.js";
import { TASK_STATES } from "../tasks/task.js";

const rate = z.number().nullable();
const day = z.string().describe("YYYY-MM-DD");

/** Figures of calls, in every answer alike. */
const countFields = {
  total_calls: z.int(),
  connected_calls: z.int(),
  interested_calls: z.int(),
  total_duration: z.int().describe("秒 / seconds"),
  avg_contact_rate: rate.describe("接通 ÷ 通话 / connected ÷ calls"),
  avg_interest_rate: rate.describe("意向 ÷ 接通 / interested ÷ connected"),
  interested_share: rate.describe("意向 ÷ 通话 / interested ÷ calls"),
  avg_call_duration: rate.describe("秒 ÷ 接通 / seconds ÷ connected calls"),
};

const agentSchema = z.strictObject({
  agent: z.string(),
  total_calls: z.int(),
  connected_calls: z.int(),
  interested_calls: z.int(),
  total_duration: z.int(),
  active_hours: z.int().describe("有通话的钟点数 / hours of the clock with a call"),
  contact_rate: rate,
  calls_per_hour: rate,
  occupancy: rate.describe("通话时长 ÷ 有通话的钟点 / talking ÷ hours with a call"),
});

export const dashboardSchema = z.strictObject({
  time_zone: z.string(),
  currency: z.string(),
  total_packages: z.int(),
  total_leads: z.int(),
  valid_leads: z.int(),
  ...countFields,
  total_cost: z.number(),
  total_revenue: z
    .number()
    .describe("接通后 30 天内的订单，扣除退款 / orders within 30 days of the first contact, net of refunds"),
  roi: rate.describe("(收入 − 成本) ÷ 成本 / (revenue − cost) ÷ cost"),
  cost_per_contact: rate,
  cost_per_interest: rate,
  today: z.strictObject({ date: day, ...countFields }),
  tasks: z.strictObject(
    Object.fromEntries(TASK_STATES.map((state) => [state, z.int()])) as Record<(typeof TASK_STATES)[number], z.ZodInt>,
  ),
  top_packages: z.array(packageSchema),
  agents: z.array(agentSchema).describe("最近 7 天 / of the last seven days"),
});

export const trendsQuery = z.strictObject({
  granularity: z.enum(["day", "week", "month"]).optional().describe("默认 day / default day"),
  from: dayField.optional().describe("默认 30 天、12 周或 12 个月前 / default: 30 days, 12 weeks or 12 months ago"),
  to: dayField.optional().describe("默认今天 / default: today"),
  package_id: idField.optional(),
});
export const trendsSchema = z.strictObject({
  granularity: z.enum(["day", "week", "month"]),
  time_zone: z.string(),
  items: z.array(z.strictObject({ period: day.describe("周期的第一天 / first day of the period"), ...countFields })),
});

export const summarySchema = z.strictObject({
  id: z.int(),
  date: day,
  time_zone: z.string(),
  total_packages: z.int(),
  new_packages: z.int(),
  total_leads: z.int(),
  ...countFields,
  total_cost: z.number(),
  total_revenue: z.number(),
  roi: rate,
  created_at: instantField,
  updated_at: instantField,
});
export const summariesPage = numberedPage(summarySchema);
export const summariesQuery = z.strictObject({
  ...numberedPageFields,
  start_date: dayField.optional(),
  end_date: dayField.optional(),
});

const hourCell = z.strictObject({
  weekday: z.int().describe("1 周一 … 7 周日 / 1 Monday … 7 Sunday"),
  hour: z.int().nullable(),
  total_calls: z.int(),
  connected_calls: z.int(),
  interested_calls: z.int(),
  contact_rate: rate,
  interest_rate: rate,
});

export const packageStatsSchema = z.strictObject({
  package: packageSchema,
  ...countFields,
  results: z.strictObject(
    Object.fromEntries(CALL_RESULTS.map((result) => [result, z.int()])) as Record<
      (typeof CALL_RESULTS)[number],
      z.ZodInt
    >,
  ),
  funnel: z.array(
    z.strictObject({ step: z.string(), count: z.int(), rate: rate.describe("÷ 上一步 / of the step before") }),
  ),
  leads: z.strictObject({
    loaded: z.int(),
    called: z.int(),
    callable: z.int(),
    by_state: z.record(z.string(), z.int()),
    penetration: rate.describe("拨打过 ÷ 已导入 / called ÷ loaded"),
  }),
  tags: z.array(
    z.strictObject({
      id: z.int(),
      package_id: z.int(),
      tag_name: z.string(),
      tag_value: z.string(),
      tag_count: z.int(),
      percentage: rate.describe("占数据包全部通话，0 … 1 / of all calls of the package"),
      created_at: instantField,
      updated_at: instantField,
    }),
  ),
  hours: z.array(hourCell).describe("星期 × 小时 / weekday × hour"),
  weekdays: z.array(hourCell),
  first_day: day.nullable(),
  last_day: day.nullable(),
  total_revenue: z.number(),
  roi: rate,
});
