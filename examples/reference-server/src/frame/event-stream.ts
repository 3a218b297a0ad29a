import { createHash } from "node:crypto";
import type { ServerContext } from "./context.js";

/** How often it is looked, ms. */
const LOOK_MS = 1_000;
/** Longest silence, ms; proxies cut connections on which nothing happens. */
const BEAT_MS = 15_000;

/** What is to be seen at a moment: all of it, never what was added. */
export interface Sight {
  readonly name: string;
  readonly data: object;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/** What {@link eventStream} may be told. */
export interface StreamOptions {
  /** Longest silence, ms; then a `beat` says that there is nothing new. @default 15 000 */
  readonly beatMs?: number;
  /** `Last-Event-ID`: what the listener saw last, which is not told again while it still holds. @default nothing was seen */
  readonly seen?: string | undefined;
}

/**
 * Server-sent events of what is seen: one whenever it changed, a `beat` when it did not for a while. Each event stands for
 * itself, so that listeners who were cut off lose nothing and count nothing twice. Ends with the server too.
 */
export async function* eventStream(
  { clock, stopping }: Pick<ServerContext, "clock" | "stopping">,
  look: () => Promise<Sight>,
  { beatMs = BEAT_MS, seen }: StreamOptions = {},
): AsyncGenerator<string> {
  yield "retry: 1000\n\n";
  let last = seen;
  // Who comes back to what they have seen hears at once that it still holds.
  let saidAt = seen === undefined ? clock.monotonic() : Number.NEGATIVE_INFINITY;
  while (!stopping.aborted) {
    const { name, data, isLast } = await look();
    const text = JSON.stringify(data);
    const id = nameOf(text);
    const now = clock.monotonic();
    if (id !== last || isLast) {
      yield `event: ${name}\nid: ${id}\ndata: ${text}\n\n`;
      [last, saidAt] = [id, now];
    } else if (now - saidAt >= beatMs) {
      yield "event: beat\ndata: {}\n\n";
      saidAt = now;
    }
    if (isLast) return;
    await clock.sleep(LOOK_MS, stopping);
  }
}

/** The same sight has the same name in every process. */
function nameOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
