import type { Occurrence } from "../delivery/occurrence.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
import { type CapPolicy, capPolicy, type FrequencyCaps, stricterCaps } from "./frequency-cap.js";
import type { SendingWindow } from "./quiet-hours.js";
import { type QuotaPolicy, quotaPolicy, type ReceiveQuota } from "./receive-quota.js";
import type { SpendLimit } from "./spend-limit.js";
import { type HeldPolicy, type InstallationPolicy, policyOf } from "./tenant-policy.js";

/** What the gates know of a message, whoever gets it. */
export interface ContactMessage extends Pick<Occurrence, "kind" | "timeZone"> {
  readonly messageClass: RuleDefinition["messageClass"];
  /** Of installation, tenant and rule together. */
  readonly caps: FrequencyCaps;
  /** Nobody gets it who has not agreed. */
  readonly needsConsent: boolean;
  /** Hours in which it may go out, in the zone of the person, else in `timeZone`; null: at all hours. */
  readonly window: SendingWindow | null;
  /** Most that the channel may cost. @default no limit */
  readonly spendLimit: SpendLimit | undefined;
  /** What the provider of the channel delivers to one person; undefined: nothing is known of a limit. */
  readonly receiveQuota: ReceiveQuota | undefined;
  /** It may have arrived already and goes out once more. */
  readonly isRepeat: boolean;
}

/** A message at the instant at which it would go out. */
export interface ContactMoment extends ContactMessage {
  readonly now: number;
  readonly capPolicy: CapPolicy;
  /** Undefined: nothing is known of a quota. */
  readonly quotaPolicy: QuotaPolicy | undefined;
}

/** A message of a rule on a channel, with the tenant's settings as they stand. */
export async function contactMessage(
  context: InstallationPolicy & { readonly stores: Pick<Stores, "config"> },
  { messageClass, caps: ofRule }: Pick<RuleDefinition, "messageClass" | "caps">,
  { name: channel, receiveQuota }: Pick<Channel, "name" | "receiveQuota">,
  { tenantId, kind, timeZone }: Pick<Occurrence, "tenantId" | "kind" | "timeZone">,
  { isRepeat = false }: { readonly isRepeat?: boolean } = {},
): Promise<ContactMessage> {
  const { caps, consent, quietHours, spend } = await policyOf(context, tenantId);
  const isMarketing = messageClass === "marketing";
  return {
    messageClass,
    kind,
    timeZone,
    caps: stricterCaps(caps, ofRule),
    needsConsent: isMarketing && isConsentNeeded(consent, channel),
    window: (isMarketing && quietHours !== "off" && quietHours[channel]) || null,
    spendLimit: spend === "off" ? undefined : spend[channel],
    receiveQuota,
    isRepeat,
  };
}

function isConsentNeeded(consent: HeldPolicy["consent"], channel: string): boolean {
  return typeof consent === "object" ? consent.channels.includes(channel) : consent === "required";
}

/** The message at an instant, epoch ms. */
export function momentOf(message: ContactMessage, now: number): ContactMoment {
  const { caps, timeZone, receiveQuota } = message;
  return {
    ...message,
    now,
    capPolicy: capPolicy(caps, timeZone, now),
    quotaPolicy: receiveQuota && quotaPolicy(receiveQuota, now),
  };
}
