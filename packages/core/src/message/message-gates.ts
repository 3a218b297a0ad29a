import { slicesOf } from "../chunks.js";
import { type ContactMessage, contactMessage, momentOf } from "../contact/contact-moment.js";
import { gateReason } from "../contact/contact-policy.js";
import { areCaps, earliestCharge } from "../contact/frequency-cap.js";
import { openingAt, zoneOfPerson } from "../contact/quiet-hours.js";
import { suppressionChannels } from "../contact/suppression.js";
import type { EngineContext } from "../engine/engine-context.js";
import { DEFAULT_TIME_ZONE } from "../local-time.js";
import type { Stores } from "../ports/stores.js";
import type { Message } from "./message.js";
import type { definitionReader } from "./message-call.js";

/** Why a message does not go out now. */
export type HeldBack =
  | { readonly kind: "expired" }
  | { readonly kind: "suppressed"; readonly reason: string }
  | { readonly kind: "later"; readonly notBefore: number };

const ROWS = 1_000;

/**
 * Asks every gate about messages right before their call, set by set: one statement for suppressions, and for marketing one for
 * consents and one for caps, where these are asked about. Inside the transaction of the claim; whoever passes caps is charged.
 *
 * @returns those who are held back, by the message's id
 */
export async function askGates(
  context: EngineContext,
  tx: Stores,
  messages: readonly Message[],
  now: number,
  { read, isRepeat = false }: { readonly read: ReturnType<typeof definitionReader>; readonly isRepeat?: boolean },
): Promise<ReadonlyMap<number, HeldBack>> {
  const held = new Map<number, HeldBack>();
  const open = messages.filter((message) => {
    if (isRepeat || now < message.expiresAt) return true;
    held.set(message.id, { kind: "expired" });
    return false;
  });
  for (const { category, members } of await groupsOf(tx, read, open)) {
    const [{ tenantId, channel, messageClass } = NOBODY] = members;
    const timeZone =
      messageClass === "marketing"
        ? ((await tx.tenants.get(tenantId))?.timeZone ?? DEFAULT_TIME_ZONE)
        : DEFAULT_TIME_ZONE;
    const contact = await contactMessage(
      { ...context, stores: tx },
      { messageClass, caps: undefined },
      // What people can receive of a channel is counted over pushes.
      { name: channel, receiveQuota: undefined },
      { tenantId, kind: "manual", timeZone },
      { isRepeat },
    );
    const awake = members.filter((message) => {
      const quiet = quietUntil(message, contact, now);
      if (quiet !== undefined) held.set(message.id, quiet);
      return quiet === undefined;
    });
    for (const slice of slicesOf(awake, ROWS)) await askPeople(tx, slice, { contact, category, now }, held);
  }
  return held;
}

const NOBODY = { tenantId: 0, channel: "", messageClass: "transactional" as const };

/** Messages that the same gates are asked about. */
interface Group {
  /** Of their template; undefined: none. */
  readonly category: string | undefined;
  readonly members: Message[];
}

async function groupsOf(
  tx: Stores,
  read: ReturnType<typeof definitionReader>,
  messages: readonly Message[],
): Promise<Iterable<Group>> {
  const groups = new Map<string, Group>();
  for (const message of messages) {
    const category = (await read(message, tx))?.category;
    const name = `${message.tenantId} ${message.channel} ${message.messageClass} ${category ?? ""}`;
    const group = groups.get(name);
    if (group) group.members.push(message);
    else groups.set(name, { category, members: [message] });
  }
  return groups.values();
}

function quietUntil(message: Message, { window, timeZone }: ContactMessage, now: number): HeldBack | undefined {
  if (!window) return undefined;
  const notBefore = openingAt(window, zoneOfPerson(message.timeZone, timeZone), now);
  if (notBefore <= now) return undefined;
  const isTooLate = notBefore >= message.expiresAt;
  return isTooLate ? { kind: "suppressed", reason: "quiet_hours_expired" } : { kind: "later", notBefore };
}

async function askPeople(
  tx: Stores,
  messages: readonly Message[],
  {
    contact,
    category,
    now,
  }: { readonly contact: ContactMessage; readonly category: string | undefined; readonly now: number },
  held: Map<number, HeldBack>,
): Promise<void> {
  const moment = momentOf(contact, now);
  const [{ tenantId, channel } = NOBODY] = messages;
  const customerIds = [...new Set(messages.flatMap(({ customerId }) => customerId ?? []))];
  const addresses = [...new Set(messages.flatMap(({ address }) => address ?? []))];
  const suppressed = await tx.suppressions.matching(tenantId, suppressionChannels(channel, category), {
    addresses,
    customerIds,
  });
  const consents =
    contact.needsConsent && customerIds.length > 0 ? await tx.consents.current(tenantId, customerIds) : [];
  const isCapped = contact.messageClass === "marketing" && !contact.isRepeat && areCaps(contact.caps);
  const charged =
    isCapped && customerIds.length > 0
      ? await tx.messages.charges(tenantId, customerIds, earliestCharge(moment.capPolicy))
      : [];
  const chargesOf = grouped(
    charged,
    ({ customerId }): number | null => customerId,
    ({ at }) => at,
  );
  const consentsOf = grouped(
    consents,
    ({ customerId }): number | null => customerId,
    (word) => word,
  );
  const reasonsByAddress = grouped(
    suppressed,
    ({ address }) => address,
    ({ reason }) => reason,
  );
  const reasonsByCustomer = grouped(
    suppressed,
    ({ customerId }) => customerId,
    ({ reason }) => reason,
  );
  const fresh: { readonly messageId: number; readonly customerId: number; readonly at: number }[] = [];
  for (const { id, address, customerId, timeZone } of messages) {
    const charges = chargesOf.get(customerId) ?? [];
    const person = {
      customerId: customerId ?? 0,
      externalKey: "",
      address,
      timeZone,
      suppressions: [
        ...(address === null ? [] : (reasonsByAddress.get(address) ?? [])),
        ...(customerId === null ? [] : (reasonsByCustomer.get(customerId) ?? [])),
      ],
      consents: (consentsOf.get(customerId) ?? []).filter((word) => word.channel === channel || word.channel === "*"),
      charges,
      received: [],
    };
    const reason = gateReason(person, moment);
    if (reason !== null) {
      held.set(id, { kind: "suppressed", reason });
    } else if (isCapped && customerId !== null) {
      fresh.push({ messageId: id, customerId, at: now });
      // Of two messages of one claim the second sees the first.
      chargesOf.set(customerId, [...charges, now]);
    }
  }
  if (fresh.length > 0) await tx.messages.charge(tenantId, fresh);
}

function grouped<Row, Key, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  valueIn: (row: Row) => Value,
): Map<Key, readonly Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(valueIn(row));
    else groups.set(keyOf(row), [valueIn(row)]);
  }
  return groups;
}
