import { z } from "zod";
import { byteLength } from "../text.js";

/** Text limit of one message, bytes of UTF-8. @see https://developer.work.weixin.qq.com/document/path/92135 */
export const MAX_TEXT_BYTES = 4000;
/** Title limit of a mini-program card, bytes of UTF-8; same source. */
export const MAX_CARD_TITLE_BYTES = 64;

/** An image: an https URL, or `media:<sha256>` of bytes stored with `kit.media.put`. */
const imageRefSchema = z
  .string()
  .trim()
  .max(2048)
  .refine((ref) => isMediaRef(ref) || isHttpsUrl(ref), { message: "must be an https URL or media:<sha256>" });

const maxBytes = (limit: number) => (text: string) => byteLength(text) <= limit;

const miniProgramSchema = z.strictObject({
  title: z.string().trim().min(1).refine(maxBytes(MAX_CARD_TITLE_BYTES), { message: "at most 64 bytes of UTF-8" }),
  image: imageRefSchema,
  /** Page path inside the mini program, with an optional query. */
  page: z.string().trim().min(1).max(1024),
  /** @default the channel's configured mini program */
  appId: z.string().trim().min(1).max(64).optional(),
});

/** What a message says: at least one of text, image and mini-program card. */
export const contentSchema = z
  .strictObject({
    /** May hold `{{variables}}`; at most 4000 bytes of UTF-8 once rendered. */
    text: z.string().min(1).refine(maxBytes(MAX_TEXT_BYTES), { message: "at most 4000 bytes of UTF-8" }).optional(),
    image: imageRefSchema.optional(),
    miniProgram: miniProgramSchema.optional(),
  })
  .refine((content) => content.text ?? content.image ?? content.miniProgram, {
    message: "content needs a text, an image or a mini-program card",
  });

export type MessageContent = z.output<typeof contentSchema>;

/** The SHA-256 of a `media:` reference, or undefined for any other reference. */
export function mediaHash(ref: string): string | undefined {
  return /^media:([0-9a-f]{64})$/.exec(ref)?.[1];
}

function isMediaRef(ref: string): boolean {
  return mediaHash(ref) !== undefined;
}

function isHttpsUrl(ref: string): boolean {
  return URL.canParse(ref) && new URL(ref).protocol === "https:";
}
