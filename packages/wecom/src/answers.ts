import * as z from "zod";

// Providers drift between 7 and "7"; both are the same number.
const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);
const cursor = z.string().nullish();

/** What every answer may have; without `errcode` a call has succeeded. @see https://developer.work.weixin.qq.com/document/path/90664 */
export const envelopeSchema = z.object({ errcode: integer.nullish(), errmsg: z.string().nullish().catch(undefined) });

export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: integer.default(7200) });

export const uploadSchema = z.object({ media_id: z.string().min(1), created_at: integer.nullish().catch(undefined) });

export const addedSchema = z.object({ msgid: z.string().min(1), fail_list: z.array(z.string()).nullish() });

export const staffMessageSchema = z.object({ invaliduser: z.string().nullish(), unlicenseduser: z.string().nullish() });

/** Answers of calls that tell nothing but their success. */
export const doneSchema = z.object({});

// Unknown fields stay: the form of attachments has changed before, and look-ups search whole rows.
const messageSchema = z.looseObject({ msgid: z.string().min(1), create_time: integer });
const taskSchema = z.object({
  userid: z.string().min(1),
  status: integer,
  send_time: integer.nullish().transform((seconds) => seconds ?? undefined),
});
const resultSchema = z.object({
  external_userid: z
    .string()
    .nullish()
    .transform((id) => id ?? undefined),
  userid: z
    .string()
    .nullish()
    .transform((id) => id ?? undefined),
  status: integer,
  send_time: integer.nullish().transform((seconds) => seconds ?? undefined),
});

export const messagePageSchema = z.object({ group_msg_list: z.array(messageSchema).nullish(), next_cursor: cursor });
export const taskPageSchema = z.object({ task_list: z.array(taskSchema).nullish(), next_cursor: cursor });
export const resultPageSchema = z.object({ send_list: z.array(resultSchema).nullish(), next_cursor: cursor });

/** A mass message that WeCom lists; fields beyond the two are as WeCom sent them. */
export type GroupMessage = z.output<typeof messageSchema>;

/** One member's task. `status`: 0 not confirmed, 2 confirmed; `send_time` in seconds. */
export type GroupMessageTask = z.output<typeof taskSchema>;

/** One customer of one member's task. `status`: 0 not sent, 1 sent, 2 no friend, 3 over the receive cap; `send_time` in seconds. */
export type GroupMessageResult = z.output<typeof resultSchema>;
