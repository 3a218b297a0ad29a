import type { InputIssue, MessageContent } from "@recallkit/core";
import { byteLength, checkInput, imageRefSchema } from "@recallkit/core/ports";
import * as z from "zod";
import { refusedContent } from "./call-errors.js";
import { MAX_CARD_TITLE_BYTES, MAX_TEXT_BYTES } from "./mass-message/attachments.js";

const withinBytes = (limit: number) => (text: string) => byteLength(text) <= limit;

const miniProgramSchema = z.strictObject({
  title: z
    .string()
    .trim()
    .min(1)
    .refine(withinBytes(MAX_CARD_TITLE_BYTES), { message: `at most ${MAX_CARD_TITLE_BYTES} bytes of UTF-8` }),
  image: imageRefSchema,
  page: z.string().trim().min(1).max(1024),
  appId: z.string().trim().min(1).max(64).optional(),
});

const wecomContentSchema = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .refine(withinBytes(MAX_TEXT_BYTES), { message: `at most ${MAX_TEXT_BYTES} bytes of UTF-8` })
      .optional(),
    // WeCom's messages have no subject; content that is written for several channels may have one.
    subject: z.string().optional(),
    image: imageRefSchema.optional(),
    miniProgram: miniProgramSchema.optional(),
  })
  .refine(({ text, image, miniProgram }) => text ?? image ?? miniProgram, {
    message: "WeCom needs a text, an image or a mini-program card",
  });

/** A card that opens a page of a mini program. */
export interface MiniProgramCard {
  /** 1 … 64 bytes of UTF-8. */
  readonly title: string;
  /** Its cover: an https URL or `media:<sha256>`. */
  readonly image: string;
  /** Page path inside the mini program, with an optional query. */
  readonly page: string;
  /** @default the channel's option `miniProgramAppId` */
  readonly appId?: string | undefined;
}

/** What WeCom sends of a message: a text, an image, a card, or several of them. */
export interface WecomContent {
  /** At most 4000 bytes of UTF-8, variables filled in. */
  readonly text?: string | undefined;
  readonly image?: string | undefined;
  readonly miniProgram?: MiniProgramCard | undefined;
}

/** What is wrong with content on WeCom: limits of length, parts that are missing or that WeCom does not know. */
export function checkWecomContent(content: MessageContent): readonly InputIssue[] {
  const read = checkInput(wecomContentSchema, content);
  return "issues" in read ? read.issues : [];
}

/** The mini-program card of content, if it has one that is whole. */
export function miniProgramOf(content: MessageContent): MiniProgramCard | undefined {
  const read = checkInput(miniProgramSchema, content.miniProgram);
  return "value" in read ? read.value : undefined;
}

/** Content in WeCom's terms. @throws {ChannelError} class REQUEST: it is not of their form */
export function wecomContent(content: MessageContent): WecomContent {
  const read = checkInput(wecomContentSchema, content);
  if ("value" in read) return read.value;
  const [issue] = read.issues;
  throw refusedContent(`content.${issue?.path ?? ""}: ${issue?.message ?? "unknown fault"}`);
}
