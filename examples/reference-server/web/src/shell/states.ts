/** How a state looks: an icon and a tone beside its word, never colour alone. */
export interface StateLook {
  readonly icon: string;
  readonly tone: "calm" | "busy" | "good" | "warn" | "bad" | "off";
}

/** One look per state of deliveries, batches, occurrences and messages. */
export const STATE_LOOKS: Readonly<Record<string, StateLook>> = {
  planned: { icon: "○", tone: "calm" },
  snapshotting: { icon: "◔", tone: "busy" },
  running: { icon: "◔", tone: "busy" },
  paused: { icon: "‖", tone: "warn" },
  completed: { icon: "●", tone: "good" },
  completed_with_errors: { icon: "!", tone: "warn" },
  skipped: { icon: "⤼", tone: "off" },
  queued: { icon: "○", tone: "calm" },
  in_batch: { icon: "○", tone: "calm" },
  pending: { icon: "○", tone: "calm" },
  leased: { icon: "◔", tone: "busy" },
  dispatching: { icon: "◔", tone: "busy" },
  accepted: { icon: "◔", tone: "busy" },
  delivered: { icon: "●", tone: "good" },
  not_delivered: { icon: "◌", tone: "warn" },
  rejected: { icon: "✕", tone: "bad" },
  failed: { icon: "✕", tone: "bad" },
  unknown: { icon: "?", tone: "warn" },
  reconciling: { icon: "?", tone: "warn" },
  needs_review: { icon: "!", tone: "warn" },
  suppressed: { icon: "⊘", tone: "off" },
  expired: { icon: "◷", tone: "off" },
  cancelled: { icon: "—", tone: "off" },
  dead: { icon: "†", tone: "bad" },
};

/** Looks of the states of other things, by the name of their words. */
export const FAMILY_LOOKS = {
  claimState: {
    claimed: { icon: "◔", tone: "busy" },
    reserved: { icon: "‖", tone: "warn" },
    redeemed: { icon: "●", tone: "good" },
    reversed: { icon: "↺", tone: "warn" },
    expired: { icon: "◷", tone: "off" },
  },
  templateState: { active: { icon: "●", tone: "good" }, inactive: { icon: "—", tone: "off" } },
  taskState: {
    pending: { icon: "○", tone: "calm" },
    in_progress: { icon: "◔", tone: "busy" },
    completed: { icon: "●", tone: "good" },
    cancelled: { icon: "—", tone: "off" },
  },
  leadState: {
    ready: { icon: "○", tone: "calm" },
    callback: { icon: "↻", tone: "warn" },
    done: { icon: "●", tone: "good" },
    exhausted: { icon: "◷", tone: "off" },
    suppressed: { icon: "⊘", tone: "off" },
    duplicate: { icon: "=", tone: "off" },
  },
  callResult: {
    connected: { icon: "●", tone: "good" },
    voicemail: { icon: "◌", tone: "warn" },
    busy: { icon: "‖", tone: "warn" },
    no_answer: { icon: "○", tone: "calm" },
    rejected: { icon: "✕", tone: "bad" },
  },
  projectStage: {
    pre_sales: { icon: "○", tone: "calm" },
    in_sales: { icon: "◔", tone: "busy" },
    after_sales: { icon: "●", tone: "good" },
    lost: { icon: "✕", tone: "bad" },
    closed: { icon: "—", tone: "off" },
  },
  ticketState: {
    queued: { icon: "○", tone: "warn" },
    assigned: { icon: "◔", tone: "busy" },
    solved: { icon: "●", tone: "good" },
    confirmed: { icon: "✓", tone: "good" },
    merged: { icon: "→", tone: "off" },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, StateLook>>>>;

/** The name of a family of words; `state` is that of deliveries and of what carries them. */
export type StateFamily = "state" | keyof typeof FAMILY_LOOKS;

const UNKNOWN_LOOK: StateLook = { icon: "·", tone: "calm" };

export function lookOf(state: string, of: StateFamily = "state"): StateLook {
  const looks: Readonly<Record<string, StateLook>> = of === "state" ? STATE_LOOKS : FAMILY_LOOKS[of];
  return looks[state] ?? UNKNOWN_LOOK;
}
