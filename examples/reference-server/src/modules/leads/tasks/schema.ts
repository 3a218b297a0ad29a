import { instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { lineField, momentField, textField } from "../fields.js";
import { DEFAULT_RECYCLING, overridesSchema, recyclingSchema, TASK_STATES } from "./task.js";

const taskFields = {
  task_name: lineField(1),
  description: textField(4000),
  start_time: momentField.nullable(),
  end_time: momentField.nullable().describe("不早于 start_time / not before start_time"),
  status: z.enum(TASK_STATES).describe("pending → in_progress → completed，未结束时可 cancelled"),
  recycling: recyclingSchema
    .nullable()
    .describe(
      "未接通时的重拨规则；null 为默认：无人接听 4 小时后再拨，最多 3 次 / when to call again; null: the usual rules",
    ),
};

export const createTaskBody = z.strictObject({
  task_name: taskFields.task_name,
  description: taskFields.description.default(""),
  start_time: taskFields.start_time.optional(),
  end_time: taskFields.end_time.optional(),
  status: z.enum(["pending", "in_progress"]).default("pending"),
  recycling: taskFields.recycling.optional(),
});

const known = z.unknown().optional().meta({ readOnly: true });
export const editTaskBody = z.strictObject({
  ...z.strictObject(taskFields).partial().shape,
  id: known,
  package_id: known,
  total_calls: known,
  connected_calls: known,
  interested_calls: known,
  total_duration: known,
  contact_rate: known,
  interest_rate: known,
  counted: known,
  is_overridden: known,
  created_at: known,
  updated_at: known,
});

const counted = z.strictObject({ total_calls: z.int(), connected_calls: z.int(), interested_calls: z.int() });

export const taskSchema = z.strictObject({
  id: z.int(),
  package_id: z.int(),
  task_name: z.string(),
  description: z.string(),
  start_time: instantField.nullable(),
  end_time: instantField.nullable(),
  status: z.enum(TASK_STATES),
  total_calls: z.int(),
  connected_calls: z.int(),
  interested_calls: z.int(),
  total_duration: z.int().describe("秒 / seconds"),
  contact_rate: z.number().nullable(),
  interest_rate: z.number().nullable(),
  counted: counted.describe("由通话得出的数字 / what the calls themselves say"),
  is_overridden: z.boolean().describe("部分数字由人填写 / some figures were said by somebody"),
  recycling: recyclingSchema,
  created_at: instantField,
  updated_at: instantField,
});
export const tasksPage = numberedPage(taskSchema);
export const tasksQuery = z.strictObject({
  ...numberedPageFields,
  status: z.enum(TASK_STATES).optional(),
});
export const metricsBody = overridesSchema.describe(
  "留空：按通话重新计算并撤销覆盖；给出数字：作为覆盖保存，记入审计 / empty: counted anew; figures: kept instead, and audited",
);

/** A task as the documentation shows it. */
export const taskExample = {
  id: 1,
  package_id: 1,
  task_name: "首轮外呼",
  description: "",
  start_time: 1_767_225_600_000,
  end_time: null,
  status: "in_progress" as const,
  total_calls: 200,
  connected_calls: 120,
  interested_calls: 30,
  total_duration: 9600,
  contact_rate: 0.6,
  interest_rate: 0.25,
  counted: { total_calls: 200, connected_calls: 120, interested_calls: 30 },
  is_overridden: false,
  recycling: { ...DEFAULT_RECYCLING },
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};
