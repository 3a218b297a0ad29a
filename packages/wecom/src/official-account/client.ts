import * as z from "zod";
import { isRefusal } from "../call-errors.js";
import { RefusedWithAnswer } from "./call.js";
import { connectionOf } from "./connection.js";
import { TAKEN_BEFORE } from "./error-table.js";
import { type OfficialAccountOptions, settingsOf } from "./options.js";

/** What stops a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How a call with an effect may be written. */
export interface EffectOptions extends CallOptions {
  /** Monotonic ms, compared right before the first byte; later is proof that nothing was sent. @default no limit */
  readonly writeBy?: number | undefined;
}

/** A message in the account's own words: `{ msgtype: "text", text: { content } }`, `{ msgtype: "image", image: { media_id } }` … */
export type AccountMessage = Readonly<Record<string, unknown>> & { readonly msgtype: string };

/** A service notice. @see https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage */
export interface TemplateMessage {
  readonly touser: string;
  readonly template_id: string;
  readonly data: Readonly<Record<string, { readonly value: string }>>;
  readonly url?: string;
  readonly miniprogram?: { readonly appid: string; readonly pagepath?: string };
  /** The platform sends one message for it. */
  readonly client_msg_id?: string;
}

/** A message to many. @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html */
export interface MassMessage {
  /** 2 … 10 000 openids. */
  readonly touser: readonly string[];
  /** At most 64 bytes; the platform sends one message for it within 24 hours. */
  readonly clientmsgid?: string;
  readonly message: AccountMessage;
}

/** One button of a menu, or a heading with up to five of them. */
export type MenuButton = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly sub_button?: readonly MenuButton[];
};

/**
 * The calls of an official account that a recall needs, in the platform's own field names.
 *
 * All fail with {@link ChannelError}, whose `effect` says what is known; class `UNKNOWN` comes only from calls that send or
 * change something. Ids of messages are texts, since they are 64 bits wide.
 */
export interface OfficialAccountClient {
  getAccessToken(options?: CallOptions): Promise<string>;
  /** To somebody who did something lately: within 48 hours of a message, a minute of a click. @throws {ChannelError} 45015, 45047: not any more */
  sendCustomerMessage(openid: string, message: AccountMessage, options?: EffectOptions): Promise<void>;
  /** A service notice; advertising is forbidden. @returns the message's id */
  sendTemplateMessage(message: TemplateMessage, options?: EffectOptions): Promise<string>;
  /** @returns its id, and whether it was sent before under this `clientmsgid` */
  sendMassMessage(
    message: MassMessage,
    options?: EffectOptions,
  ): Promise<{ readonly msgId: string; readonly isRepeat: boolean }>;
  /** `SEND_SUCCESS`, `SENDING`, `SEND_FAIL`, `DELETE`; nothing of single receivers. */
  getMassMessage(msgId: string, options?: CallOptions): Promise<string>;
  /** Takes the place of the menu. At most three buttons. */
  createMenu(buttons: readonly MenuButton[], options?: EffectOptions): Promise<void>;
  /** The menu, as the platform writes it; undefined: there is none. */
  getMenu(options?: CallOptions): Promise<unknown>;
  deleteMenu(options?: EffectOptions): Promise<void>;
}

const done = z.object({});
const id = z.coerce.string().min(1);
const templateSent = z.object({ msgid: id });
const massSent = z.object({ msg_id: id });
const massStatus = z.object({ msg_status: z.string() });
const menuSchema = z.object({ menu: z.unknown() });
/** `errcode` of a menu that is not there. */
const NO_MENU = 46003;

/** A client of one official account. @throws {ConfigError} an option is missing or wrong */
export function officialAccountClient(options: OfficialAccountOptions): OfficialAccountClient {
  const connection = connectionOf(settingsOf(options));
  const act = <Schema extends z.ZodType>(
    path: string,
    body: object | undefined,
    answer: Schema,
    given: EffectOptions = {},
  ) => connection.call({ path, kind: "effect", ...(body && { body }), answer, ...given });
  const read = <Schema extends z.ZodType>(
    path: string,
    body: object | undefined,
    answer: Schema,
    given: CallOptions = {},
  ) => connection.call({ path, kind: "harmless", ...(body && { body }), answer, ...given });

  return {
    getAccessToken: ({ signal } = {}) => connection.token(signal),
    async sendCustomerMessage(touser, message, given) {
      await act("message/custom/send", { touser, ...message }, done, given);
    },
    async sendTemplateMessage(message, given) {
      return (await act("message/template/send", message, templateSent, given)).msgid;
    },
    async sendMassMessage({ touser, clientmsgid, message }, given) {
      const body = { touser, ...message, ...(clientmsgid !== undefined && { clientmsgid }) };
      try {
        return { msgId: (await act("message/mass/send", body, massSent, given)).msg_id, isRepeat: false };
      } catch (error) {
        // Its answer names the message that was sent then.
        if (isRefusal(error, TAKEN_BEFORE) && error instanceof RefusedWithAnswer) {
          const before = massSent.safeParse(error.answer);
          if (before.success) return { msgId: before.data.msg_id, isRepeat: true };
        }
        throw error;
      }
    },
    async getMassMessage(msgId, given) {
      return (await read("message/mass/get", { msg_id: msgId }, massStatus, given)).msg_status;
    },
    async createMenu(button, given) {
      await act("menu/create", { button }, done, given);
    },
    async getMenu(given) {
      try {
        return (await read("menu/get", undefined, menuSchema, given)).menu;
      } catch (error) {
        if (isRefusal(error, NO_MENU)) return undefined;
        throw error;
      }
    },
    async deleteMenu(given) {
      await act("menu/delete", undefined, done, given);
    },
  };
}
