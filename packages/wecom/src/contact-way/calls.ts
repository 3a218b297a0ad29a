import * as z from "zod";
import { cursor, doneSchema, id, listIn, listOf, optionalInteger, optionalText } from "../answers.js";
import type { Api, CallOptions, EffectOptions } from "../api.js";
import { textOfBytes, textOfCharacters, withinLimits } from "../limits.js";
import { allPages } from "../pages.js";

const MOST_PER_PAGE = 1000;
const LONGEST_SECONDS = 14 * 86_400;

const addedSchema = z.object({ config_id: id, qr_code: optionalText });
const flag = z
  .boolean()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const waySchema = z.object({
  config_id: id,
  type: optionalInteger,
  scene: optionalInteger,
  style: optionalInteger,
  remark: optionalText,
  skip_verify: flag,
  state: optionalText,
  qr_code: optionalText,
  user: listOf(z.string()),
  party: listOf(z.number()),
  is_temp: flag,
  expires_in: optionalInteger,
  chat_expires_in: optionalInteger,
  unionid: optionalText,
});
const gotSchema = z.object({ contact_way: waySchema });
const pageSchema = z.object({ contact_way: listIn(z.object({ config_id: id })), next_cursor: cursor });

/** A contact way as WeCom has it; API-made ones are invisible in the console. */
export type ContactWay = z.output<typeof waySchema>;

/** A contact way (联系我) to make. @see https://developer.work.weixin.qq.com/document/path/92228 */
export interface NewContactWay {
  /** 1 one member, 2 several. */
  readonly type: 1 | 2;
  /** 1 a mini program, 2 a QR code. */
  readonly scene: 1 | 2;
  readonly style?: number;
  /** At most 30 characters. */
  readonly remark?: string;
  /** Whether customers become contacts at once. @default true */
  readonly skip_verify?: boolean;
  /** At most 30 characters; comes back in the callback and on the follow relation. */
  readonly state?: string;
  /** Userids; exactly one of type 1, at most 100. */
  readonly user?: readonly string[];
  readonly party?: readonly number[];
  readonly is_temp?: boolean;
  /** Life of a temporary code, s, at most 14 days. @default 7 days */
  readonly expires_in?: number;
  /** Life of a temporary chat, s, at most 14 days. @default 24 hours */
  readonly chat_expires_in?: number;
  readonly unionid?: string;
  readonly is_exclusive?: boolean;
  readonly [field: string]: unknown;
}

const shared = {
  remark: textOfCharacters(30).optional(),
  state: textOfCharacters(30).optional(),
  user: z.array(textOfBytes(64)).max(100, { message: "at most 100" }).optional(),
  expires_in: z.int().min(1).max(LONGEST_SECONDS).optional(),
  chat_expires_in: z.int().min(1).max(LONGEST_SECONDS).optional(),
};
const newSchema = z
  .looseObject({ type: z.literal([1, 2]), scene: z.literal([1, 2]), ...shared })
  .refine(({ type, user }) => type !== 1 || user?.length === 1, {
    path: ["user"],
    message: "exactly one member is needed for type 1",
  });
const changeSchema = z.looseObject({ config_id: textOfBytes(128), ...shared });

/** Ways by which customers add members. */
export interface ContactWayCalls {
  /** @returns what names it, and its QR code of scene 2. Keep `config_id`: nothing else leads to it */
  addContactWay(
    way: NewContactWay,
    options?: EffectOptions,
  ): Promise<{ readonly config_id: string; readonly qr_code: string | undefined }>;
  getContactWay(configId: string, options?: CallOptions): Promise<ContactWay>;
  /** Ids of ways made in a span, epoch seconds. @default the last 90 days */
  listContactWay(
    query?: { readonly start_time?: number; readonly end_time?: number },
    options?: CallOptions,
  ): AsyncIterable<readonly string[]>;
  updateContactWay(
    change: Partial<Omit<NewContactWay, "type" | "scene">> & { readonly config_id: string },
    options?: EffectOptions,
  ): Promise<void>;
  delContactWay(configId: string, options?: EffectOptions): Promise<void>;
  closeTempChat(userid: string, externalUserid: string, options?: EffectOptions): Promise<void>;
}

/** Calls about contact ways. */
export function contactWayCalls(api: Api): ContactWayCalls {
  const at = (call: string) => `externalcontact/${call}`;
  return {
    async addContactWay(way, options) {
      const body = withinLimits("add_contact_way", newSchema, way);
      return api.act(at("add_contact_way"), { body, answer: addedSchema }, options);
    },
    async getContactWay(config_id, options) {
      const request = { body: { config_id }, answer: gotSchema };
      return (await api.read(at("get_contact_way"), request, options)).contact_way;
    },
    listContactWay: (query = {}, options = {}) =>
      allPages("list_contact_way", async (next) => {
        const body = { ...query, limit: MOST_PER_PAGE, ...(next && { cursor: next }) };
        const answer = await api.read(at("list_contact_way"), { body, answer: pageSchema }, options);
        return { rows: answer.contact_way.map(({ config_id }) => config_id), next: answer.next_cursor };
      }),
    async updateContactWay(change, options) {
      const body = withinLimits("update_contact_way", changeSchema, change);
      await api.act(at("update_contact_way"), { body, answer: doneSchema }, options);
    },
    async delContactWay(config_id, options) {
      await api.act(at("del_contact_way"), { body: { config_id }, answer: doneSchema }, options);
    },
    async closeTempChat(userid, external_userid, options) {
      await api.act(at("close_temp_chat"), { body: { userid, external_userid }, answer: doneSchema }, options);
    },
  };
}
