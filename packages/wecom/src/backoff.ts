import { ChannelError, type Clock, type Random } from "@recallkit/core";
import pRetry from "p-retry";
import { NOT_READY, ruleOf } from "./error-map.js";

const MOST_RETRIES = 3;
const BASE_MS = 1000;

/**
 * Runs a call without effects, up to three times more while the server says that it is busy.
 *
 * Waits are random between 0 and 1, 2 and 4 s. A task that is not ready yet is not waited for: that may take minutes.
 */
export function backOffWhileBusy<T>(
  run: () => Promise<T>,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  signal: AbortSignal | undefined,
): Promise<T> {
  return pRetry(run, {
    retries: MOST_RETRIES,
    // The waiting is done below, on our own clock.
    minTimeout: 0,
    shouldRetry: ({ error }) => isBusy(error) && !signal?.aborted,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (retriesLeft > 0 && isBusy(error))
        await clock.sleep(random.next() * BASE_MS * 2 ** (attemptNumber - 1), signal);
    },
  });
}

function isBusy(error: unknown): boolean {
  if (!ChannelError.is(error) || error.providerCode === undefined) return false;
  const errcode = Number(error.providerCode);
  return errcode !== NOT_READY && ruleOf(errcode, "harmless").effect === "BUSY";
}
