import type * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import type { runSchema } from "./schema.js";

/** How often a run is looked at, ms. */
const LOOK_MS = 500;
/** Longest silence, ms; proxies cut connections on which nothing happens. */
const BEAT_MS = 15_000;

/**
 * Server-sent events of a run: `progress` whenever something changed, a comment when nothing did for a while, `end` once it is
 * over. Ends with the server too, without `end`, so that the caller asks again.
 */
export async function* runEvents(
  { clock, stopping }: Pick<ServerContext, "clock" | "stopping">,
  look: () => Promise<z.input<typeof runSchema>>,
): AsyncGenerator<string> {
  yield "retry: 1000\n\n";
  let last = "";
  let saidAt = clock.monotonic();
  while (!stopping.aborted) {
    const run = await look();
    const data = JSON.stringify(run);
    if (run.state !== "running") return yield `event: end\ndata: ${data}\n\n`;
    const now = clock.monotonic();
    if (data !== last || now - saidAt >= BEAT_MS) {
      yield data === last ? ": beat\n\n" : `event: progress\ndata: ${data}\n\n`;
      [last, saidAt] = [data, now];
    }
    await clock.sleep(LOOK_MS, stopping);
  }
}
