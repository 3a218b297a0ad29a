import { createHash } from "node:crypto";
import * as z from "zod";
import { toE164 } from "../number/mobile-number.js";
import { fromShanghaiTime } from "../provider/shanghai-time.js";
import type { SmsReceipt, SmsReply } from "../receipt/sms-receipt.js";

/** What a callback has to be answered with, as JSON. */
export const TENCENT_ACKNOWLEDGED = { result: 0, errmsg: "OK" } as const;

const reports = z
  .array(
    z.object({
      sid: z.string().min(1),
      mobile: z.string(),
      nationcode: z.string(),
      report_status: z.string(),
      errmsg: z.string().nullish(),
      user_receive_time: z.string().nullish(),
    }),
  )
  .max(1000);
const reply = z.object({
  mobile: z.string(),
  nationcode: z.string(),
  text: z.string(),
  time: z.union([z.number(), z.string().transform(Number)]),
  extend: z.string().nullish(),
});

/**
 * Reads a push of delivery reports. Nothing signs it, so that it counts only for ids that were sent.
 *
 * @param json the parsed body. @returns undefined when it is none
 */
export function readTencentReports(json: unknown): readonly SmsReceipt[] | undefined {
  const parsed = reports.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.flatMap(({ sid, mobile, nationcode, report_status, errmsg, user_receive_time }): SmsReceipt[] => {
    const address = numberOf(nationcode, mobile);
    if (address === undefined) return [];
    const isDelivered = report_status === "SUCCESS";
    const at = fromShanghaiTime(user_receive_time ?? "");
    const receipt: SmsReceipt = {
      providerMessageId: sid,
      address,
      kind: isDelivered ? "delivered" : "not_delivered",
      ...(!isDelivered && errmsg && { reason: errmsg.slice(0, 64) }),
      ...(at !== undefined && { at }),
    };
    return [receipt];
  });
}

function numberOf(nationcode: string, mobile: string): string | undefined {
  return toE164(`+${nationcode.replace(/^\+/, "")}${mobile}`);
}

/** Reads a push of one reply. @returns undefined when it is none */
export function readTencentReply(json: unknown): SmsReply | undefined {
  const parsed = reply.safeParse(json);
  if (!parsed.success) return undefined;
  const { mobile, nationcode, text, time, extend } = parsed.data;
  const from = numberOf(nationcode, mobile);
  if (from === undefined || !Number.isSafeInteger(time)) return undefined;
  // It has no id of its own; the same push again has to be the same reply.
  const id = createHash("sha256").update(`${from} ${time} ${text}`).digest("hex").slice(0, 32);
  return { id, from, text, at: time * 1000, ...(extend && { extend }) };
}
