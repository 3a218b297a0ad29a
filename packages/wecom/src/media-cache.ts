import { createHash } from "node:crypto";
import type { StoredMedia } from "@recallkit/core/ports";
import { credentialsKey, untilAborted } from "./access-token.js";
import type { WecomClient } from "./client.js";
import type { LoadedFile } from "./files.js";
import type { MediaFile } from "./multipart.js";
import type { WecomSettings } from "./options.js";

const DAY_MS = 86_400_000;
/** How long WeCom keeps an upload. @see https://developer.work.weixin.qq.com/document/path/90253 */
const MEDIA_LIFE_MS = 3 * DAY_MS;
const MARGIN_MS = 3_600_000;
/** Addresses of pictures last; this is only how long they are remembered. */
const ADDRESS_LIFE_MS = 30 * DAY_MS;

/** A file as uploaded: WeCom's id for it, and the key to drop it by. */
export interface UploadedMedia {
  readonly key: string;
  readonly mediaId: string;
}

/** Uploads by content, so that one file is uploaded once in almost three days. */
export interface MediaCache {
  /** The corp's media id of an image. @throws {ChannelError} it could not be uploaded */
  image(image: StoredMedia, signal: AbortSignal): Promise<UploadedMedia>;
  /** The corp's media id of a video or a file; receivers see the name of a file. @throws {ChannelError} */
  file(file: LoadedFile, type: "video" | "file", name: string, signal: AbortSignal): Promise<UploadedMedia>;
  /** The lasting address of an image. @throws {ChannelError} */
  addressOf(image: StoredMedia, signal: AbortSignal): Promise<string>;
  /** Drops an id that WeCom no longer knows. */
  expire(uploaded: UploadedMedia): Promise<void>;
}

/** Ids are dropped an hour before their end; one upload at a time per file. */
export function mediaCache(settings: WecomSettings, client: WecomClient): MediaCache {
  const { baseUrl, corpId, tokenCache, clock } = settings;
  // Media ids belong to the corp; all of its apps may use them.
  const corpKey = credentialsKey("media", baseUrl, corpId);

  async function cached(key: string, lifeMs: number, upload: () => Promise<string>, signal: AbortSignal) {
    const fetch = async () => {
      const now = clock.now();
      return { value: await upload(), expiresAt: now + lifeMs };
    };
    return untilAborted(tokenCache.getOrFetch(key, fetch), signal);
  }
  const uploadOnce = async (key: string, file: MediaFile, signal: AbortSignal): Promise<UploadedMedia> => {
    const mediaId = await cached(key, MEDIA_LIFE_MS - MARGIN_MS, () => client.mediaUpload(file), signal);
    return { key, mediaId };
  };
  const picture = ({ sha256, contentType, bytes }: StoredMedia) => {
    const filename = `${sha256.slice(0, 16)}.${contentType === "image/png" ? "png" : "jpg"}`;
    return { type: "image", filename, contentType, bytes } as const;
  };

  return {
    image: (image, signal) => uploadOnce(`${corpKey}:${image.sha256}`, picture(image), signal),
    file({ sha256, bytes }, type, filename, signal) {
      const named = createHash("sha256").update(filename).digest("hex").slice(0, 16);
      const contentType = type === "video" ? "video/mp4" : "application/octet-stream";
      return uploadOnce(`${corpKey}:${type}:${named}:${sha256}`, { type, filename, contentType, bytes }, signal);
    },
    addressOf(image, signal) {
      const upload = () => client.mediaUploadimg(picture(image));
      return cached(`${corpKey}:address:${image.sha256}`, ADDRESS_LIFE_MS, upload, signal);
    },
    expire: ({ key, mediaId }) => tokenCache.expire(key, mediaId),
  };
}
