import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { toE164 } from "../number/mobile-number.js";
import { jsonOf } from "../provider/exchange.js";
import { fromShanghaiTime } from "../provider/shanghai-time.js";
import type { SmsReceipt, SmsReply } from "../receipt/sms-receipt.js";
import { LONG_FIELDS, type ReplyItem, replySchema, type StatusItem, statusSchema } from "./answers.js";

/** What a callback has to be answered with, as `text/plain`. Anything else makes Yunpian push again. */
export const YUNPIAN_ACKNOWLEDGED = "SUCCESS";

/** Most reports of one push. @see https://www.yunpian.com/official/document/sms/zh_CN/domestic_push_report */
const MAX_REPORTS = 100;

/**
 * Reads a push of delivery reports: a form with the field `sms_status`. Nothing signs it, so that it counts only for ids that
 * were sent, and its address should not be guessable.
 *
 * @returns undefined when it is none
 */
export function readYunpianReports(form: URLSearchParams): readonly SmsReceipt[] | undefined {
  const reports = z
    .array(statusSchema)
    .max(MAX_REPORTS)
    .safeParse(fieldOf(form, "sms_status", "["));
  return reports.success ? reports.data.flatMap(receiptOf) : undefined;
}

/** A pulled or pushed report as a receipt; none while nothing is decided. */
export function receiptOf(report: StatusItem): readonly SmsReceipt[] {
  const { sid, mobile, report_status, error_msg, user_receive_time } = report;
  const address = toE164(mobile);
  if (address === undefined || (report_status !== "SUCCESS" && report_status !== "FAIL")) return [];
  const at = fromShanghaiTime(user_receive_time ?? "");
  return [
    {
      providerMessageId: sid,
      address,
      kind: report_status === "SUCCESS" ? "delivered" : "not_delivered",
      ...(report_status === "FAIL" && error_msg && { reason: error_msg.slice(0, 64) }),
      ...(at !== undefined && { at }),
    },
  ];
}

/**
 * Reads a push of a reply: a form with the field `sms_reply`, signed with the apikey.
 *
 * @returns undefined when it is none, or signed by somebody else
 */
export function readYunpianReply(form: URLSearchParams, apikey: string): SmsReply | undefined {
  const json = fieldOf(form, "sms_reply", "{");
  const reply = replySchema.safeParse(json);
  if (!reply.success || !isSigned(json, reply.data, apikey)) return undefined;
  return replyOf(reply.data);
}

/** A pulled or pushed reply; undefined when its number or time is none. */
export function replyOf(reply: ReplyItem): SmsReply | undefined {
  const from = toE164(reply.mobile);
  const at = fromShanghaiTime(reply.reply_time);
  if (from === undefined || at === undefined) return undefined;
  const id = reply.id ?? createHash("sha256").update(`${from} ${at} ${reply.text}`).digest("hex").slice(0, 32);
  return { id, from, text: reply.text, at, ...(reply.extend && { extend: reply.extend }) };
}

/**
 * Whether `_sign` is the MD5 of the other fields by name, joined by commas, and the apikey.
 *
 * @see https://www.yunpian.com/official/document/sms/zh_CN/domestic_push_reply
 */
function isSigned(json: unknown, { _sign }: ReplyItem, apikey: string): boolean {
  if (!_sign || typeof json !== "object" || json === null) return false;
  const fields = Object.entries(json).filter(([name]) => name !== "_sign");
  const values = fields
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => (value === null ? "" : String(value)));
  const expected = createHash("md5")
    .update([...values, apikey].join(","), "utf8")
    .digest();
  const given = Buffer.from(_sign, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** A field's JSON; some stacks encode it twice. */
function fieldOf(form: URLSearchParams, field: string, start: string): unknown {
  const text = form.get(field)?.trim() ?? "";
  if (text.startsWith(start)) return jsonOf(text, LONG_FIELDS);
  try {
    return jsonOf(decodeURIComponent(text.replace(/\+/g, " ")), LONG_FIELDS);
  } catch {
    return undefined;
  }
}
