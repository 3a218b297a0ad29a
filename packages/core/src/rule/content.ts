import * as z from "zod";
import { byteLength, hasControlCharacters } from "../text.js";

/** Longest text, bytes of UTF-8; channels allow less. */
const MAX_TEXT_BYTES = 100_000;
/** Longest subject, characters. */
const MAX_SUBJECT = 255;
/** A whole content as JSON, bytes of UTF-8. */
const MAX_CONTENT_BYTES = 200_000;

/** Whatever a channel understands beside text, subject and image: plain JSON. */
export type ContentPart =
  | string
  | number
  | boolean
  | null
  | readonly ContentPart[]
  | { readonly [name: string]: ContentPart | undefined };

/**
 * What a message says: at least one part. `text`, `subject` and `image` mean the same on every channel; any other part is the
 * channel's own, for example WeCom's `miniProgram`, and checked by its `checkContent`.
 */
export interface MessageContent {
  /** May hold `{{variables}}`; 1 … 100 000 bytes of UTF-8. */
  readonly text?: string | undefined;
  /** One line, 1 … 255 characters, with `{{variables}}`; channels without subjects leave it out. */
  readonly subject?: string | undefined;
  /** An https URL, or `media:<sha256>` of bytes stored with `kit.media.put`. */
  readonly image?: string | undefined;
  /** A part of the message by its name, such as `text`. */
  readonly [part: string]: ContentPart | undefined;
}

/** An image: an https URL, or `media:<sha256>`. */
export const imageRefSchema = z
  .string()
  .trim()
  .max(2048)
  .refine((ref) => isMediaRef(ref) || isHttpsUrl(ref), { message: "must be an https URL or media:<sha256>" });

const isOneLine = (text: string) => !hasControlCharacters(text) && !/[\t\n]/.test(text);

/** The parts that mean the same on every channel. */
export const sharedParts = {
  text: z
    .string()
    .min(1)
    .refine((text) => byteLength(text) <= MAX_TEXT_BYTES, { message: `at most ${MAX_TEXT_BYTES} bytes of UTF-8` })
    .optional(),
  subject: z
    .string()
    .trim()
    .min(1)
    .max(MAX_SUBJECT)
    .refine(isOneLine, { message: "must be one line without control characters" })
    .optional(),
  image: imageRefSchema.optional(),
};

/** Checks what is true of content on every channel. */
export const contentSchema: z.ZodType<MessageContent, MessageContent> = z
  .object(sharedParts)
  .catchall(z.json())
  .refine((content) => Object.entries(content).some(([name, part]) => name !== "subject" && part !== undefined), {
    message: "content needs a text, an image or a part of its channel",
  })
  .refine((content) => byteLength(JSON.stringify(content)) <= MAX_CONTENT_BYTES, {
    message: `at most ${MAX_CONTENT_BYTES} bytes as JSON`,
  });

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
