import { createHash } from "node:crypto";
import { memoryTokenCache, type TokenCache } from "@recallkit/core/ports";
import * as z from "zod";
import { untoldCall } from "../call/call-errors.js";
import { type Connection, type ConnectionOptions, connectionTo, required } from "../call/connection.js";
import { exchange, jsonOf } from "../call/exchange.js";
import { harmlessRefusal } from "../call/provider-code.js";
import { ruleOfToken } from "./feishu-codes.js";

/** An app of a company's own in Feishu. */
export interface FeishuApp extends ConnectionOptions {
  /** `cli_…` */
  readonly appId: string;
  readonly appSecret: string;
  /** Keeps the app's token; share it between processes. @default this process alone */
  readonly tokenCache?: TokenCache | undefined;
}

/** An answer of Feishu in its own form. */
export interface FeishuAnswer {
  readonly status: number;
  readonly code: number;
  readonly messageId: string | undefined;
  /** Wait that the answer names, in ms. */
  readonly retryAfterMs: number | undefined;
}

/** Calls of one app. */
export interface FeishuClient extends Connection {
  /** Names the app in keys without its secret. */
  readonly account: string;
  /** The app's token. @throws {ChannelError} none could be had: nothing was sent */
  token(): Promise<string>;
  /** Drops a token unless a fresh one has taken its place. */
  expire(token: string): Promise<void>;
  /** Creates a message once. @throws {ChannelError} no answer, or one in another form */
  createMessage(
    token: string,
    message: { readonly receiveIdType: string; readonly body: string },
    options: { readonly writeBy: number; readonly signal: AbortSignal },
  ): Promise<FeishuAnswer>;
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const tokenSchema = z.object({ tenant_access_token: z.string().min(1), expire: z.number().positive() });
const codeSchema = z.object({
  code: z.int(),
  data: z.object({ message_id: z.string().min(1).optional() }).nullish(),
});
const LONGEST_MARGIN_MS = 300_000;

/** Opens no connection yet. @throws {ConfigError} an option is missing or unusable */
export function feishuClient(channel: string, app: FeishuApp): FeishuClient {
  const connection = connectionTo("https://open.feishu.cn", app);
  const { baseUrl, clock } = connection;
  const cache = app.tokenCache ?? memoryTokenCache({ clock });
  const credentials = { app_id: required("appId", app.appId), app_secret: required("appSecret", app.appSecret) };
  const account = createHash("sha256")
    .update(JSON.stringify([baseUrl, app.appId, app.appSecret]))
    .digest("hex");
  const key = `feishu:token:${account.slice(0, 32)}`;

  async function fetchToken() {
    const call = {
      channel,
      name: "tenant_access_token",
      kind: "harmless",
      url: `${baseUrl}/open-apis/auth/v3/tenant_access_token/internal`,
      headers: JSON_TYPE,
      body: JSON.stringify(credentials),
      // Shared by everybody who waits, so that nobody's abort may end it; the time limit does.
      signal: new AbortController().signal,
    } as const;
    const { status, text, headers } = await exchange(connection, call);
    const json = jsonOf(text);
    const code = codeSchema.safeParse(json);
    const token = tokenSchema.safeParse(json);
    const now = clock.now();
    if (code.success && code.data.code === 0 && token.success) {
      const lifeMs = token.data.expire * 1000;
      // A token that is used to its last second fails at the edge.
      return {
        value: token.data.tenant_access_token,
        expiresAt: now + lifeMs - Math.min(LONGEST_MARGIN_MS, lifeMs / 10),
      };
    }
    if (!code.success || code.data.code === 0 || status >= 500) {
      throw untoldCall(channel, "harmless", `tenant_access_token answered HTTP ${status} in another form`);
    }
    throw harmlessRefusal({
      channel,
      call: "tenant_access_token",
      code: String(code.data.code),
      rule: ruleOfToken(code.data.code),
      now,
      retryAfterMs: resetOf(headers),
    });
  }

  return {
    ...connection,
    account: account.slice(0, 16),
    token: () => cache.getOrFetch(key, fetchToken),
    expire: (token) => cache.expire(key, token),
    async createMessage(token, { receiveIdType, body }, { writeBy, signal }) {
      const call = {
        channel,
        name: "im/v1/messages",
        kind: "effect",
        url: `${baseUrl}/open-apis/im/v1/messages?receive_id_type=${receiveIdType}`,
        headers: { ...JSON_TYPE, authorization: `Bearer ${token}` },
        body,
        writeBy,
        signal,
      } as const;
      const { status, text, headers } = await exchange(connection, call);
      const answer = codeSchema.safeParse(jsonOf(text));
      if (!answer.success)
        throw untoldCall(channel, "effect", `im/v1/messages answered HTTP ${status} in another form`);
      const { code, data } = answer.data;
      return { status, code, messageId: data?.message_id, retryAfterMs: resetOf(headers) };
    },
  };
}

function resetOf(headers: Readonly<Record<string, string>>): number | undefined {
  const seconds = Number(headers["x-ogw-ratelimit-reset"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
