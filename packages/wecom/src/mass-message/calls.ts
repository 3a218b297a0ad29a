import pLimit from "p-limit";
import { doneSchema } from "../answers.js";
import type { Api, CallOptions, EffectOptions } from "../api.js";
import { withinLimits } from "../limits.js";
import { allPages } from "../pages.js";
import {
  addedSchema,
  type GroupMessage,
  type GroupMessageResult,
  type GroupMessageTask,
  messagePageSchema,
  resultPageSchema,
  taskPageSchema,
} from "./answers.js";
import { type MessageTemplate, templateSchema } from "./template.js";

/** Page sizes that WeCom keeps to; a larger one falls back to the much smaller default. @see https://developer.work.weixin.qq.com/document/path/93338 */
const LIST_PAGE = 100;
const RESULT_PAGE = 1000;

/** Which mass messages to list. Times are epoch seconds, both ends in, at most one month apart. */
export interface GroupMessageQuery {
  readonly chat_type: "single" | "group";
  readonly start_time: number;
  readonly end_time: number;
  /** 0 made by the corp, 1 by members, 2 both. @default 2 */
  readonly filter_type?: 0 | 1 | 2;
  readonly creator?: string;
}

/** Mass messages (群发) and what became of them. Lists are fetched page by page, one call at a time for the whole client. */
export interface MassMessageCalls {
  /**
   * Makes a task for members; sends nothing to customers by itself. Partial refusals come in `fail_list`.
   *
   * @throws {ChannelError} class REQUEST, before any call, when a documented limit is exceeded
   */
  addMsgTemplate(
    template: MessageTemplate,
    options?: EffectOptions,
  ): Promise<{ readonly msgid: string; readonly fail_list: readonly string[] }>;
  getGroupmsgList(query: GroupMessageQuery, options?: CallOptions): AsyncIterable<readonly GroupMessage[]>;
  /** Members who have the task. @throws {ChannelError} `channel.not-ready` right after its creation */
  getGroupmsgTask(msgid: string, options?: CallOptions): AsyncIterable<readonly GroupMessageTask[]>;
  /** One member's customers, or groups. @throws {ChannelError} `channel.not-ready` right after its creation */
  getGroupmsgSendResult(
    msgid: string,
    userid: string,
    options?: CallOptions,
  ): AsyncIterable<readonly GroupMessageResult[]>;
  /** Stops what members have not confirmed yet. */
  cancelGroupmsgSend(msgid: string, options?: CallOptions): Promise<void>;
  /** Reminds members; at most three times in 24 hours, the fourth is not asked for: RATE_LIMITED. */
  remindGroupmsgSend(msgid: string, options?: CallOptions): Promise<void>;
}

/** @param remind takes one reminder of a message out of its limit */
export function massMessageCalls(api: Api, remind: (msgid: string) => Promise<void>): MassMessageCalls {
  // Serial on purpose: WeCom refuses parallel polls of results with 45033.
  const oneAtATime = pLimit(1);
  const at = (name: string) => `externalcontact/${name}`;
  const next = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

  return {
    addMsgTemplate: async (template, options) => {
      const body = withinLimits("add_msg_template", templateSchema, template);
      return api.act(at("add_msg_template"), { body, answer: addedSchema }, options);
    },

    getGroupmsgList: (query, options) =>
      allPages("get_groupmsg_list_v2", async (cursor) => {
        const body = { ...query, limit: LIST_PAGE, ...next(cursor) };
        const request = { body, answer: messagePageSchema, maxMebibytes: 16 };
        const answer = await oneAtATime(() => api.read(at("get_groupmsg_list_v2"), request, options));
        return { rows: answer.group_msg_list ?? [], next: answer.next_cursor };
      }),

    getGroupmsgTask: (msgid, options) =>
      allPages("get_groupmsg_task", async (cursor) => {
        const request = { body: { msgid, limit: RESULT_PAGE, ...next(cursor) }, answer: taskPageSchema };
        const answer = await oneAtATime(() => api.read(at("get_groupmsg_task"), request, options));
        return { rows: answer.task_list ?? [], next: answer.next_cursor };
      }),

    getGroupmsgSendResult: (msgid, userid, options) =>
      allPages("get_groupmsg_send_result", async (cursor) => {
        const request = { body: { msgid, userid, limit: RESULT_PAGE, ...next(cursor) }, answer: resultPageSchema };
        const answer = await oneAtATime(() => api.read(at("get_groupmsg_send_result"), request, options));
        return { rows: answer.send_list ?? [], next: answer.next_cursor };
      }),

    async cancelGroupmsgSend(msgid, options) {
      await api.act(at("cancel_groupmsg_send"), { body: { msgid }, answer: doneSchema }, options);
    },

    async remindGroupmsgSend(msgid, options) {
      await remind(msgid);
      await api.act(at("remind_groupmsg_send"), { body: { msgid }, answer: doneSchema }, options);
    },
  };
}
