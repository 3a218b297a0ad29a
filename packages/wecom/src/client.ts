import pLimit from "p-limit";
import {
  addedSchema,
  doneSchema,
  type GroupMessage,
  type GroupMessageResult,
  type GroupMessageTask,
  messagePageSchema,
  resultPageSchema,
  staffMessageSchema,
  taskPageSchema,
  uploadSchema,
} from "./answers.js";
import { connectionOf } from "./connection.js";
import { type MediaFile, mediaBody } from "./multipart.js";
import { settingsOf, type WecomClientOptions } from "./options.js";
import { allPages } from "./pages.js";

const MEBIBYTE = 1024 * 1024;
const GROUP_MESSAGES = "externalcontact";

/** What stops a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A mass message in WeCom's own words; fields not named here are passed on. @see https://developer.work.weixin.qq.com/document/path/92135 */
export interface MessageTemplate {
  readonly chat_type?: "single" | "group";
  /** At most 10 000. */
  readonly external_userid?: readonly string[];
  /** Userid of the member who is to send; without it, whoever spoke with the customer last. */
  readonly sender?: string;
  /** At most 4000 bytes of UTF-8. */
  readonly text?: { readonly content: string };
  /** At most 9. */
  readonly attachments?: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}

/** Which mass messages to list. Times are epoch seconds, both ends in, at most one month apart. */
export interface GroupMessageQuery {
  readonly chat_type: "single" | "group";
  readonly start_time: number;
  readonly end_time: number;
  /** 0 made by the corp, 1 by members, 2 both. @default 2 */
  readonly filter_type?: 0 | 1 | 2;
  readonly creator?: string;
}

/**
 * The calls of WeCom's API that a recall needs, in WeCom's own field names.
 *
 * All fail with {@link ChannelError}, whose `effect` says what is known: `UNKNOWN` comes only from `addMsgTemplate`,
 * `cancelGroupmsgSend`, `remindGroupmsgSend` and `sendToStaff`. Lists are fetched page by page, one call at a time for the whole client.
 */
export interface WecomClient {
  /** The app's token. `refresh`: replaces the one in use. */
  accessToken(options?: CallOptions & { readonly refresh?: boolean }): Promise<string>;
  /** A media id, valid for three days in the whole corp. */
  mediaUpload(file: MediaFile, options?: CallOptions): Promise<string>;
  /**
   * Makes a task for members; sends nothing to customers by itself. Partial refusals come in `fail_list`.
   *
   * @param options `writeBy`: monotonic ms, compared right before the first byte
   */
  addMsgTemplate(
    template: MessageTemplate,
    options?: CallOptions & { readonly writeBy?: number | undefined },
  ): Promise<{ readonly msgid: string; readonly fail_list: readonly string[] }>;
  getGroupmsgList(query: GroupMessageQuery, options?: CallOptions): AsyncIterable<readonly GroupMessage[]>;
  /** Members who have the task. @throws {ChannelError} `channel.not-ready` right after its creation */
  getGroupmsgTask(msgid: string, options?: CallOptions): AsyncIterable<readonly GroupMessageTask[]>;
  /** One member's customers. @throws {ChannelError} `channel.not-ready` right after its creation */
  getGroupmsgSendResult(
    msgid: string,
    userid: string,
    options?: CallOptions,
  ): AsyncIterable<readonly GroupMessageResult[]>;
  /** Stops what members have not confirmed yet. */
  cancelGroupmsgSend(msgid: string, options?: CallOptions): Promise<void>;
  /** Reminds members; at most three times in 24 hours. */
  remindGroupmsgSend(msgid: string, options?: CallOptions): Promise<void>;
  /**
   * Sends a direct message of the app to members; `touser` and `agentid` are part of it.
   *
   * @returns userids, in lower case, of those who were not reached
   * @see https://developer.work.weixin.qq.com/document/path/90236
   */
  sendToStaff(
    message: Readonly<Record<string, unknown>>,
    options?: CallOptions & { readonly writeBy?: number | undefined },
  ): Promise<readonly string[]>;
}

