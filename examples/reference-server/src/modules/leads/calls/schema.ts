import { instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { dayField, lineField, momentField, phoneField, textField } from "../fields.js";
import { CALL_RESULTS } from "./call.js";

/** What only the server knows; sent back with an edit it is passed over. */
const known = z.unknown().optional().meta({ readOnly: true });

const tagInput = z
  .strictObject({
    tag_name: lineField(1),
    tag_value: lineField(1),
    tag_type: lineField(1).default("text"),
    id: known,
    call_id: known,
    created_at: known,
  })
  .transform(({ tag_name, tag_value, tag_type }) => ({ tag_name, tag_value, tag_type }));
const tagsInput = z.array(tagInput).max(50);

/** Seconds of a call: at most a day. */
const duration = z.int().min(0).max(86_400);

const callFields = {
  phone_number: phoneField,
  call_time: momentField,
  duration,
  result: z.enum(CALL_RESULTS),
  interested: z
    .boolean()
    .describe("有意向；默认看标签 interest_level / of interest; default: what the tag interest_level says"),
  notes: textField(4000),
  customer_name: lineField(0),
  company: lineField(0),
  agent: lineField(0).describe("坐席 / who called"),
  tags: tagsInput,
};

export const createCallBody = z.strictObject({
  phone_number: callFields.phone_number.optional().describe("有 lead_id 时可省略 / may be left out with lead_id"),
  call_time: callFields.call_time.optional().describe("默认现在 / default: now"),
  duration: duration.default(0),
  result: callFields.result,
  interested: callFields.interested.optional(),
  notes: callFields.notes.default(""),
  customer_name: callFields.customer_name.default(""),
  company: callFields.company.default(""),
  agent: callFields.agent.optional().describe("默认当前登录者 / default: who is signed in"),
  tags: callFields.tags.default([]),
  lead_id: z.int().min(1).optional().describe("线索；记录结果并安排下次拨打 / the lead that was called"),
  lease: z.int().min(1).optional().describe("领取线索时得到的编号 / number given with the lead"),
  callback_at: momentField.optional().describe("约定的回拨时间 / agreed time of the next call"),
  do_not_call: z
    .boolean()
    .default(false)
    .describe(
      "对方要求不再联系：加入免打扰，推送与外呼都不再联系 / they want no contact: suppressed for calls and pushes",
    ),
});

export const editCallBody = z.strictObject({
  ...z.strictObject(callFields).partial().shape,
  // A number that was read masked, or not at all, says nothing when it is sent back.
  phone_number: z.preprocess(
    (value) => (value === null || (typeof value === "string" && value.startsWith("****")) ? undefined : value),
    phoneField.optional(),
  ),
  id: known,
  task_id: known,
  package_id: known,
  lead_id: known,
  created_at: known,
  updated_at: known,
});

const tagSchema = z.strictObject({
  id: z.int(),
  call_id: z.int(),
  tag_name: z.string(),
  tag_value: z.string(),
  tag_type: z.string(),
  created_at: instantField,
});

export const callSchema = z.strictObject({
  id: z.int(),
  task_id: z.int(),
  package_id: z.int(),
  lead_id: z.int().nullable(),
  phone_number: z
    .string()
    .nullable()
    .describe("E.164；仅 admin 和 platform 可见全文 / in full for admin and platform only"),
  call_time: instantField,
  duration: z.int().describe("秒 / seconds"),
  result: z.enum(CALL_RESULTS),
  interested: z.boolean(),
  notes: z.string(),
  customer_name: z.string(),
  company: z.string(),
  agent: z.string(),
  tags: z.array(tagSchema),
  created_at: instantField,
  updated_at: instantField,
});
export const callsPage = numberedPage(callSchema);

/** Filters of lists and of exports. */
const callFilter = {
  result: z.enum(CALL_RESULTS).optional(),
  agent: z.string().max(255).optional(),
  interested: z.enum(["true", "false"]).optional(),
  from: dayField.optional().describe("拨打日，含当日 / day of the call, inclusive"),
  to: dayField.optional(),
};
export const callsQuery = z.strictObject({ ...numberedPageFields, ...callFilter });
export const callsExportQuery = z.strictObject(callFilter);

/** A call as the documentation shows it. */
export const callExample = {
  id: 1,
  task_id: 1,
  package_id: 1,
  lead_id: null,
  phone_number: "+8613800138000",
  call_time: 1_767_225_600_000,
  duration: 120,
  result: "connected" as const,
  interested: true,
  notes: "客户有意向",
  customer_name: "",
  company: "",
  agent: "merchant_username",
  tags: [
    {
      id: 1,
      call_id: 1,
      tag_name: "interest_level",
      tag_value: "high",
      tag_type: "text",
      created_at: 1_767_225_600_000,
    },
  ],
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};
