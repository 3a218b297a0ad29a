import type { ServerContext } from "../../frame/context.js";
import type { ImportJob } from "./job.js";
import { getJob } from "./store.js";

/** How often the import is looked at, ms. */
const LOOK_MS = 500;
/** Longest silence, ms; proxies cut connections on which nothing happens. */
const BEAT_MS = 15_000;

/**
 * Server-sent events of an import: `progress` whenever something changed, a comment when nothing did for a while, `end` once it
 * is over. Ends with the server too, without `end`, so that the caller asks again.
 *
 * @param shape the import in the form of answers
 */
export async function* progressEvents(
  { stores, clock, stopping }: ServerContext,
  { tenantId, id }: Pick<ImportJob, "tenantId" | "id">,
  shape: (job: ImportJob) => object,
): AsyncGenerator<string> {
  yield "retry: 1000\n\n";
  let last = "";
  let saidAt = clock.monotonic();
  while (!stopping.aborted) {
    // Removed meanwhile: nothing more is to come.
    const job = await getJob(stores, tenantId, id).catch(() => undefined);
    const data = job ? JSON.stringify(shape(job)) : "{}";
    const isOver = job?.state !== "queued" && job?.state !== "running";
    if (isOver) return yield event("end", data);
    const now = clock.monotonic();
    if (data !== last || now - saidAt >= BEAT_MS) {
      yield data === last ? ": beat\n\n" : event("progress", data);
      [last, saidAt] = [data, now];
    }
    await clock.sleep(LOOK_MS, stopping);
  }
}

function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
