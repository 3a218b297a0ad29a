import type { RequestListener, Server, ServerResponse } from "node:http";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Clock } from "@recallkit/core";

/** The listener goes when nobody came for so long, ms … */
const QUIET_MS = 100;
/** … and after this time whoever comes, ms. */
const LONGEST_WAIT_MS = 1000;

/** Answers requests until it closes, and closes without cutting off anybody whom the kernel let in. */
export interface Closing {
  readonly answer: RequestListener;
  /** Takes no more connections, lets open requests end for at most `graceMs`, then ends the rest. */
  close(server: Server, graceMs: number): Promise<void>;
}

/**
 * The kernel lets callers in before the process accepts them, and resets those who still wait when the listener goes. So
 * the last requests are held until everybody who was on the way has come; then the listener goes, and they are answered.
 */
export function closing(app: RequestListener, clock: Clock): Closing {
  const open = new Set<ServerResponse>();
  let cameAt = Number.NEGATIVE_INFINITY;
  let gate: Promise<void> | undefined;

  const note = () => {
    cameAt = clock.monotonic();
  };

  /** Ends right after a turn of the event loop that accepted nobody. */
  async function untilQuiet(): Promise<void> {
    const latest = clock.monotonic() + LONGEST_WAIT_MS;
    for (;;) {
      await turnOfTheLoop();
      const waitMs = Math.min(cameAt + QUIET_MS, latest) - clock.monotonic();
      if (waitMs <= 0) return;
      await clock.sleep(waitMs);
    }
  }

  return {
    answer(request, response) {
      note();
      open.add(response);
      response.once("close", () => open.delete(response));
      if (!gate) return app(request, response);
      response.setHeader("connection", "close");
      void gate.then(() => app(request, response));
    },
    async close(server, graceMs) {
      let letThrough = () => {};
      gate = new Promise((resolve) => {
        letThrough = resolve;
      });
      server.on("connection", note);
      for (const response of open) if (!response.headersSent) response.setHeader("connection", "close");
      await untilQuiet();
      const closed = new AbortController();
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      letThrough();
      const timer = clock.sleep(graceMs, closed.signal).then(() => {
        if (!closed.signal.aborted) server.closeAllConnections();
      });
      server.closeIdleConnections();
      await ended;
      closed.abort();
      await timer;
    },
  };
}
