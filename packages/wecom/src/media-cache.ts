import type { StoredMedia } from "@recallkit/core/ports";
import { credentialsKey, untilAborted } from "./access-token.js";
import type { WecomClient } from "./client.js";
import type { WecomSettings } from "./options.js";

/** How long WeCom keeps an upload. @see https://developer.work.weixin.qq.com/document/path/90253 */
const MEDIA_LIFE_MS = 3 * 86_400_000;
const MARGIN_MS = 3_600_000;

/** Media ids by content, so that one image is uploaded once in almost three days. */
export interface MediaCache {
  /** The corp's media id of an image. @throws {ChannelError} it could not be uploaded */
  idOf(image: StoredMedia, signal: AbortSignal): Promise<string>;
  /** Drops an id that WeCom no longer knows. */
  expire(sha256: string, mediaId: string): Promise<void>;
}

/** Ids are dropped an hour before their end; one upload at a time per image. */
export function mediaCache(settings: WecomSettings, client: WecomClient): MediaCache {
  const { baseUrl, corpId, tokenCache, clock } = settings;
  // Media ids belong to the corp; all of its apps may use them.
  const corpKey = credentialsKey("media", baseUrl, corpId);

  async function upload({ sha256, contentType, bytes }: StoredMedia): Promise<{ value: string; expiresAt: number }> {
    const now = clock.now();
    const filename = `${sha256.slice(0, 16)}.${contentType === "image/png" ? "png" : "jpg"}`;
    const value = await client.mediaUpload({ type: "image", filename, contentType, bytes });
    return { value, expiresAt: now + MEDIA_LIFE_MS - MARGIN_MS };
  }

  return {
    idOf: (image, signal) =>
      untilAborted(
        tokenCache.getOrFetch(`${corpKey}:${image.sha256}`, () => upload(image)),
        signal,
      ),
    expire: (sha256, mediaId) => tokenCache.expire(`${corpKey}:${sha256}`, mediaId),
  };
}
