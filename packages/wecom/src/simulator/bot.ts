import { createHash } from "node:crypto";
import { type Call, type Fields, isFields, optionalText, readFields } from "./call.js";
import { RefusedCall, tooLong } from "./errors.js";
import { storeBotFile } from "./media.js";
import type { Bot } from "./state.js";

const PER_MINUTE = 20;
const MINUTE_MS = 60_000;
const MAX_PICTURE_BYTES = 2 * 1024 * 1024;

/** `webhook/send`: a message in a group; 20 in a minute. @see https://developer.work.weixin.qq.com/document/path/99110 */
export function sendByBot(call: Call): Record<string, unknown> {
  const { body, now } = call;
  const bot = requireBot(call);
  const fields = readFields(body);
  const type = optionalText(fields, "msgtype") ?? "";
  const part = fields[type];
  const check = checks.get(type);
  if (check === undefined) throw new RefusedCall(40008);
  if (!isFields(part)) throw new RefusedCall(40058, `field \`${type}\` is missing`);
  check(part, bot, now, call);
  const recent = bot.messages.filter(({ at }) => at > now - MINUTE_MS);
  if (recent.length >= PER_MINUTE) throw new RefusedCall(45009);
  bot.messages.push({ at: now, type, content: part });
  return {};
}

/** `webhook/upload_media`: a file that only this bot may use. */
export function uploadByBot(call: Call): Record<string, unknown> {
  return storeBotFile(call, requireBot(call));
}

function requireBot({ world, query }: Call): Bot {
  const bot = world.bots.get(query.get("key") ?? "");
  if (bot === undefined) throw new RefusedCall(93000);
  return bot;
}

type Check = (part: Fields, bot: Bot, now: number, call: Call) => void;

const text =
  (max: number): Check =>
  (part) => {
    if (optionalText(part, "content", max, "content") === undefined) throw new RefusedCall(44004);
  };
const file: Check = (part, bot, now, { world }) => {
  const upload = bot.uploads.get(optionalText(part, "media_id") ?? "");
  if (upload === undefined || now >= upload.at + world.mediaTtlMs) throw new RefusedCall(40007);
};
const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["text", text(2048)],
  ["markdown", text(4096)],
  ["markdown_v2", text(4096)],
  ["file", file],
  ["voice", file],
  [
    "image",
    (part) => {
      const bytes = Buffer.from(optionalText(part, "base64") ?? "", "base64");
      if (bytes.length === 0) throw new RefusedCall(44001);
      if (bytes.length > MAX_PICTURE_BYTES) throw new RefusedCall(40009);
      const md5 = createHash("md5").update(bytes).digest("hex");
      if (optionalText(part, "md5") !== md5) throw new RefusedCall(40123);
    },
  ],
  [
    "news",
    ({ articles }) => {
      if (!Array.isArray(articles) || articles.length === 0) throw new RefusedCall(44004);
      if (articles.length > 8) throw tooLong("articles", 8);
      for (const article of articles) {
        if (!isFields(article) || optionalText(article, "title", 128) === undefined) throw new RefusedCall(41016);
        if (optionalText(article, "url", 2048) === undefined) throw new RefusedCall(41010);
      }
    },
  ],
  ["template_card", () => {}],
]);
