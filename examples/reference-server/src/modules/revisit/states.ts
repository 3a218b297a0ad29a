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
