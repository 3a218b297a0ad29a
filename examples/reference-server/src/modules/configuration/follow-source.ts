import { NotFoundError, RecallKitError } from "@recallkit/core";
import { HttpError } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import type { ConfigSource } from "./config-source.js";
import { putConfig } from "./service.js";

/** How often the source is asked, ms. */
const ASK_MS = 1000;

type Desk = Pick<ServerContext, "stores" | "clock" | "configValues" | "hotConfig" | "logger">;

/**
 * Follows a source until aborted: what it has is written into our store, with history, so that processes learn of it as of
 * every other change. A value that its key refuses, or a key that nothing obeys, changes nothing, and is told once. What the
 * source does not have stays as it is; a change made here holds until the source changes.
 */
export async function followSource(desk: Desk, source: ConfigSource, signal: AbortSignal): Promise<void> {
  let last: string | undefined;
  let isAway = false;
  while (!signal.aborted) {
    try {
      const loaded = await source.load(signal);
      const text = JSON.stringify(loaded);
      if (loaded !== undefined && text !== last) await take(desk, source, loaded);
      last = text;
      isAway = false;
    } catch (error) {
      if (!signal.aborted && !isAway)
        desk.logger.warn("config.source-away", { source: source.name, code: codeOf(error) });
      isAway = true;
    }
    await desk.clock.sleep(ASK_MS, signal);
  }
}

async function take(
  desk: Desk,
  { name: source }: ConfigSource,
  loaded: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [key, value] of Object.entries(loaded)) {
    try {
      await putConfig(desk, { [key]: value }, {}, source);
    } catch (error) {
      if (!(error instanceof HttpError) && !NotFoundError.is(error)) throw error;
      desk.logger.warn("config.source-refused", { source, key, code: codeOf(error) });
    }
  }
}

function codeOf(error: unknown): string {
  return RecallKitError.is(error) ? error.code : "bug";
}
