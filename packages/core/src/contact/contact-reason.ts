import { CONTACT_GATES, type DescribedReason, type GateReason } from "./contact-policy.js";

const SNAPSHOT_REASONS = [
  { reason: "no_address", en: "has no address on the channel", zh: "在该渠道没有地址" },
  {
    reason: "duplicate_contact",
    en: "has an address that an earlier member of the push had when they were taken",
    zh: "地址已被本次推送中靠前的客户占用",
  },
] as const satisfies readonly DescribedReason[];

/** What is decided about a whole batch, before the gates. */
const HOURS = {
  reason: "quiet_hours_expired",
  en: "had quiet hours until it was too late",
  zh: "在允许发送的时段到来之前已过期",
} as const satisfies DescribedReason;

/** The same after them. */
const BUDGET = {
  reason: "spend_limit",
  en: "would have cost more than the budget of the channel, until it was too late",
  zh: "渠道预算已用完，恢复前已过期",
} as const satisfies DescribedReason;

/** What a channel says about single people of a batch before its call. */
const SENDER = {
  reason: "no_sender",
  en: "is followed by none of the staff who may send the message",
  zh: "没有可发送的成员：指定的成员都未添加该客户",
} as const satisfies DescribedReason;

export type SnapshotReason = (typeof SNAPSHOT_REASONS)[number]["reason"];

/** Why somebody who is meant is not contacted: the reason of a delivery that is `suppressed`. */
export type ContactReason =
  | SnapshotReason
  | typeof SENDER.reason
  | typeof HOURS.reason
  | GateReason
  | typeof BUDGET.reason;

/** Every reason in the order in which it is asked for: those of the snapshot, then the gates before each call. */
export const CONTACT_REASONS: readonly (DescribedReason & {
  readonly reason: ContactReason;
  readonly decided: "snapshot" | "call";
})[] = [
  ...SNAPSHOT_REASONS.map((row) => ({ ...row, decided: "snapshot" as const })),
  ...[SENDER, HOURS, ...CONTACT_GATES, BUDGET].map(({ reason, en, zh }) => ({
    reason,
    en,
    zh,
    decided: "call" as const,
  })),
];

/** Why a snapshot puts a member into no batch; null: it does. @param isTaken an earlier member of the push has the address */
export function snapshotReason(address: string | null, isTaken: boolean): SnapshotReason | null {
  if (address === null) return "no_address";
  return isTaken ? "duplicate_contact" : null;
}
