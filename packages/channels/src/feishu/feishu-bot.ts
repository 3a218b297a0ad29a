import { createHash, createHmac } from "node:crypto";
import { type AlertSink, type Clock, ConfigError, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { alarmText, type Language } from "@recallkit/core/people";
import { type HttpTransport, memoryRateLimiter, type RateLimit, type SendOutcome } from "@recallkit/core/ports";
import * as z from "zod";
import { refusedBefore, untoldCall } from "../call/call-errors.js";
import { exchange, jsonOf } from "../call/exchange.js";
import { type LimitOptions, takeAll } from "../call/limits.js";
import { outcomeOf } from "../call/provider-code.js";
import { ruleOfBot } from "./feishu-codes.js";

/** A custom bot of a group chat. */
export interface FeishuBotOptions extends LimitOptions {
  /** `https://open.feishu.cn/open-apis/bot/v2/hook/…`; who knows it can write, so it is a secret. */
  readonly url: string;
  /** Of "signature verification" in the bot's settings. @default the bot asks for none */
  readonly secret?: string | undefined;
  /** In which language alarms say what they mean. @default their code and facts alone */
  readonly language?: Language | undefined;
  /** @default 100 a minute and 5 a second, what Feishu allows a bot */
  readonly limits?: readonly RateLimit[] | undefined;
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Longest wait for one call, in ms. @default 10000 */
  readonly timeoutMs?: number | undefined;
}

/** A bot that says things in its group; as `alerts` of a kit it tells alarms. */
export interface FeishuBot extends AlertSink {
  /** Says a text, at most once. @throws {ChannelError} nothing was said, or nobody knows */
  say(text: string, options: { readonly signal: AbortSignal }): Promise<void>;
}

const BOT_LIMITS: readonly RateLimit[] = [
  { kind: "window", max: 100, windowMs: 60_000 },
  { kind: "window", max: 5, windowMs: 1000 },
];
/** A body may have 20 kB. */
const MOST_BYTES = 18_000;
const CHANNEL = "feishu-bot";
const answerSchema = z.object({ code: z.int() });

/**
 * Signature of a bot's message. The key is timestamp and secret, and the message is empty, other than everywhere else.
 *
 * @param timestamp epoch seconds
 * @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function botSignature(timestamp: string, secret: string): string {
  return createHmac("sha256", `${timestamp}\n${secret}`).digest("base64");
}

/** @throws {ConfigError} `url` is no http(s) URL */
export function feishuBot(options: FeishuBotOptions): FeishuBot {
  const { url, secret, language, clock = systemClock, timeoutMs = 10_000, limits = BOT_LIMITS } = options;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConfigError("config.invalid", "url", "url is the bot's webhook, an http(s) URL");
  }
  const connection = { clock, timeoutMs, transport: options.transport ?? undiciTransport({ clock }) };
  const limiter = options.limiter ?? memoryRateLimiter({ clock });
  const key = `feishu-bot:${createHash("sha256").update(url).digest("hex").slice(0, 32)}`;

  async function say(text: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (text === "" || Buffer.byteLength(text) > MOST_BYTES) {
      throw refusedBefore(CHANNEL, `a text has 1 … ${MOST_BYTES} bytes`);
    }
    await takeAll(CHANNEL, key, limiter, limits);
    const now = clock.now();
    const timestamp = String(Math.floor(now / 1000));
    const body = JSON.stringify({
      ...(secret !== undefined && { timestamp, sign: botSignature(timestamp, secret) }),
      msg_type: "text",
      content: { text: text.replace(/<(?=\/?at\b)/gi, "＜") },
    });
    const headers = { "content-type": "application/json; charset=utf-8" };
    const call = { channel: CHANNEL, name: "the bot", kind: "effect", url, headers, body, signal } as const;
    const { status, text: told } = await exchange(connection, call);
    const answer = answerSchema.safeParse(jsonOf(told));
    // Errors come with HTTP 200; the older StatusCode may be missing.
    if (!answer.success) throw untoldCall(CHANNEL, "effect", `the bot answered HTTP ${status} in another form`);
    if (answer.data.code === 0) return;
    const code = String(answer.data.code);
    const outcome: SendOutcome = outcomeOf({
      channel: CHANNEL,
      call: "the bot",
      code,
      rule: ruleOfBot(answer.data.code),
      now,
    });
    throw untoldCall(CHANNEL, "effect", `the bot answered ${outcome.kind}: ${code}`, code);
  }

  return {
    say,
    send: ({ code, entity, entityId, detail, at }, callOptions) =>
      say(
        language === undefined
          ? `${code}\n${entity} ${entityId}: ${detail}\n${new Date(at).toISOString()}`
          : alarmText({ code, entity, entityId, detail, at }, language),
        callOptions,
      ),
  };
}
