import { getJsApiSignature } from "@wecom/crypto";
import * as z from "zod";
import { credentialsKey, tokenExpiresAt, untilAborted } from "../access-token.js";
import { notSent } from "../call-errors.js";
import type { Connection } from "../connection.js";
import type { WecomSettings } from "../options.js";

/** Which signature a page asks for: that of the corp (`wx.config`), or that of the app (`wx.agentConfig`). */
export type TicketKind = "corp" | "app";

/** What `ww.register` of `@wecom/jssdk` takes from `getConfigSignature` and `getAgentConfigSignature`. */
export interface JsSignature {
  /** Epoch seconds. */
  readonly timestamp: number;
  readonly nonceStr: string;
  /** 40 hexadecimal digits. */
  readonly signature: string;
}

/** Tickets of one app out of its token cache, each fetched at most once at a time. */
export interface TicketSource {
  /** @throws {ChannelError} no ticket could be had */
  current(kind: TicketKind, signal: AbortSignal | undefined): Promise<string>;
}

const ticketSchema = z.object({ ticket: z.string().min(1), expires_in: z.coerce.number().int().default(7200) });

/** Tickets of an app. @see https://developer.work.weixin.qq.com/document/path/96909 */
export function ticketSource(
  connection: Connection,
  { tokenCache, clock, baseUrl, corpId, secret, timeoutMs }: WecomSettings,
  agentId: number,
): TicketSource {
  const fetch = async (kind: TicketKind) => {
    const call =
      kind === "corp" ? { path: "get_jsapi_ticket" } : { path: "ticket/get", query: { type: "agent_config" } };
    const answer = await connection.call({
      ...call,
      kind: "harmless",
      answer: ticketSchema,
      maxBytes: 65_536,
      timeoutMs,
    });
    return { value: answer.ticket, expiresAt: tokenExpiresAt(clock.now(), answer.expires_in) };
  };
  return {
    async current(kind, signal) {
      // The app's id stands in for a secret that only a token service has.
      const key = credentialsKey("token", "ticket", kind, baseUrl, corpId, secret, String(agentId));
      try {
        return await untilAborted(
          tokenCache.getOrFetch(key, () => fetch(kind)),
          signal,
        );
      } catch (error) {
        throw notSent(error);
      }
    },
  };
}

/** Signs the address of a page, without what stands behind its `#`. */
export function signPage(
  ticket: string,
  url: string,
  { timestamp, nonceStr }: Pick<JsSignature, "timestamp" | "nonceStr">,
): JsSignature {
  const page = url.split("#", 1)[0] ?? url;
  const { signature } = getJsApiSignature({ ticket, url: page, timestamp, nonceStr });
  return { timestamp, nonceStr, signature };
}
