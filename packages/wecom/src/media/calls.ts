import type { Random } from "@recallkit/core";
import * as z from "zod";
import { id, optionalInteger } from "../answers.js";
import type { Api, CallOptions } from "../api.js";
import { textOfBytes, withinLimits } from "../limits.js";
import { type MediaFile, mediaBody } from "../multipart.js";

const MEBIBYTE = 1024 * 1024;
/** Every file must be larger than this, bytes. @see https://developer.work.weixin.qq.com/document/path/90253 */
const TOO_SMALL = 5;
/** Largest file of each type, bytes; same source. */
export const MAX_MEDIA_BYTES = {
  image: 10 * MEBIBYTE,
  voice: 2 * MEBIBYTE,
  video: 10 * MEBIBYTE,
  file: 20 * MEBIBYTE,
} as const;
/** Largest picture of `uploadimg`, bytes. @see https://developer.work.weixin.qq.com/document/path/90256 */
const MAX_PICTURE_BYTES = 2 * MEBIBYTE;
/** Largest file of `upload_attachment`, bytes. @see https://developer.work.weixin.qq.com/document/path/95098 */
const MAX_ATTACHMENT_BYTES = 10 * MEBIBYTE;

const uploadSchema = z.object({ media_id: id, created_at: optionalInteger });
const pictureSchema = z.object({ url: z.url({ protocol: /^https?$/ }) });

const fileSchema = z.object({
  bytes: z.instanceof(Uint8Array),
  contentType: z.string(),
  filename: z.string().optional(),
});
const mediaIdSchema = z.object({ media_id: textOfBytes(1024) });

/** A file that was uploaded, or that somebody sent. */
export interface DownloadedMedia {
  readonly bytes: Uint8Array;
  /** As WeCom says it, for example `image/jpeg`; empty when it does not. */
  readonly contentType: string;
  readonly filename?: string | undefined;
}

const sized = (most: number) =>
  z.looseObject({
    bytes: z.custom<Uint8Array>(
      (bytes) => bytes instanceof Uint8Array && bytes.length > TOO_SMALL && bytes.length <= most,
      {
        message: `more than ${TOO_SMALL} and at most ${most} bytes`,
      },
    ),
  });

/** Uploads. */
export interface MediaCalls {
  /** A media id, valid for three days in the whole corp. */
  mediaUpload(file: MediaFile, options?: CallOptions): Promise<string>;
  /** The lasting address of a picture of up to 2 MB, for `image.pic_url`; at most 1 000 a day and 3 000 a month. */
  mediaUploadimg(picture: Omit<MediaFile, "type">, options?: CallOptions): Promise<string>;
  /** A media id for moments (1) or the product album (2); not for mass messages. */
  mediaUploadAttachment(file: MediaFile, attachmentType: 1 | 2, options?: CallOptions): Promise<string>;
  /** The file of a media id, at most 20 MB: an uploaded one, or one of a message. @throws {ChannelError} class REQUEST: unknown, or older than three days */
  mediaGet(mediaId: string, options?: CallOptions): Promise<DownloadedMedia>;
}

/** Calls about files. */
export function mediaCalls(api: Api, random: Random): MediaCalls {
  return {
    async mediaUpload(file, options) {
      withinLimits("media/upload", sized(MAX_MEDIA_BYTES[file.type]), file);
      const request = { query: { type: file.type }, ...mediaBody(file, random), answer: uploadSchema, maxMebibytes: 1 };
      return (await api.read("media/upload", request, options)).media_id;
    },
    async mediaUploadimg(picture, options) {
      withinLimits("media/uploadimg", sized(MAX_PICTURE_BYTES), picture);
      const request = { ...mediaBody({ ...picture, type: "image" }, random), answer: pictureSchema, maxMebibytes: 1 };
      return (await api.read("media/uploadimg", request, options)).url;
    },
    async mediaUploadAttachment(file, attachmentType, options) {
      withinLimits("media/upload_attachment", sized(MAX_ATTACHMENT_BYTES), file);
      const query = { media_type: file.type, attachment_type: String(attachmentType) };
      const request = { query, ...mediaBody(file, random), answer: uploadSchema, maxMebibytes: 1 };
      return (await api.read("media/upload_attachment", request, options)).media_id;
    },
    async mediaGet(media_id, options) {
      const query = withinLimits("media/get", mediaIdSchema, { media_id });
      return api.read("media/get", { query, answer: fileSchema, isFile: true, maxMebibytes: 21 }, options);
    },
  };
}
