import type { RuleDefinition, RuleInput } from "@recallkit/core";
import * as z from "zod";
import { messageText } from "./fields.js";

const HOUR_MS = 3_600_000;
/** How long the next channel has once staff's time is over. */
const DAY_MS = 86_400_000;

/** Channels behind WeCom, and when people are handed to them. */
export const fallbackFields = {
  fallback: z
    .array(
      z.strictObject({
        channel: z.string().min(1).max(64).describe("渠道，如 sms / name of a channel"),
        content: messageText.describe("该渠道的文本，默认同 content / its text, by default that of the push"),
      }),
    )
    .max(3)
    .optional()
    .describe("企微未能触达（非好友、无地址、超额、失败）时依次改用的渠道 / channels to fall back to, in order"),
  fallbackAfterHours: z
    .int()
    .min(1)
    .max(120)
    .nullish()
    .describe(
      "成员超过该小时数未确认则撤销任务并改用下一渠道；默认不改用 / hours until unconfirmed tasks are called off",
    ),
};

type Fallback = z.output<z.ZodObject<typeof fallbackFields>>;

/** The parts of a rule that they mean; what is absent stays as it is. */
export function fallbackOf(
  { fallback, fallbackAfterHours }: Fallback,
  kept: Partial<Pick<RuleDefinition, "channels" | "contents" | "fallBackAfterMs" | "expireAfterMs">>,
): Pick<RuleInput, "channels" | "contents" | "fallBackAfterMs" | "expireAfterMs"> {
  const texts = fallback?.flatMap(({ channel, content: text }) => (text === undefined ? [] : [[channel, { text }]]));
  const afterMs = fallbackAfterHours === undefined ? kept.fallBackAfterMs : (fallbackAfterHours ?? 0) * HOUR_MS;
  return {
    ...(fallback && {
      channels: ["wecom", ...fallback.map(({ channel }) => channel)],
      contents: Object.fromEntries(texts ?? []),
    }),
    fallBackAfterMs: afterMs || null,
    ...(afterMs && { expireAfterMs: Math.max(kept.expireAfterMs ?? 0, afterMs + DAY_MS) }),
  };
}

/** What `info` tells of them. */
export const toldFallbackFields = {
  fallback: z.array(z.strictObject({ channel: z.string(), content: z.string() })),
  fallbackAfterHours: z.number().nullable(),
};

/** The same fields of a rule. */
export function toldFallback({
  channels = [],
  contents = {},
  content,
  fallBackAfterMs,
}: Pick<RuleDefinition, "channels" | "contents" | "content" | "fallBackAfterMs">) {
  return {
    fallback: channels.slice(1).map((channel) => ({ channel, content: (contents[channel] ?? content).text ?? "" })),
    fallbackAfterHours: fallBackAfterMs === undefined ? null : fallBackAfterMs / HOUR_MS,
  };
}
