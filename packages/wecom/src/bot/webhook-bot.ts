import { createHash } from "node:crypto";
import * as z from "zod";
import { doneSchema, id } from "../answers.js";
import type { CallOptions, EffectOptions } from "../api.js";
import { callOnce } from "../call.js";
import { textOfBytes, withinLimits } from "../limits.js";
import { type MediaFile, mediaBody } from "../multipart.js";
import { settingsOf, type WecomClientOptions } from "../options.js";
import { BOT_MESSAGES } from "../rate-limits.js";

const MEBIBYTE = 1024 * 1024;
/** Longest picture in a message, characters of base64 for 2 MB. */
const MAX_BASE64 = Math.ceil((2 * MEBIBYTE) / 3) * 4;

const messageSchema = z
  .looseObject({
    msgtype: z.string().min(1),
    text: z.looseObject({ content: textOfBytes(2048) }).optional(),
    markdown: z.looseObject({ content: textOfBytes(4096) }).optional(),
    markdown_v2: z.looseObject({ content: textOfBytes(4096) }).optional(),
    image: z
      .looseObject({
        base64: z.string().min(1).max(MAX_BASE64, { message: "at most 2 MB" }),
        md5: z.string().regex(/^[0-9a-f]{32}$/, { message: "32 hexadecimal digits" }),
      })
      .optional(),
    news: z
      .looseObject({
        articles: z
          .array(
            z.looseObject({
              title: textOfBytes(128),
              description: textOfBytes(512).optional(),
              url: textOfBytes(2048),
            }),
          )
          .min(1)
          .max(8, { message: "at most 8" }),
      })
      .optional(),
    file: z.looseObject({ media_id: textOfBytes(1024) }).optional(),
    voice: z.looseObject({ media_id: textOfBytes(1024) }).optional(),
  })
  .refine((message) => message[message.msgtype] !== undefined, {
    path: ["msgtype"],
    message: "the part that it names is missing",
  });
const uploadSchema = z.object({ media_id: id });

/** Options of {@link createWebhookBot}; the ports are those of the client. */
export interface WebhookBotOptions
  extends Pick<WecomClientOptions, "baseUrl" | "transport" | "rateLimiter" | "clock" | "logger" | "timeoutMs"> {
  /** The `key` of the bot's address: a secret, it is in no error and no log. */
  readonly key: string;
}

/** A bot in a group of members (消息推送). */
export interface WebhookBot {
  /**
   * Posts a message: `text`, `markdown`, `markdown_v2`, `image`, `news`, `file`, `voice` or `template_card`.
   *
   * @throws {ChannelError} RATE_LIMITED, before any call, beyond 20 in a minute
   * @see https://developer.work.weixin.qq.com/document/path/99110
   */
  send(message: Readonly<Record<string, unknown>>, options?: EffectOptions): Promise<void>;
  /** A media id that only this bot may use, for three days. */
  uploadMedia(file: MediaFile & { readonly type: "file" | "voice" }, options?: CallOptions): Promise<string>;
}

/** A bot by its key; it needs no app and no token. @throws {ConfigError} the key is missing */
export function createWebhookBot({ key, ...options }: WebhookBotOptions): WebhookBot {
  const settings = settingsOf({
    ...options,
    // Limits are counted by bot: its name is a hash, since the key is a secret.
    corpId: `bot-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`,
    secret: key,
    rateLimits: { "webhook/send": BOT_MESSAGES },
  });
  const shared = { maxBytes: MEBIBYTE, timeoutMs: settings.timeoutMs };
  return {
    async send(message, callOptions = {}) {
      const body = withinLimits("webhook/send", messageSchema, message);
      const call = {
        path: "webhook/send",
        kind: "effect",
        body,
        answer: doneSchema,
        ...shared,
        ...callOptions,
      } as const;
      await callOnce(settings, call, { key });
    },
    async uploadMedia(file, callOptions = {}) {
      const query = { type: file.type };
      const call = {
        path: "webhook/upload_media",
        kind: "harmless",
        query,
        ...mediaBody(file, settings.random),
      } as const;
      const answer = await callOnce(settings, { ...call, answer: uploadSchema, ...shared, ...callOptions }, { key });
      return answer.media_id;
    },
  };
}
