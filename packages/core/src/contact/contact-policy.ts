import type { GateSelector, MemberOutlook } from "../ports/delivery-store.js";
import { isConsented, MARKETING_PURPOSE } from "./consent.js";
import type { ContactMessage, ContactMoment } from "./contact-moment.js";
import { areCaps, isOverCaps } from "./frequency-cap.js";
import { isOverQuota, type QuotaPolicy } from "./receive-quota.js";
import { type SuppressedReason, suppressedReason } from "./suppression.js";

/** A reason not to contact somebody, with a line for the page of reasons. */
export interface DescribedReason {
  readonly reason: string;
  readonly en: string;
  readonly zh: string;
}

/**
 * A condition that keeps single people of a batch away right before the call. It is written twice, for a set and for one
 * person, and both must say the same.
 */
export interface ContactGate extends DescribedReason {
  /** Whether messages like this one are asked about at all. */
  applies(message: ContactMessage): boolean;
  /** How a store finds the people of a batch whom the gate keeps away. */
  selector(moment: ContactMoment): GateSelector;
  /** Whether the gate keeps this person away. */
  judge(person: MemberOutlook, moment: ContactMoment): boolean;
}

/**
 * The gates in the order in which they are asked: a person leaves by the first one that keeps them away, and that is their
 * one reason. Claims, repeats, plans and previews all read this list.
 */
export const CONTACT_GATES = [
  suppressions("opt_out", "asked not to be contacted", "客户要求不再接收消息"),
  {
    reason: "no_consent",
    en: "has not agreed to marketing messages on the channel, or has withdrawn it",
    zh: "客户未同意在该渠道接收营销消息，或已撤回同意",
    applies: ({ needsConsent }) => needsConsent,
    selector: () => ({ withoutConsentTo: MARKETING_PURPOSE }),
    judge: ({ consents }) => !isConsented(consents),
  },
  suppressions("not_a_friend", "no longer has the staff member as a contact", "客户已不是成员的好友"),
  suppressions("blocklist", "is on the list of suppressions for another reason", "因其他原因在免打扰名单中"),
  {
    ...suppressions("open_ticket", "has an open ticket with the service desk", "客户有未结束的投诉或工单"),
    applies: ({ messageClass }) => messageClass === "marketing",
  },
  {
    reason: "frequency_cap",
    en: "had as many marketing messages as the caps allow",
    zh: "已达到营销消息的频次上限",
    // People of a repeat may have it already: another message meanwhile must not make them look as if they had not.
    applies: ({ messageClass, kind, isRepeat, caps }) =>
      messageClass === "marketing" && kind !== "test" && !isRepeat && areCaps(caps),
    selector: ({ capPolicy }) => ({ cappedBy: capPolicy }),
    judge: ({ charges }, { capPolicy }) => isOverCaps(charges, capPolicy),
  },
  {
    reason: "provider_quota",
    en: "can receive no more messages on the channel for now, by the rules of its provider",
    zh: "已达到服务商规定的接收上限，暂不能再收到该渠道的消息",
    applies: ({ receiveQuota, kind, isRepeat }) => receiveQuota !== undefined && kind !== "test" && !isRepeat,
    // Without a quota nobody is over it.
    selector: ({ quotaPolicy }) => ({ overQuota: quotaPolicy ?? NO_QUOTA }),
    judge: ({ received }, { quotaPolicy }) => isOverQuota(received, quotaPolicy ?? NO_QUOTA),
  },
] as const satisfies readonly ContactGate[];

const NO_QUOTA: QuotaPolicy = { since: 0, oldest: 0, max: Number.MAX_SAFE_INTEGER };

export type GateReason = (typeof CONTACT_GATES)[number]["reason"];

/** Gates that are asked about a message, in order. */
export function gatesFor(message: ContactMessage): readonly (ContactGate & { readonly reason: GateReason })[] {
  return CONTACT_GATES.filter((gate) => gate.applies(message));
}

/** Why a person who is in a batch would leave it at this moment; null: they would not. */
export function gateReason(person: MemberOutlook, moment: ContactMoment): GateReason | null {
  return gatesFor(moment).find((gate) => gate.judge(person, moment))?.reason ?? null;
}

function suppressions<R extends SuppressedReason>(reason: R, en: string, zh: string) {
  return {
    reason,
    en,
    zh,
    applies: () => true,
    selector: () => ({ suppressedAs: reason }),
    judge: (person: MemberOutlook) => person.suppressions.some((given) => suppressedReason(given) === reason),
  };
}
