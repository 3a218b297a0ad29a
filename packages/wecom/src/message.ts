import type { ImageSource, StoredMedia } from "@recallkit/core/ports";
import { misconfigured, notSent, refusedContent } from "./call-errors.js";
import { type AttachedPart, attachedParts, type MiniProgramCard, type WecomContent } from "./content.js";
import type { FileSource } from "./files.js";
import { type Attachment, MAX_TEXT_BYTES } from "./mass-message/attachments.js";
import type { MediaCache, UploadedMedia } from "./media-cache.js";

/** What turns content into WeCom's form. */
export interface MessageContext {
  readonly images: ImageSource | undefined;
  readonly files: FileSource | undefined;
  readonly media: MediaCache;
  readonly miniProgramAppId: string | undefined;
}

/** A message without its recipients, and the uploads in it. */
export interface WecomMessage {
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly uploads: readonly UploadedMedia[];
}

/**
 * Puts content into WeCom's form; images and files are loaded and uploaded unless that was done lately.
 *
 * @throws {ChannelError} always as proof that nothing was sent
 */
export async function wecomMessage(
  context: MessageContext,
  tenantId: number,
  content: WecomContent,
  signal: AbortSignal,
): Promise<WecomMessage> {
  const { text } = content;
  if (text !== undefined && Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw refusedContent(`the text is longer than ${MAX_TEXT_BYTES} bytes, its marker included`);
  }
  const uploads: UploadedMedia[] = [];
  const noted = async (upload: Promise<UploadedMedia>): Promise<string> => {
    const uploaded = await upload.catch((error: unknown) => Promise.reject(notSent(error)));
    uploads.push(uploaded);
    return uploaded.mediaId;
  };
  const load = (ref: string) => loadImage(context, tenantId, ref, signal);

  async function attachmentOf(part: AttachedPart): Promise<Attachment> {
    const { media } = context;
    if ("image" in part) {
      const image = await load(part.image);
      return { msgtype: "image", image: { media_id: await noted(media.image(image, signal)) } };
    }
    if ("miniProgram" in part) {
      const { title, page, image } = part.miniProgram;
      const appid = appIdOf(context, part.miniProgram);
      const pic_media_id = await noted(media.image(await load(image), signal));
      return { msgtype: "miniprogram", miniprogram: { title, pic_media_id, appid, page } };
    }
    if ("link" in part) {
      const { title, url, description, image } = part.link;
      const picurl = image?.startsWith("media:") ? await addressOf(media, await load(image), signal) : image;
      const more = { ...(picurl !== undefined && { picurl }), ...(description !== undefined && { desc: description }) };
      return { msgtype: "link", link: { title, ...more, url } };
    }
    if ("video" in part) {
      const file = await loadFile(context, part.video, signal);
      return { msgtype: "video", video: { media_id: await noted(media.file(file, "video", "video.mp4", signal)) } };
    }
    const file = await loadFile(context, part.file.url, signal);
    return { msgtype: "file", file: { media_id: await noted(media.file(file, "file", part.file.name, signal)) } };
  }

  const attachments: Attachment[] = [];
  for (const [, part] of attachedParts(content)) attachments.push(await attachmentOf(part));
  return { text, attachments, uploads };
}

function appIdOf({ miniProgramAppId }: MessageContext, { appId }: MiniProgramCard): string {
  const appid = appId ?? miniProgramAppId;
  if (appid !== undefined) return appid;
  const message = "a mini-program card needs its appId, or the channel's option miniProgramAppId";
  throw misconfigured(message, "card.no-app-id");
}

async function loadImage(
  { images }: MessageContext,
  tenantId: number,
  ref: string,
  signal: AbortSignal,
): Promise<StoredMedia> {
  if (images === undefined) {
    throw misconfigured("content has an image, but the channel's option images is not set", "image.no-source");
  }
  return images.load(tenantId, ref, signal).catch((error: unknown) => Promise.reject(notSent(error)));
}

async function loadFile({ files }: MessageContext, url: string, signal: AbortSignal) {
  if (files === undefined) {
    throw misconfigured("content has a video or a file, but the channel's option files is not set", "file.no-source");
  }
  return files.load(url, signal).catch((error: unknown) => Promise.reject(notSent(error)));
}

async function addressOf(media: MediaCache, image: StoredMedia, signal: AbortSignal): Promise<string> {
  return media.addressOf(image, signal).catch((error: unknown) => Promise.reject(notSent(error)));
}
