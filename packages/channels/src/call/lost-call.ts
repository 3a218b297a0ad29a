import { ChannelError } from "@recallkit/core";
import type { SendOutcome } from "@recallkit/core/ports";
import { unknownReason } from "./call-errors.js";

/** The outcome of a call of one message; one whose effect nobody knows is an outcome too. @throws where nothing was sent */
export async function outcomeOfLoss(call: () => Promise<SendOutcome>): Promise<readonly SendOutcome[]> {
  try {
    return [await call()];
  } catch (error) {
    if (!ChannelError.is(error) || error.effect !== "UNKNOWN") throw error;
    return [{ kind: "unknown", reason: unknownReason(error) }];
  }
}
