import { ChannelError } from "@recallkit/core";
import type * as z from "zod";
import { credentialsKey, providedTokens, type TokenSource, tokenExpiresAt, tokenSource } from "./access-token.js";
import { tokenSchema } from "./answers.js";
import { backOffWhileBusy } from "./backoff.js";
import { type Call, callOnce } from "./call.js";
import type { WecomSettings } from "./options.js";

const KIBIBYTE = 1024;

/** One app's way to the API: its token and calls that carry it. */
export interface Connection {
  readonly tokens: TokenSource;
  /**
   * Makes a call with the token. A refused token is replaced once and the call repeated once; a call without effects
   * also waits for a busy server. Nothing else is repeated.
   *
   * @throws {ChannelError}
   */
  call<Schema extends z.ZodType>(call: Call<Schema>): Promise<z.output<Schema>>;
}

/** Opens no connection yet. */
export function connectionOf(settings: WecomSettings): Connection {
  const { corpId, secret, baseUrl, clock } = settings;

  async function fetchToken(): Promise<{ value: string; expiresAt: number }> {
    const call = {
      path: "gettoken",
      kind: "token",
      answer: tokenSchema,
      maxBytes: 64 * KIBIBYTE,
      timeoutMs: settings.timeoutMs,
    } as const;
    const credentials = { corpid: corpId, corpsecret: secret };
    const answer = await backOffWhileBusy(() => callOnce(settings, call, credentials), settings, undefined);
    return { value: answer.access_token, expiresAt: tokenExpiresAt(clock.now(), answer.expires_in) };
  }

  const tokens = settings.accessToken
    ? providedTokens(settings.accessToken)
    : tokenSource(settings.tokenCache, credentialsKey("token", baseUrl, corpId, secret), fetchToken);

  async function callWithToken<Schema extends z.ZodType>(call: Call<Schema>): Promise<z.output<Schema>> {
    const token = await tokens.current(call.signal);
    try {
      return await callOnce(settings, call, { access_token: token });
    } catch (error) {
      if (!ChannelError.is(error) || error.effect !== "AUTH") throw error;
      await tokens.expire(token);
    }
    return callOnce(settings, call, { access_token: await tokens.current(call.signal) });
  }

  return {
    tokens,
    call: (call) =>
      call.kind === "effect" ? callWithToken(call) : backOffWhileBusy(() => callWithToken(call), settings, call.signal),
  };
}
