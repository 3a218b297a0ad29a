import * as z from "zod";
import { doneSchema } from "../answers.js";
import type { Api, CallOptions, EffectOptions } from "../api.js";
import { isRefusal } from "../call-errors.js";
import { NO_RELATION } from "../error-map.js";
import { idsUpTo, textOfBytes, textOfCharacters, withinLimits } from "../limits.js";
import { type Attachment, hasParts, messageParts } from "../mass-message/attachments.js";
import {
  type ContactDetails,
  contactIdsSchema,
  contactSchema,
  type FollowUser,
  followUsersSchema,
  openidSchema,
} from "./answers.js";
import { type ContactPage, type ContactPageOptions, contactPages } from "./contact-pages.js";

/** What a member notes about a customer; at least one of them. @see https://developer.work.weixin.qq.com/document/path/92115 */
export interface ContactRemark {
  readonly userid: string;
  readonly external_userid: string;
  /** At most 20 characters. */
  readonly remark?: string;
  /** At most 150 characters. */
  readonly description?: string;
  /** At most 20 characters; WeChat users only. */
  readonly remark_company?: string;
  /** Takes the place of all noted before; a list with one empty text clears them. */
  readonly remark_mobiles?: readonly string[];
  readonly remark_pic_mediaid?: string;
}

/** Greets a new customer. @see https://developer.work.weixin.qq.com/document/path/92137 */
export interface WelcomeMessage {
  /** From the callback; good for 20 seconds and one use. */
  readonly welcome_code: string;
  /** 1 … 4000 bytes. */
  readonly text?: { readonly content: string };
  /** At most 9. */
  readonly attachments?: readonly Attachment[];
}

const remarkSchema = z
  .looseObject({
    userid: textOfBytes(64),
    external_userid: textOfBytes(128),
    remark: textOfCharacters(20).optional(),
    description: textOfCharacters(150).optional(),
    remark_company: textOfCharacters(20).optional(),
    remark_mobiles: z.array(z.string()).min(1).optional(),
    remark_pic_mediaid: textOfBytes(1024).optional(),
  })
  .refine(
    ({ remark, description, remark_company, remark_mobiles, remark_pic_mediaid }) =>
      [remark, description, remark_company, remark_mobiles, remark_pic_mediaid].some((field) => field !== undefined),
    { path: ["remark"], message: "at least one note is needed" },
  );
const welcomeSchema = z
  .looseObject({ welcome_code: textOfBytes(1024), ...messageParts })
  .refine(hasParts, { path: ["text"], message: "a text or an attachment is needed" });
const useridsSchema = z.object({ userids: idsUpTo(100, 1) });

/** Customers (客户联系) and the members who follow them. */
export interface ContactCalls {
  /** Userids of members who may serve customers, within the app's visible range. */
  getFollowUserList(options?: CallOptions): Promise<readonly string[]>;
  /** Ids of one member's customers, all at once; none for a member without customers. */
  listExternalContacts(userid: string, options?: CallOptions): Promise<readonly string[]>;
  /** One customer with everybody who follows them, over all pages. @throws {ChannelError} class RECIPIENT: no such customer */
  getExternalContact(externalUserid: string, options?: CallOptions): Promise<ContactDetails>;
  /**
   * Customers of up to 100 members, page by page; who is followed by two of them comes twice.
   *
   * Members are asked for 50 at a time, since WeCom has refused 100, which it documents; if it refuses 50, one by one.
   */
  batchGetByUser(userids: readonly string[], options?: ContactPageOptions): AsyncIterable<ContactPage>;
  remarkContact(remark: ContactRemark, options?: EffectOptions): Promise<void>;
  /** Greets a new customer, once. @throws {ChannelError} class RECIPIENT: too late, or already greeted */
  sendWelcomeMsg(message: WelcomeMessage, options?: EffectOptions): Promise<void>;
  /** The openid of a customer, for payments. */
  convertToOpenid(externalUserid: string, options?: CallOptions): Promise<string>;
}

/** Calls about customers. */
export function contactCalls(api: Api): ContactCalls {
  const at = (name: string) => `externalcontact/${name}`;
  return {
    async getFollowUserList(options) {
      const answer = await api.read(at("get_follow_user_list"), { answer: followUsersSchema }, options);
      return answer.follow_user;
    },

    async listExternalContacts(userid, options) {
      const request = { query: { userid }, answer: contactIdsSchema, maxMebibytes: 16 };
      try {
        return (await api.read(at("list"), request, options)).external_userid;
      } catch (error) {
        // What a member without customers answers.
        if (isRefusal(error, NO_RELATION)) return [];
        throw error;
      }
    },

    async getExternalContact(externalUserid, options) {
      const follow_user: FollowUser[] = [];
      const seen = new Set<string>();
      for (let cursor = ""; ; ) {
        const query = { external_userid: externalUserid, ...(cursor && { cursor }) };
        const answer = await api.read(at("get"), { query, answer: contactSchema }, options);
        follow_user.push(...answer.follow_user);
        cursor = answer.next_cursor ?? "";
        if (cursor === "" || seen.has(cursor)) return { external_contact: answer.external_contact, follow_user };
        seen.add(cursor);
      }
    },

    batchGetByUser(userids, options) {
      withinLimits("batch/get_by_user", useridsSchema, { userids });
      return contactPages(api, userids, options);
    },

    async remarkContact(remark, options) {
      const body = withinLimits("remark", remarkSchema, remark);
      await api.act(at("remark"), { body, answer: doneSchema }, options);
    },

    async sendWelcomeMsg(message, options) {
      const body = withinLimits("send_welcome_msg", welcomeSchema, message);
      await api.act(at("send_welcome_msg"), { body, answer: doneSchema }, options);
    },

    async convertToOpenid(externalUserid, options) {
      const request = { body: { external_userid: externalUserid }, answer: openidSchema };
      return (await api.read(at("convert_to_openid"), request, options)).openid;
    },
  };
}
