import * as z from "zod";
import { textOfBytes } from "../limits.js";

/** Text limit of one message, bytes of UTF-8. @see https://developer.work.weixin.qq.com/document/path/92135 */
export const MAX_TEXT_BYTES = 4000;
/** Title limit of a mini-program card, bytes of UTF-8; same source. */
export const MAX_CARD_TITLE_BYTES = 64;
/** Title limit of a link card, bytes of UTF-8; same source. */
export const MAX_LINK_TITLE_BYTES = 128;
/** Limit of a link card's description, bytes of UTF-8; same source. */
export const MAX_LINK_DESCRIPTION_BYTES = 512;
/** Limit of a link card's addresses, bytes of UTF-8; same source. */
export const MAX_LINK_URL_BYTES = 2048;
/** Most attachments of one message; same source. */
export const MAX_ATTACHMENTS = 9;

const mediaId = textOfBytes(1024);

/** One attachment of a mass message or a welcome message, in WeCom's own words. */
export type Attachment =
  | { readonly msgtype: "image"; readonly image: { readonly media_id?: string; readonly pic_url?: string } }
  | {
      readonly msgtype: "link";
      readonly link: {
        /** 1 … 128 bytes. */
        readonly title: string;
        /** At most 2048 bytes. */
        readonly picurl?: string;
        /** At most 512 bytes. */
        readonly desc?: string;
        /** 1 … 2048 bytes. */
        readonly url: string;
      };
    }
  | {
      readonly msgtype: "miniprogram";
      readonly miniprogram: {
        /** 1 … 64 bytes. */
        readonly title: string;
        readonly pic_media_id: string;
        readonly appid: string;
        readonly page: string;
      };
    }
  | { readonly msgtype: "video"; readonly video: { readonly media_id: string } }
  | { readonly msgtype: "file"; readonly file: { readonly media_id: string } };

const attachmentSchema = z.discriminatedUnion("msgtype", [
  z.looseObject({
    msgtype: z.literal("image"),
    image: z
      .looseObject({ media_id: mediaId.optional(), pic_url: textOfBytes(MAX_LINK_URL_BYTES).optional() })
      .refine((image) => image.media_id ?? image.pic_url, { message: "media_id or pic_url is needed" }),
  }),
  z.looseObject({
    msgtype: z.literal("link"),
    link: z.looseObject({
      title: textOfBytes(MAX_LINK_TITLE_BYTES),
      picurl: textOfBytes(MAX_LINK_URL_BYTES).optional(),
      desc: textOfBytes(MAX_LINK_DESCRIPTION_BYTES).optional(),
      url: textOfBytes(MAX_LINK_URL_BYTES),
    }),
  }),
  z.looseObject({
    msgtype: z.literal("miniprogram"),
    miniprogram: z.looseObject({
      title: textOfBytes(MAX_CARD_TITLE_BYTES),
      pic_media_id: mediaId,
      appid: textOfBytes(1024),
      page: textOfBytes(1024),
    }),
  }),
  z.looseObject({ msgtype: z.literal("video"), video: z.looseObject({ media_id: mediaId }) }),
  z.looseObject({ msgtype: z.literal("file"), file: z.looseObject({ media_id: mediaId }) }),
]);

/** Text and attachments of a message, at least one of them. */
export const messageParts = {
  text: z.looseObject({ content: textOfBytes(MAX_TEXT_BYTES) }).optional(),
  attachments: z
    .array(attachmentSchema)
    .max(MAX_ATTACHMENTS, { message: `at most ${MAX_ATTACHMENTS} attachments` })
    .optional(),
};

/** Whether a message says anything. */
export function hasParts(message: {
  readonly text?: unknown;
  readonly attachments?: readonly unknown[] | undefined;
}): boolean {
  return message.text !== undefined || (message.attachments?.length ?? 0) > 0;
}
