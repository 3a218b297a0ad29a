import { RecallKitError } from "@recallkit/core";

/** What may become of a person whose birthday is near, in the order of their life. */
export const REVISIT_STATES = [
  "found",
  "written",
  "waiting",
  "approved",
  "planned",
  "held",
  "sent",
  "not_sent",
  "rejected",
  "expired",
] as const;
export type RevisitState = (typeof REVISIT_STATES)[number];

/** Every legal transition; `docs/architecture/revisit.md` shows the same. */
export const REVISIT_TRANSITIONS: Readonly<Record<RevisitState, readonly RevisitState[]>> = {
  found: ["written", "expired"],
  written: ["waiting", "planned", "expired"],
  waiting: ["approved", "rejected", "expired"],
  approved: ["planned", "expired"],
  planned: ["sent", "held", "not_sent"],
  held: ["written", "expired"],
  sent: [],
  not_sent: [],
  rejected: [],
  expired: [],
};

/** States from which a state is reached: what a conditional update asks for. */
export function statesBefore(to: RevisitState): readonly RevisitState[] {
  return REVISIT_STATES.filter((from) => REVISIT_TRANSITIONS[from].includes(to));
}

/** @throws {RecallKitError} `state.illegal-transition`: a fault of the program */
export function assertMove(from: RevisitState, to: RevisitState): void {
  if (REVISIT_TRANSITIONS[from].includes(to)) return;
  throw new RecallKitError("state.illegal-transition", `a revisit does not go from ${from} to ${to}`);
}
