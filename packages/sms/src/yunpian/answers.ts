import * as z from "zod";

/** `sid` and ids of replies are 64 bits wide, so they are texts here. */
export const LONG_FIELDS = ["sid", "id"] as const;

const id = z.union([z.string().min(1).max(64), z.int().transform(String)]);

/** A call that was refused: HTTP 400, or a code in an answer of 200. */
export const errorSchema = z.object({
  code: z.int(),
  msg: z.string().nullish(),
  detail: z.string().nullish(),
});

/** What became of one number. */
export const sentSchema = z.object({
  code: z.int(),
  mobile: z.string(),
  count: z.int().optional(),
  fee: z.union([z.number(), z.string()]).optional(),
  sid: id.nullish(),
});
export type SentItem = z.output<typeof sentSchema>;

export const batchSchema = z.object({
  total_count: z.int().optional(),
  total_fee: z.union([z.string(), z.number()]).optional(),
  data: z.array(sentSchema),
});

const time = z.string().nullish();

/** A delivery report. */
export const statusSchema = z.object({
  sid: id,
  uid: z.string().nullish(),
  mobile: z.string(),
  report_status: z.string(),
  error_msg: z.string().nullish(),
  error_detail: z.string().nullish(),
  user_receive_time: time,
});
export type StatusItem = z.output<typeof statusSchema>;

/** A reply of a phone. */
export const replySchema = z.object({
  id: id.nullish(),
  mobile: z.string(),
  text: z.string(),
  reply_time: z.string(),
  extend: z.string().nullish(),
  base_extend: z.string().nullish(),
  _sign: z.string().nullish(),
});
export type ReplyItem = z.output<typeof replySchema>;

/** A message that was sent. `fee` counts segments here. */
export const recordSchema = z.object({
  sid: id,
  mobile: z.string(),
  send_time: z.string(),
  text: z.string(),
  send_status: z.string().nullish(),
  report_status: z.string().nullish(),
  user_receive_time: time,
  error_msg: z.string().nullish(),
  uid: z.string().nullish(),
});
export type RecordItem = z.output<typeof recordSchema>;

export const accountSchema = z.object({
  nick: z.string().nullish(),
  balance: z.number(),
  alarm_balance: z.number().nullish(),
  api_version: z.string().nullish(),
});
export type Account = z.output<typeof accountSchema>;
