import type { ServerContext } from "../../frame/context.js";

/** How often it is looked, ms. */
const LOOK_MS = 1_000;
/** Longest silence, ms; proxies cut connections on which nothing happens. */
const BEAT_MS = 15_000;

/** What is to be seen at a moment. */
export interface Sight {
  readonly name: string;
  readonly data: object;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/** Server-sent events of what is seen: one whenever it changed, a comment when it did not for a while. Ends with the server too. */
export async function* eventStream(
  { clock, stopping }: Pick<ServerContext, "clock" | "stopping">,
  look: () => Promise<Sight>,
): AsyncGenerator<string> {
  yield "retry: 1000\n\n";
  let last = "";
  let saidAt = clock.monotonic();
  while (!stopping.aborted) {
    const { name, data, isLast } = await look();
    const text = JSON.stringify(data);
    const now = clock.monotonic();
    if (text !== last || isLast) {
      yield `event: ${name}\ndata: ${text}\n\n`;
      [last, saidAt] = [text, now];
    } else if (now - saidAt >= BEAT_MS) {
      yield ": beat\n\n";
      saidAt = now;
    }
    if (isLast) return;
    await clock.sleep(LOOK_MS, stopping);
  }
}
