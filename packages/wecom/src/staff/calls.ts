import * as z from "zod";
import { barred, doneSchema, listIn, optionalInteger, optionalText } from "../answers.js";
import type { Api, CallOptions, EffectOptions } from "../api.js";
import { textOfBytes, textOfCharacters, withinLimits } from "../limits.js";

const MOST_USERS = 1000;
const MOST_GROUPS = 100;
const MAX_TEXT_BYTES = 2048;

const sentSchema = z
  .object({
    errcode: optionalInteger,
    msgid: optionalText,
    invaliduser: barred,
    invalidparty: barred,
    invalidtag: barred,
    unlicenseduser: barred,
    response_code: optionalText,
  })
  // Some answers have no errcode, old ones no msgid; without both it is no answer of this call.
  .refine(({ errcode, msgid }) => errcode !== undefined || msgid !== undefined, { path: ["msgid"] })
  .transform(({ errcode: _success, ...result }) => result);
const addressesSchema = z.object({ ip_list: listIn(z.string()) });

/** What became of a message to members; ids in lower case, as WeCom gives them back. */
export type StaffMessageResult = z.output<typeof sentSchema>;

const listed = (most: number) =>
  z.string().refine((list) => list.split("|").length <= most, { message: `at most ${most}` });
const article = z
  .looseObject({
    title: textOfBytes(128),
    description: textOfBytes(512).optional(),
    url: textOfBytes(2048).optional(),
    pagepath: textOfBytes(128).optional(),
  })
  .refine(({ url, pagepath }) => url ?? pagepath, { path: ["url"], message: "url or pagepath is needed" });
const media = z.looseObject({ media_id: textOfBytes(1024) });

/** WeCom cuts longer texts without a word; here they are refused. @see https://developer.work.weixin.qq.com/document/path/90236 */
const messageSchema = z
  .looseObject({
    touser: listed(MOST_USERS).optional(),
    toparty: listed(MOST_GROUPS).optional(),
    totag: listed(MOST_GROUPS).optional(),
    msgtype: z.string().min(1),
    agentid: z.int(),
    duplicate_check_interval: z.int().min(0).max(14_400).optional(),
    text: z.looseObject({ content: textOfBytes(MAX_TEXT_BYTES) }).optional(),
    markdown: z.looseObject({ content: textOfBytes(MAX_TEXT_BYTES) }).optional(),
    image: media.optional(),
    voice: media.optional(),
    file: media.optional(),
    video: media.extend({ title: textOfBytes(128).optional(), description: textOfBytes(512).optional() }).optional(),
    textcard: z
      .looseObject({
        title: textOfCharacters(128).min(1),
        description: textOfCharacters(512).min(1),
        url: textOfBytes(2048),
        btntxt: textOfCharacters(4).optional(),
      })
      .optional(),
    news: z.looseObject({ articles: z.array(article).min(1).max(8, { message: "at most 8" }) }).optional(),
  })
  .refine(({ touser, toparty, totag }) => touser || toparty || totag, {
    path: ["touser"],
    message: "touser, toparty or totag is needed",
  })
  .refine((message) => message[message.msgtype] !== undefined, {
    path: ["msgtype"],
    message: "the part that it names is missing",
  });

/** Direct messages of an app to members (never to customers). */
export interface StaffCalls {
  /**
   * Sends a message of any type; `agentid`, `msgtype` and recipients are part of it. Some who were not reached are no error.
   *
   * @throws {ChannelError} class RECIPIENT: nobody was reached; class REQUEST, before any call: a limit is exceeded
   * @see https://developer.work.weixin.qq.com/document/path/90236
   */
  messageSend(message: Readonly<Record<string, unknown>>, options?: EffectOptions): Promise<StaffMessageResult>;
  /** Withdraws a message within 24 hours, in WeCom only. */
  messageRecall(msgid: string, options?: EffectOptions): Promise<void>;
  /** `messageSend`; @returns userids, in lower case, of those who were not reached */
  sendToStaff(message: Readonly<Record<string, unknown>>, options?: EffectOptions): Promise<readonly string[]>;
  /** Addresses from which callbacks come. */
  getCallbackIp(options?: CallOptions): Promise<readonly string[]>;
}

/** Calls about messages to members. */
export function staffCalls(api: Api): StaffCalls {
  const messageSend: StaffCalls["messageSend"] = async (message, options) => {
    const body = withinLimits("message/send", messageSchema, message);
    return api.act("message/send", { body, answer: sentSchema }, options);
  };
  return {
    messageSend,
    async messageRecall(msgid, options) {
      await api.act("message/recall", { body: { msgid }, answer: doneSchema }, options);
    },
    async sendToStaff(message, options) {
      const { invaliduser, unlicenseduser } = await messageSend(message, options);
      return [...invaliduser, ...unlicenseduser];
    },
    async getCallbackIp(options) {
      return (await api.read("getcallbackip", { answer: addressesSchema }, options)).ip_list;
    },
  };
}
