import type * as z from "zod";
import { type ApiRequest, apiOf, type CallOptions, type EffectOptions } from "./api.js";
import { withheldCall } from "./call-errors.js";
import { connectionOf } from "./connection.js";
import { type ContactCalls, contactCalls } from "./contact/calls.js";
import { type ContactWayCalls, contactWayCalls } from "./contact-way/calls.js";
import { type KfCalls, kfCalls } from "./kf/calls.js";
import { type MassMessageCalls, massMessageCalls } from "./mass-message/calls.js";
import { type MediaCalls, mediaCalls } from "./media/calls.js";
import { settingsOf, type WecomClientOptions, type WecomSettings } from "./options.js";
import { REMINDERS } from "./rate-limits.js";
import { type StaffCalls, staffCalls } from "./staff/calls.js";
import { type TagCalls, tagCalls } from "./tag/calls.js";

/**
 * WeCom's API as one app of one corp may call it, in WeCom's own field names.
 *
 * All calls fail with {@link ChannelError}: `effect` says what is known, `providerCode` is the errcode, `traceId` what WeCom's
 * support asks for. Class `UNKNOWN` comes only from calls that change something; they are written at most once. Requests that
 * exceed a documented limit are refused before any call, class `REQUEST`. Answers are checked; fields not named here are
 * dropped.
 */
export interface WecomClient
  extends MassMessageCalls,
    MediaCalls,
    ContactCalls,
    TagCalls,
    ContactWayCalls,
    StaffCalls,
    KfCalls {
  /** The app's token. @param refresh replaces the one in use. @default false */
  getAccessToken(refresh?: boolean, options?: CallOptions): Promise<string>;
  /** @deprecated use {@link WecomClient.getAccessToken} */
  accessToken(options?: CallOptions & { readonly refresh?: boolean }): Promise<string>;
  /**
   * Any other call with the app's token, with the same limits, repeats and errors.
   *
   * @param path below `/cgi-bin/`, for example `externalcontact/groupchat/list`
   * @param request `hasEffect`: it changes something, so that it is never repeated. @default false
   */
  request<Schema extends z.ZodType>(
    path: string,
    request: ApiRequest<Schema> & { readonly hasEffect?: boolean },
    options?: EffectOptions,
  ): Promise<z.output<Schema>>;
}

/**
 * A client of one app of one corp. Several clients, of one corp or of many, may share cache and limiter: each app has a token
 * of its own there.
 *
 * @throws {ConfigError} an option is missing or wrong
 * @example
 * const client = createWecomClient({ corpId, secret });
 * for (const userid of await client.getFollowUserList()) {
 *   console.log(userid, (await client.listExternalContacts(userid)).length);
 * }
 */
export function createWecomClient(options: WecomClientOptions): WecomClient {
  const settings = settingsOf(options);
  const connection = connectionOf(settings);
  const api = apiOf(connection, settings);
  const getAccessToken: WecomClient["getAccessToken"] = async (refresh = false, { signal } = {}) => {
    const token = await connection.tokens.current(signal);
    if (!refresh) return token;
    await connection.tokens.expire(token);
    return connection.tokens.current(signal);
  };

  return {
    getAccessToken,
    accessToken: ({ refresh, signal } = {}) => getAccessToken(refresh, { signal }),
    request(path, { hasEffect = false, ...request }, callOptions) {
      return hasEffect ? api.act(path, request, callOptions) : api.read(path, request, callOptions);
    },
    ...massMessageCalls(api, (msgid) => takeReminder(settings, msgid)),
    ...mediaCalls(api, settings.random),
    ...contactCalls(api),
    ...tagCalls(api),
    ...contactWayCalls(api),
    ...staffCalls(api),
    ...kfCalls(api),
  };
}

/** @deprecated use {@link createWecomClient} */
export function wecomClient(options: WecomClientOptions): WecomClient {
  return createWecomClient(options);
}

async function takeReminder({ rateLimiter, corpId }: WecomSettings, msgid: string): Promise<void> {
  const permit = await rateLimiter.take(`wecom:${corpId}:remind:${msgid}`, REMINDERS);
  if (permit.kind === "refused") throw withheldCall("remind_groupmsg_send", permit.retryAfterMs);
}
