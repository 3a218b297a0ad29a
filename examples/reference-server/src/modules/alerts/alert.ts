/** What is looked at. */
export const ALERT_KINDS = [
  "failure_rate",
  "provider_errors",
  "backlog",
  "duration",
  "job_error",
  "nobody_free",
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that is not as it should be, now. */
export interface Finding {
  readonly kind: AlertKind;
  /** What it is about: a job, a channel; empty for the whole. With the kind it names the alert. */
  readonly subject: string;
  /** Figures. Never a secret, a name or an address. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** `open`: it goes on; `acknowledged`: somebody looks after it; `recovered`: it is over. */
export const ALERT_STATES = ["open", "acknowledged", "recovered"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** An alert as it is kept. */
export interface Alert extends Finding {
  readonly id: number;
  readonly state: AlertState;
  readonly openedAt: number;
  /** When it was last found. */
  readonly seenAt: number;
  readonly acknowledgedBy: string | null;
  readonly recoveredAt: number | null;
  /** When somebody was last told of it going on; null: not yet. */
  readonly toldAt: number | null;
  /** Somebody was told that it is over. */
  readonly isRecoveryTold: boolean;
}

/** What a look changes. */
export interface AlertChanges {
  readonly opened: readonly Finding[];
  /** Found again, with the figures of now. */
  readonly seen: readonly { readonly id: number; readonly detail: Finding["detail"] }[];
  readonly recovered: readonly number[];
}

const nameOf = ({ kind, subject }: Pick<Finding, "kind" | "subject">) => `${kind} ${subject}`;

/** What follows from what was found: one alert per thing, however often it is found, and an end when it is not any more. */
export function alertChanges(open: readonly Alert[], findings: readonly Finding[]): AlertChanges {
  const found = new Map(findings.map((finding) => [nameOf(finding), finding]));
  const known = new Set(open.map(nameOf));
  return {
    opened: [...found].flatMap(([name, finding]) => (known.has(name) ? [] : [finding])),
    seen: open.flatMap((alert) => {
      const finding = found.get(nameOf(alert));
      return finding ? [{ id: alert.id, detail: finding.detail }] : [];
    }),
    recovered: open.filter((alert) => !found.has(nameOf(alert))).map(({ id }) => id),
  };
}

/** What somebody is to be told now: that it is not as it should be, again after a while, and that it is over. */
export function isToBeTold({ state, toldAt, isRecoveryTold }: Alert, now: number, repeatMs: number): boolean {
  // Who was never told of it need not hear that it is over.
  if (state === "recovered") return toldAt !== null && !isRecoveryTold;
  if (toldAt === null) return true;
  return state === "open" && now - toldAt >= repeatMs;
}
