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
  expired: { icon: "⌛", tone: "off" },
  cancelled: { icon: "—", tone: "off" },
  dead: { icon: "†", tone: "bad" },
};

const UNKNOWN_LOOK: StateLook = { icon: "·", tone: "calm" };

export function lookOf(state: string): StateLook {
  return STATE_LOOKS[state] ?? UNKNOWN_LOOK;
}