/** A client of one app of one corp. */
export function wecomClient(options: WecomClientOptions): WecomClient {
  const settings = settingsOf(options);
  const { timeoutMs, uploadTimeoutMs, random } = settings;
  const connection = connectionOf(settings);
  // Serial on purpose: WeCom refuses parallel polls of results with 45033.
  const oneAtATime = pLimit(1);

  const read = (name: string, maxMebibytes: number, signal: AbortSignal | undefined) =>
    ({
      path: `${GROUP_MESSAGES}/${name}`,
      kind: "harmless",
      maxBytes: maxMebibytes * MEBIBYTE,
      timeoutMs,
      signal,
    }) as const;
  const act = (name: string, { signal }: CallOptions) =>
    ({ path: `${GROUP_MESSAGES}/${name}`, kind: "effect", maxBytes: 4 * MEBIBYTE, timeoutMs, signal }) as const;

  return {
    async accessToken({ refresh = false, signal } = {}) {
      const token = await connection.tokens.current(signal);
      if (!refresh) return token;
      await connection.tokens.expire(token);
      return connection.tokens.current(signal);
    },

    async mediaUpload(file, { signal } = {}) {
      const { contentType, body } = mediaBody(file, random);
      const answer = await connection.call({
        path: "media/upload",
        kind: "harmless",
        query: { type: file.type },
        contentType,
        body,
        answer: uploadSchema,
        maxBytes: MEBIBYTE,
        timeoutMs: uploadTimeoutMs,
        signal,
      });
      return answer.media_id;
    },

    async addMsgTemplate(template, options = {}) {
      const call = {
        ...act("add_msg_template", options),
        body: template,
        answer: addedSchema,
        writeBy: options.writeBy,
      };
      const { msgid, fail_list } = await connection.call(call);
      return { msgid, fail_list: fail_list ?? [] };
    },

    getGroupmsgList: (query, { signal } = {}) =>
      allPages("get_groupmsg_list_v2", async (cursor) => {
        const body = { ...query, limit: 100, ...(cursor && { cursor }) };
        const call = { ...read("get_groupmsg_list_v2", 16, signal), body, answer: messagePageSchema };
        const answer = await oneAtATime(() => connection.call(call));
        return { rows: answer.group_msg_list ?? [], next: answer.next_cursor };
      }),

    getGroupmsgTask: (msgid, { signal } = {}) =>
      allPages("get_groupmsg_task", async (cursor) => {
        const body = { msgid, limit: 1000, ...(cursor && { cursor }) };
        const call = { ...read("get_groupmsg_task", 4, signal), body, answer: taskPageSchema };
        const answer = await oneAtATime(() => connection.call(call));
        return { rows: answer.task_list ?? [], next: answer.next_cursor };
      }),

    getGroupmsgSendResult: (msgid, userid, { signal } = {}) =>
      allPages("get_groupmsg_send_result", async (cursor) => {
        const body = { msgid, userid, limit: 1000, ...(cursor && { cursor }) };
        const call = { ...read("get_groupmsg_send_result", 4, signal), body, answer: resultPageSchema };
        const answer = await oneAtATime(() => connection.call(call));
        return { rows: answer.send_list ?? [], next: answer.next_cursor };
      }),

    async cancelGroupmsgSend(msgid, options = {}) {
      await connection.call({ ...act("cancel_groupmsg_send", options), body: { msgid }, answer: doneSchema });
    },

    async remindGroupmsgSend(msgid, options = {}) {
      await connection.call({ ...act("remind_groupmsg_send", options), body: { msgid }, answer: doneSchema });
    },

    async sendToStaff(message, { writeBy, signal } = {}) {
      const { invaliduser, unlicenseduser } = await connection.call({
        path: "message/send",
        kind: "effect",
        maxBytes: MEBIBYTE,
        body: message,
        answer: staffMessageSchema,
        timeoutMs,
        writeBy,
        signal,
      });
      return [invaliduser, unlicenseduser].flatMap((list) => (list ?? "").split("|")).filter(Boolean);
    },
  };
}
