import { isTimeZone } from "@recallkit/core/ports";
import { instantField, numberedPage, numberedPageFields, says } from "@recallkit/http";
import * as z from "zod";
import { CALL_RESULTS } from "../calls/call.js";
import { DIAL_STATES } from "../dialer/dial-lead.js";
import { lineField, momentField, phoneField } from "../fields.js";
import { CONSENTS, LEAD_STATES } from "./lead.js";

const zone = z
  .string()
  .max(64)
  .refine(isTimeZone, says("应为 IANA 时区，例如 Asia/Shanghai", "must be an IANA time zone such as Asia/Shanghai"));

/** Somebody to be called, as they are sent. */
export const newLead = z.strictObject({
  phone_number: phoneField,
  name: lineField(0).default(""),
  company: lineField(0).default(""),
  region: lineField(0).default(""),
  time_zone: zone.optional().describe("对方所在时区，默认商户时区 / where they are; default: the tenant's zone"),
  consent: z.enum(CONSENTS).default("unknown"),
});

export const loadLeadsBody = z.strictObject({ leads: z.array(newLead).min(1).max(1000) });
export const loadedSchema = z.strictObject({
  inserted: z.int(),
  unchanged: z.int().describe("数据包中已有的号码 / numbers that the package has already"),
  duplicates: z
    .int()
    .describe("其他数据包先有的号码，不再拨打 / numbers that another package had first; nobody calls them"),
  suppressed: z.int().describe("免打扰，不拨打 / suppressed; nobody calls them"),
});

export const leadSchema = z.strictObject({
  id: z.int(),
  package_id: z.int(),
  phone_number: z
    .string()
    .describe("E.164；领取者以及 admin、platform 可见全文 / in full for whoever has the lead, admin and platform"),
  name: z.string(),
  company: z.string(),
  region: z.string(),
  time_zone: z.string(),
  consent: z.enum(CONSENTS),
  state: z
    .enum(LEAD_STATES)
    .describe("ready 待拨打、callback 约定回拨、done 已接通、exhausted 次数用尽、suppressed 免打扰、duplicate 重复"),
  duplicate_of: z.int().nullable(),
  attempts: z.int(),
  last_result: z.enum(CALL_RESULTS).nullable(),
  last_call_at: instantField.nullable(),
  next_call_at: instantField.nullable(),
  lease_owner: z.string().nullable(),
  lease_until: instantField.nullable(),
  created_at: instantField,
  updated_at: instantField,
});
export const leadsPage = numberedPage(leadSchema);
const leadFilter = { state: z.enum(LEAD_STATES).optional(), region: z.string().max(255).optional() };
export const leadsQuery = z.strictObject({ ...numberedPageFields, ...leadFilter });
export const leadsExportQuery = z.strictObject(leadFilter);

export const editLeadBody = z.strictObject({
  name: lineField(0).optional(),
  company: lineField(0).optional(),
  region: lineField(0).optional(),
  time_zone: zone.optional(),
  consent: z.enum(CONSENTS).optional().describe("refused：加入免打扰 / refused: suppressed"),
  callback_at: momentField.optional().describe("约定的回拨时间 / agreed time of the next call"),
});

export const nextLeadSchema = z.strictObject({
  lead: leadSchema.nullable(),
  lease: z.int().nullable().describe("记录通话、续期、归还时带上 / to be sent with the call, a heartbeat or a release"),
  lease_until: instantField.nullable(),
  reason: z
    .enum(["empty", "later", "calling-hours"])
    .nullable()
    .describe("没有可拨打的线索时的原因 / why there is none"),
  next_at: instantField.nullable(),
});
export const leaseBody = z.strictObject({ lease: z.int().min(1) });
export const dialBody = z.strictObject({ lease: z.int().min(1), task_id: z.int().min(1) });
export const dialSchema = z.strictObject({
  id: z.int(),
  lead_id: z.int(),
  task_id: z.int(),
  state: z
    .enum(DIAL_STATES)
    .describe("unknown：对方可能已响铃，不会自动重拨 / it may have rung; nobody dials again by himself"),
  provider_call_id: z.string().nullable(),
  reason: z.string().nullable(),
  created_at: instantField,
});

/** A lead as the documentation shows it. */
export const leadExample = {
  id: 1,
  package_id: 1,
  phone_number: "+8613800138000",
  name: "王女士",
  company: "",
  region: "江苏",
  time_zone: "Asia/Shanghai",
  consent: "unknown" as const,
  state: "ready" as const,
  duplicate_of: null,
  attempts: 0,
  last_result: null,
  last_call_at: null,
  next_call_at: 1_767_225_720_000,
  lease_owner: "user:1",
  lease_until: 1_767_225_720_000,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};
