import type { ImageSource } from "@recallkit/core/ports";
import { misconfigured, notSent, refusedContent } from "./call-errors.js";
import type { WecomContent } from "./content.js";
import { MAX_TEXT_BYTES } from "./mass-message/attachments.js";
import type { MessageTemplate } from "./mass-message/template.js";
import type { MediaCache } from "./media-cache.js";

/** What turns content into WeCom's form. */
export interface MessageContext {
  readonly images: ImageSource | undefined;
  readonly media: MediaCache;
  readonly miniProgramAppId: string | undefined;
}

/** An image as uploaded for one message. */
export interface UploadedImage {
  readonly sha256: string;
  readonly mediaId: string;
}

/** A message without its recipients, and the images in it. */
export interface WecomMessage {
  readonly template: Pick<MessageTemplate, "text" | "attachments">;
  readonly uploads: readonly UploadedImage[];
}

/**
 * Puts content into WeCom's form; images are loaded and uploaded unless that was done lately.
 *
 * @throws {ChannelError} always as proof that nothing was sent
 */
export async function wecomMessage(
  context: MessageContext,
  tenantId: number,
  content: WecomContent,
  signal: AbortSignal,
): Promise<WecomMessage> {
  const { text, image, miniProgram } = content;
  if (text !== undefined && Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw refusedContent(`the text is longer than ${MAX_TEXT_BYTES} bytes, its marker included`);
  }
  const appid = miniProgram?.appId ?? context.miniProgramAppId;
  if (miniProgram !== undefined && appid === undefined) {
    throw misconfigured(
      "a mini-program card needs its appId, or the channel's option miniProgramAppId",
      "card.no-app-id",
    );
  }
  const uploads: UploadedImage[] = [];
  const upload = async (ref: string): Promise<string> => {
    const uploaded = await uploadImage(context, tenantId, ref, signal);
    uploads.push(uploaded);
    return uploaded.mediaId;
  };

  const attachments: Record<string, unknown>[] = [];
  if (image !== undefined) attachments.push({ msgtype: "image", image: { media_id: await upload(image) } });
  if (miniProgram !== undefined) {
    const { title, page } = miniProgram;
    const card = { title, pic_media_id: await upload(miniProgram.image), appid, page };
    attachments.push({ msgtype: "miniprogram", miniprogram: card });
  }
  const template = {
    ...(text !== undefined && { text: { content: text } }),
    ...(attachments.length > 0 && { attachments }),
  };
  return { template, uploads };
}

async function uploadImage(
  { images, media }: MessageContext,
  tenantId: number,
  ref: string,
  signal: AbortSignal,
): Promise<UploadedImage> {
  if (images === undefined) {
    throw misconfigured("content has an image, but the channel's option images is not set", "image.no-source");
  }
  try {
    const image = await images.load(tenantId, ref, signal);
    return { sha256: image.sha256, mediaId: await media.idOf(image, signal) };
  } catch (error) {
    throw notSent(error);
  }
}
