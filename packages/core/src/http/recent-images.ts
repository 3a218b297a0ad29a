import type { Clock } from "../clock.js";
import type { StoredMedia } from "../ports/ledger-stores.js";

const MAX_KEPT_BYTES = 32 * 1024 * 1024;

interface RecentImage {
  readonly image: StoredMedia;
  readonly until: number;
}

/** Images fetched lately, at most 32 MB; the oldest go first. */
export function recentImages(clock: Clock, keepMs: number) {
  const kept = new Map<string, RecentImage>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= kept.get(key)?.image.bytes.length ?? 0;
    kept.delete(key);
  }

  return {
    /** The image kept for `key`, or the one that `load` brings; a failed load is not kept. */
    async getOrLoad(key: string, load: () => Promise<StoredMedia>): Promise<StoredMedia> {
      const found = kept.get(key);
      if (found !== undefined && clock.now() < found.until) return found.image;
      const image = await load();
      drop(key);
      kept.set(key, { image, until: clock.now() + keepMs });
      bytes += image.bytes.length;
      for (const oldest of kept.keys()) {
        if (bytes <= MAX_KEPT_BYTES) break;
        drop(oldest);
      }
      return image;
    },
  };
}
