import * as z from "zod";
import { cursor, id, integer, listIn, listOf, optionalInteger, optionalText } from "../answers.js";
import type { Api, CallOptions, EffectOptions } from "../api.js";
import { brokenAnswer } from "../call-errors.js";
import { idsUpTo, textOfBytes, withinLimits } from "../limits.js";

const MOST_PER_PAGE = 1000;
const MOST_PAGES = 100_000;

// Parts of a message differ by its type and change; they stay as they came.
const messageSchema = z.looseObject({
  msgid: id,
  open_kfid: optionalText,
  external_userid: optionalText,
  send_time: optionalInteger,
  origin: integer,
  servicer_userid: optionalText,
  msgtype: z.string(),
});
const pageSchema = z.object({ next_cursor: cursor, has_more: integer.nullish(), msg_list: listIn(messageSchema) });
const sentSchema = z.object({ msgid: id });
const accountSchema = z.object({ open_kfid: id, name: optionalText, avatar: optionalText });
const accountsSchema = z.object({ account_list: listIn(accountSchema) });
const stateSchema = z.object({ service_state: integer, servicer_userid: optionalText });
const transferredSchema = z.object({ msg_code: optionalText });
const customerSchema = z.object({
  external_userid: id,
  nickname: optionalText,
  avatar: optionalText,
  gender: optionalInteger,
  unionid: optionalText,
});
const customersSchema = z.object({ customer_list: listIn(customerSchema), invalid_external_userid: listOf(id) });

/** A message or event of a service account. `origin`: 3 customer, 4 system, 5 agent; parts of its type are as WeCom sent them. */
export type KfMessage = z.output<typeof messageSchema>;

/** A service account (客服账号). */
export type KfAccount = z.output<typeof accountSchema>;

/** A customer of a service account. */
export type KfCustomer = z.output<typeof customerSchema>;

/** Messages, and the cursor from which to go on: keep it. */
export interface KfPage {
  readonly messages: readonly KfMessage[];
  readonly cursor: string | undefined;
}

/** Where to read messages from. */
export interface KfQuery {
  readonly open_kfid: string;
  /** At most 64 bytes. @default the last three days */
  readonly cursor?: string | undefined;
  /** From the callback, good for 10 minutes; without it the rate is strict. */
  readonly token?: string;
  /** @default 0: AMR */
  readonly voice_format?: 0 | 1;
}

const querySchema = z.looseObject({
  open_kfid: textOfBytes(128),
  cursor: textOfBytes(64).optional(),
  token: textOfBytes(128).optional(),
});
const msgid = z.string().regex(/^[0-9A-Za-z_-]{1,32}$/, { message: "1 … 32 of 0-9A-Za-z_-" });
const outgoingSchema = z
  .looseObject({
    touser: textOfBytes(128),
    open_kfid: textOfBytes(128),
    msgid: msgid.optional(),
    msgtype: z.string().min(1),
    text: z.looseObject({ content: textOfBytes(2048) }).optional(),
    link: z
      .looseObject({
        title: textOfBytes(128),
        desc: textOfBytes(512).optional(),
        url: textOfBytes(2048),
        thumb_media_id: textOfBytes(1024),
      })
      .optional(),
    miniprogram: z.looseObject({ title: textOfBytes(64).optional() }).optional(),
  })
  .refine((message) => message[message.msgtype] !== undefined, {
    path: ["msgtype"],
    message: "the part that it names is missing",
  });
const customersQuerySchema = z.object({ external_userid_list: idsUpTo(100, 1) });

/** Customer service (微信客服), as far as a recall needs it. */
export interface KfCalls {
  kfAccountList(options?: CallOptions): Promise<readonly KfAccount[]>;
  /** Messages since a cursor, page by page to the end; pages may be empty. @see https://developer.work.weixin.qq.com/document/path/94670 */
  kfSyncMsg(query: KfQuery, options?: CallOptions): AsyncIterable<KfPage>;
  /**
   * Writes to a customer: five messages within 48 hours of theirs. Success is not delivery, see the event `msg_send_fail`.
   *
   * @param message `msgid` of one's own makes a repeat harmless
   * @returns its msgid
   */
  kfSendMsg(message: Readonly<Record<string, unknown>>, options?: EffectOptions): Promise<string>;
  /** Answers an event by its code, for example with a welcome. @returns its msgid */
  kfSendMsgOnEvent(message: Readonly<Record<string, unknown>>, options?: EffectOptions): Promise<string>;
  kfServiceStateGet(
    openKfid: string,
    externalUserid: string,
    options?: CallOptions,
  ): Promise<{ readonly service_state: number; readonly servicer_userid: string | undefined }>;
  /** @returns the code by which the change may be told to the customer */
  kfServiceStateTrans(
    change: {
      readonly open_kfid: string;
      readonly external_userid: string;
      readonly service_state: number;
      readonly servicer_userid?: string;
    },
    options?: EffectOptions,
  ): Promise<string | undefined>;
  /** Up to 100 customers; ids that WeCom does not know are apart. */
  kfCustomerBatchget(
    externalUserids: readonly string[],
    options?: CallOptions,
  ): Promise<{ readonly customer_list: readonly KfCustomer[]; readonly invalid_external_userid: readonly string[] }>;
}

/** Calls about customer service. */
export function kfCalls(api: Api): KfCalls {
  return {
    async kfAccountList(options) {
      const request = { body: { offset: 0, limit: 100 }, answer: accountsSchema };
      return (await api.read("kf/account/list", request, options)).account_list;
    },
    kfSyncMsg: (query, options) => syncedMessages(api, query, options),
    async kfSendMsg(message, options) {
      const body = withinLimits("kf/send_msg", outgoingSchema, message);
      return (await api.act("kf/send_msg", { body, answer: sentSchema }, options)).msgid;
    },
    async kfSendMsgOnEvent(message, options) {
      return (await api.act("kf/send_msg_on_event", { body: message, answer: sentSchema }, options)).msgid;
    },
    async kfServiceStateGet(open_kfid, external_userid, options) {
      const request = { body: { open_kfid, external_userid }, answer: stateSchema };
      return api.read("kf/service_state/get", request, options);
    },
    async kfServiceStateTrans(change, options) {
      const request = { body: change, answer: transferredSchema };
      return (await api.act("kf/service_state/trans", request, options)).msg_code;
    },
    async kfCustomerBatchget(external_userid_list, options) {
      const body = withinLimits("kf/customer/batchget", customersQuerySchema, { external_userid_list });
      return api.read("kf/customer/batchget", { body, answer: customersSchema }, options);
    },
  };
}

async function* syncedMessages(api: Api, query: KfQuery, options: CallOptions = {}): AsyncGenerator<KfPage, void> {
  const { cursor: start, ...rest } = withinLimits("kf/sync_msg", querySchema, query);
  let next = start;
  // An empty page may be followed by full ones: only `has_more` tells the end.
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const body = { ...rest, limit: MOST_PER_PAGE, ...(next && { cursor: next }) };
    const answer = await api.read("kf/sync_msg", { body, answer: pageSchema, maxMebibytes: 16 }, options);
    const before = next;
    next = answer.next_cursor || next;
    yield { messages: answer.msg_list, cursor: next };
    if (answer.has_more !== 1) return;
    if (next === before) break;
  }
  throw brokenAnswer("sync_msg", "harmless", "with a cursor that leads nowhere");
}
