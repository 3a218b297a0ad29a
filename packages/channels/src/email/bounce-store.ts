import type { Bounce } from "./bounce.js";

/**
 * Where bounces wait until the engine asks for them. They come hours later, in any order and several times; kept under the
 * mail's id none of that matters.
 */
export interface BounceStore {
  /** Keeps bounces that name their mail and are final; others change nothing. */
  put(bounces: readonly Bounce[]): Promise<void>;
  /** Those known of these mails; order is free. */
  find(providerMessageIds: readonly string[]): Promise<readonly Bounce[]>;
}

/** Bounces in memory of this process: for one process and for tests. @param options most that are kept; the oldest give way */
export function memoryBounces({ limit = 100_000 }: { readonly limit?: number | undefined } = {}): BounceStore {
  const kept = new Map<string, Bounce>();
  return {
    async put(bounces) {
      for (const bounce of bounces) {
        const { providerMessageId, kind } = bounce;
        if (providerMessageId === undefined || kind !== "bounced") continue;
        kept.delete(providerMessageId);
        kept.set(providerMessageId, bounce);
      }
      for (const id of kept.keys()) {
        if (kept.size <= limit) break;
        kept.delete(id);
      }
    },
    find: async (ids) => ids.flatMap((id) => kept.get(id) ?? []),
  };
}
