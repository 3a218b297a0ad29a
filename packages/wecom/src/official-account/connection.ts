import { createHash } from "node:crypto";
import { ChannelError } from "@recallkit/core";
import * as z from "zod";
import { tokenExpiresAt, untilAborted } from "../access-token.js";
import { backOffWhileBusy } from "../backoff.js";
import { type Call, callOnce } from "./call.js";
import type { OfficialAccountSettings } from "./options.js";

/** An account's way to the API: its token and calls that carry it. */
export interface Connection {
  /** The token in use. */
  token(signal?: AbortSignal): Promise<string>;
  /**
   * Makes a call with the token. A refused token is replaced once and the call repeated once; a call without effects also waits
   * for a busy server. Nothing else is repeated.
   *
   * @throws {ChannelError}
   */
  call<Schema extends z.ZodType>(call: Call<Schema>): Promise<z.output<Schema>>;
}

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().int().default(7200) });

/** Opens no connection yet. @see https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken */
export function connectionOf(settings: OfficialAccountSettings): Connection {
  const { appId, secret, baseUrl, clock, tokenCache } = settings;
  const digest = createHash("sha256")
    .update(JSON.stringify([baseUrl, appId, secret]))
    .digest("hex");
  const key = `official-account:token:${digest.slice(0, 32)}`;
  /** The token that was refused last. The platform gives the same one again until it is told to make another. */
  let refused: string | undefined;

  async function askToken(isForced: boolean) {
    const body = { grant_type: "client_credential", appid: appId, secret, force_refresh: isForced };
    const call = { path: "stable_token", kind: "token", body, answer: tokenSchema } as const;
    const answer = await backOffWhileBusy(() => callOnce(settings, call, undefined), settings, undefined);
    return { value: answer.access_token, expiresAt: tokenExpiresAt(clock.now(), answer.expires_in) };
  }
  async function fetchToken() {
    const kept = await askToken(false);
    // Forced only then: it may be done 20 times a day, and takes the token from every other process.
    return kept.value === refused ? askToken(true) : kept;
  }

  const token = (signal?: AbortSignal) => untilAborted(tokenCache.getOrFetch(key, fetchToken), signal);

  async function callWithToken<Schema extends z.ZodType>(call: Call<Schema>): Promise<z.output<Schema>> {
    const given = await token(call.signal);
    try {
      return await callOnce(settings, call, given);
    } catch (error) {
      if (!ChannelError.is(error) || error.effect !== "AUTH") throw error;
      refused = given;
      await tokenCache.expire(key, given);
    }
    return callOnce(settings, call, await token(call.signal));
  }

  return {
    token,
    call: (call) =>
      call.kind === "effect" ? callWithToken(call) : backOffWhileBusy(() => callWithToken(call), settings, call.signal),
  };
}
