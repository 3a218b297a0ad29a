import { NotFoundError } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";

/** How soon a topic that changes is looked at again, ms. */
const SOON_MS = 1_000;
/** How late one that rests is looked at again, ms; each look that finds nothing new is followed later by the next. */
const LATE_MS = 5_000;
/** Longest silence, ms: three beats missed, and what is shown is called old. */
const BEAT_MS = 5_000;

/** A topic that is followed. */
export interface Followed {
  readonly name: string;
  readonly first: object;
  /** @throws {NotFoundError} it is gone */
  look(): Promise<object>;
}

/**
 * Server-sent events of topics: `topic` with all of one whenever it changed, `gone` when there is none any more, and a `beat`
 * when nothing did for a while. Ends with the server, or once all are gone.
 */
export async function* topicStream(
  { clock, stopping }: Pick<ServerContext, "clock" | "stopping">,
  followed: readonly Followed[],
): AsyncGenerator<string> {
  yield "retry: 1000\n\n";
  const states = followed.map((one) => ({ ...one, text: JSON.stringify(one.first), restsMs: SOON_MS, dueAt: 0 }));
  for (const { name, text } of states) yield told(name, text);
  const open = new Set(states);
  const start = clock.monotonic();
  let saidAt = start;
  for (const state of open) state.dueAt = start + SOON_MS;
  while (!stopping.aborted && open.size > 0) {
    await clock.sleep(SOON_MS, stopping);
    for (const state of open) {
      const now = clock.monotonic();
      if (stopping.aborted || now < state.dueAt) continue;
      const text = await seen(state);
      state.restsMs = text === state.text ? Math.min(LATE_MS, 2 * state.restsMs) : SOON_MS;
      state.dueAt = now + state.restsMs;
      if (text === state.text) continue;
      if (text === undefined) open.delete(state);
      else state.text = text;
      yield text === undefined ? event("gone", { topic: state.name }) : told(state.name, text);
      saidAt = now;
    }
    if (clock.monotonic() - saidAt < BEAT_MS) continue;
    yield event("beat", {});
    saidAt = clock.monotonic();
  }
}

async function seen({ look }: Pick<Followed, "look">): Promise<string | undefined> {
  try {
    return JSON.stringify(await look());
  } catch (error) {
    if (NotFoundError.is(error)) return undefined;
    throw error;
  }
}

/** @param value written already */
function told(topic: string, value: string): string {
  return `event: topic\ndata: {"topic":${JSON.stringify(topic)},"value":${value}}\n\n`;
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
