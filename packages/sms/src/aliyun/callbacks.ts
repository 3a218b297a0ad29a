import * as z from "zod";
import { toE164 } from "../number/mobile-number.js";
import { fromShanghaiTime } from "../provider/shanghai-time.js";
import type { SmsReceipt, SmsReply } from "../receipt/sms-receipt.js";

/** What a callback has to be answered with, as JSON. */
export const ALIYUN_ACKNOWLEDGED = { code: 0, msg: "OK" } as const;

const reports = z
  .array(
    z.object({
      biz_id: z.string().min(1),
      phone_number: z.string(),
      success: z.boolean(),
      err_code: z.string().nullish(),
      report_time: z.string().nullish(),
    }),
  )
  .max(1000);
const replies = z
  .array(
    z.object({
      phone_number: z.string(),
      content: z.string(),
      send_time: z.string(),
      dest_code: z.string().nullish(),
      sequence_id: z.union([z.string(), z.number().transform(String)]),
    }),
  )
  .max(1000);

/**
 * Reads a push of delivery reports (SmsReport). Nothing signs it, so that it counts only for ids that were sent.
 *
 * @param json the parsed body. @returns undefined when it is none
 */
export function readAliyunReports(json: unknown): readonly SmsReceipt[] | undefined {
  const parsed = reports.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.flatMap(({ biz_id, phone_number, success, err_code, report_time }): SmsReceipt[] => {
    const address = toE164(phone_number);
    if (address === undefined) return [];
    const at = fromShanghaiTime(report_time ?? "");
    const receipt: SmsReceipt = {
      providerMessageId: biz_id,
      address,
      kind: success ? "delivered" : "not_delivered",
      ...(!success && err_code && { reason: err_code.slice(0, 64) }),
      ...(at !== undefined && { at }),
    };
    return [receipt];
  });
}

/** Reads a push of replies (SmsUp). @returns undefined when it is none */
export function readAliyunReplies(json: unknown): readonly SmsReply[] | undefined {
  const parsed = replies.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.flatMap(({ phone_number, content, send_time, dest_code, sequence_id }): SmsReply[] => {
    const from = toE164(phone_number);
    const at = fromShanghaiTime(send_time);
    if (from === undefined || at === undefined) return [];
    return [{ id: sequence_id, from, text: content, at, ...(dest_code && { extend: dest_code }) }];
  });
}
