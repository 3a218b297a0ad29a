import type { Occurrence } from "../delivery/occurrence.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
import { type CapPolicy, capPolicy, type FrequencyCaps, stricterCaps } from "./frequency-cap.js";
import { capsOfTenant } from "./tenant-policy.js";

/** What the gates know of a message, whoever gets it. */
export interface ContactMessage extends Pick<Occurrence, "kind" | "timeZone"> {
  readonly messageClass: RuleDefinition["messageClass"];
  /** Of installation, tenant and rule together. */
  readonly caps: FrequencyCaps;
  /** It may have arrived already and goes out once more. */
  readonly isRepeat: boolean;
}

/** A message at the instant at which it would go out. */
export interface ContactMoment extends ContactMessage {
  readonly now: number;
  readonly capPolicy: CapPolicy;
}

/** A message of a rule, with the tenant's settings as they stand. */
export async function contactMessage(
  { stores, caps }: { readonly stores: Pick<Stores, "config">; readonly caps: FrequencyCaps },
  { messageClass, caps: ofRule }: Pick<RuleDefinition, "messageClass" | "caps">,
  { tenantId, kind, timeZone }: Pick<Occurrence, "tenantId" | "kind" | "timeZone">,
  { isRepeat = false }: { readonly isRepeat?: boolean } = {},
): Promise<ContactMessage> {
  const ofTenant = await capsOfTenant(stores, tenantId, caps);
  return { messageClass, kind, timeZone, caps: stricterCaps(ofTenant, ofRule), isRepeat };
}

/** The message at an instant, epoch ms. */
export function momentOf(message: ContactMessage, now: number): ContactMoment {
  return { ...message, now, capPolicy: capPolicy(message.caps, message.timeZone, now) };
}
