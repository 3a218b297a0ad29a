import * as z from "zod";
import { cursor, id, integer, listOf, optionalText } from "../answers.js";

export const addedSchema = z.object({ msgid: id, fail_list: listOf(z.string()) });

// Unknown fields stay: the form of attachments has changed before, and look-ups search whole rows.
const messageSchema = z.looseObject({ msgid: z.string().min(1), create_time: integer });
const taskSchema = z.object({
  userid: z.string().min(1),
  status: integer,
  send_time: integer.nullish().transform((seconds) => seconds ?? undefined),
});
const resultSchema = z.object({
  external_userid: optionalText,
  chat_id: optionalText,
  userid: optionalText,
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

/** One customer, or customer group, of one member's task. `status`: 0 not sent, 1 sent, 2 no friend, 3 over the receive cap; `send_time` in seconds. */
export type GroupMessageResult = z.output<typeof resultSchema>;
