import type { InputIssue, MessageContent } from "@recallkit/core";
import { byteLength, checkInput, imageRefSchema } from "@recallkit/core/ports";
import * as z from "zod";
import { refusedContent } from "./call-errors.js";
import {
  MAX_ATTACHMENTS,
  MAX_CARD_TITLE_BYTES,
  MAX_LINK_DESCRIPTION_BYTES,
  MAX_LINK_TITLE_BYTES,
  MAX_LINK_URL_BYTES,
  MAX_TEXT_BYTES,
} from "./mass-message/attachments.js";

const trimmedBytes = (limit: number) =>
  z
    .string()
    .trim()
    .min(1)
    .refine((text) => byteLength(text) <= limit, { message: `at most ${limit} bytes of UTF-8` });

const imageRef = imageRefSchema.refine((ref) => byteLength(ref) <= MAX_LINK_URL_BYTES, {
  message: `at most ${MAX_LINK_URL_BYTES} bytes of UTF-8`,
});
const fileRef = z.url({ protocol: /^https$/, error: "must be an https URL" }).max(2048);
const isAddress = (url: string) => /^\{\{\s*[A-Za-z_]\w*\s*\}\}/.test(url) || /^https?:\/\/[^\s/]/i.test(url);

const miniProgramSchema = z.strictObject({
  title: trimmedBytes(MAX_CARD_TITLE_BYTES),
  image: imageRefSchema,
  page: z.string().trim().min(1).max(1024),
  appId: z.string().trim().min(1).max(64).optional(),
});
const linkSchema = z.strictObject({
  title: trimmedBytes(MAX_LINK_TITLE_BYTES),
  url: trimmedBytes(MAX_LINK_URL_BYTES).refine(isAddress, { message: "must be an http(s) URL or {{recall_link}}" }),
  description: trimmedBytes(MAX_LINK_DESCRIPTION_BYTES).optional(),
  image: imageRef.optional(),
});
const fileSchema = z.strictObject({ url: fileRef, name: trimmedBytes(255) });
const attachmentSchema = z.union(
  [
    z.strictObject({ image: imageRefSchema }),
    z.strictObject({ link: linkSchema }),
    z.strictObject({ miniProgram: miniProgramSchema }),
    z.strictObject({ video: fileRef }),
    z.strictObject({ file: fileSchema }),
  ],
  { error: "must be one image, link, miniProgram, video or file that keeps to its limits" },
);
type Attachments = { readonly attachments?: readonly unknown[] | undefined; readonly [part: string]: unknown };

const SINGLE_PARTS = ["image", "miniProgram", "link", "video", "file"] as const;
const partsOf = (content: Attachments) =>
  SINGLE_PARTS.filter((part) => content[part] !== undefined).length + (content.attachments?.length ?? 0);

/** Most members of whom one sends to each customer. */
export const MAX_SENDERS = 1000;
const userid = z.string().trim().min(1).max(64);

const wecomContentSchema = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .refine((text) => byteLength(text) <= MAX_TEXT_BYTES, { message: `at most ${MAX_TEXT_BYTES} bytes of UTF-8` })
      .optional(),
    // WeCom's messages have no subject; content that is written for several channels may have one.
    subject: z.string().optional(),
    image: imageRefSchema.optional(),
    miniProgram: miniProgramSchema.optional(),
    link: linkSchema.optional(),
    video: fileRef.optional(),
    file: fileSchema.optional(),
    attachments: z.array(attachmentSchema).optional(),
    sender: userid.optional(),
    senders: z.array(userid).min(1).max(MAX_SENDERS).optional(),
  })
  .refine((content) => content.sender === undefined || content.senders === undefined, {
    path: ["senders"],
    message: "goes without sender",
  })
  .refine((content) => content.text !== undefined || partsOf(content) > 0, {
    message: "WeCom needs a text, an image, a card or another attachment",
  })
  .refine((content) => partsOf(content) <= MAX_ATTACHMENTS, {
    path: ["attachments"],
    message: `at most ${MAX_ATTACHMENTS} attachments, those outside the list included`,
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

/** A card that opens a web page (图文链接). */
export interface LinkCard {
  /** 1 … 128 bytes of UTF-8. */
  readonly title: string;
  /** An http(s) URL, or `{{recall_link}}`; at most 2048 bytes. */
  readonly url: string;
  /** 1 … 512 bytes of UTF-8. */
  readonly description?: string | undefined;
  /** An https URL, shown as it is, or `media:<sha256>`, which is uploaded. @default no picture */
  readonly image?: string | undefined;
}

/** A file that customers can open. */
export interface FileAttachment {
  /** An https URL of a listed host; at most 20 MB. */
  readonly url: string;
  /** What receivers see, for example `价目表.pdf`. */
  readonly name: string;
}

/** One thing beside the text. A video is an https URL of an MP4 of at most 10 MB. */
export type AttachedPart =
  | { readonly image: string }
  | { readonly link: LinkCard }
  | { readonly miniProgram: MiniProgramCard }
  | { readonly video: string }
  | { readonly file: FileAttachment };

/** What WeCom sends of a message: a text, and up to 9 attachments. */
export interface WecomContent {
  /** At most 4000 bytes of UTF-8, variables filled in. */
  readonly text?: string | undefined;
  readonly image?: string | undefined;
  readonly miniProgram?: MiniProgramCard | undefined;
  readonly link?: LinkCard | undefined;
  readonly video?: string | undefined;
  readonly file?: FileAttachment | undefined;
  /** More of them, in the order in which they are shown, after those above. */
  readonly attachments?: readonly AttachedPart[] | undefined;
  /** Userid of the member who is to send this message. @default the channel's option `sender` */
  readonly sender?: string | undefined;
  /**
   * Userids of 1 … 1000 members: each customer is sent to by the one who follows them; where several do, always by the same one, and
   * all of them in equal parts; where none does, nobody sends. `["*"]`: all members who may serve customers. Not together with `sender`.
   *
   * @default the channel's option `senders`
   */
  readonly senders?: readonly string[] | undefined;
}

/** Everything beside the text, in the order in which it is shown, each with its dotted path. */
export function attachedParts(content: WecomContent): readonly (readonly [path: string, part: AttachedPart])[] {
  const { image, miniProgram, link, video, file, attachments = [] } = content;
  const single: (readonly [string, AttachedPart])[] = [];
  if (image !== undefined) single.push(["", { image }]);
  if (miniProgram !== undefined) single.push(["", { miniProgram }]);
  if (link !== undefined) single.push(["", { link }]);
  if (video !== undefined) single.push(["", { video }]);
  if (file !== undefined) single.push(["", { file }]);
  return [...single, ...attachments.map((part, index) => [`attachments.${index}.`, part] as const)];
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
