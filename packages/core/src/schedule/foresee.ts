import type { AudienceQuery } from "../audience/audience-query.js";
import { type ContactMessage, momentOf } from "../contact/contact-moment.js";
import { gateReason } from "../contact/contact-policy.js";
import { type ContactReason, snapshotReason } from "../contact/contact-reason.js";
import { earliestCharge } from "../contact/frequency-cap.js";
import { openingAt, zoneOfPerson } from "../contact/quiet-hours.js";
import { peoplePerBatch } from "../delivery/batch.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";

const PAGE = 1000;

/** Why somebody would not be contacted: a reason of a suppressed delivery, or that their batch would be too late. */
export type NotContactedReason = ContactReason | "expired";

/** What a push would do to one person. */
export interface ForeseenPerson {
  /** The person's key of import. */
  readonly externalKey: string;
  /** Null: contacted; else why not, as a delivery's reason. */
  readonly reason: NotContactedReason | null;
  /** Number of the batch, from 1; null for people who come into none. */
  readonly batch: number | null;
}

/** People who would not be contacted, by reason. */
export type NotContacted = Readonly<Partial<Record<NotContactedReason, number>>>;

/** A push that is only thought of. */
export interface ForeseenPush {
  readonly query: AudienceQuery;
  readonly channel: Pick<Channel, "name" | "addressType" | "personal" | "maxBatchSize">;
  readonly message: ContactMessage;
  readonly pace: Pick<RuleDefinition, "batchPauseMs" | "expireAfterMs">;
  /** When the first batch would go out, epoch ms. */
  readonly dueAt: number;
  /** When people would have been contacted by pushes thought of before, by customer; those of this one are added. */
  readonly charged: Map<number, readonly number[]>;
  /** Looks at so many people, by customer id. @default all */
  readonly people?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Meets the members of an audience in the order in which a snapshot takes them, and asks the snapshot's questions and the
 * gates of the contact policy about each, at the instant of their batch, or of their next permitted hour. Reads pages of 1 000,
 * and writes nothing. Budgets are not foreseen.
 *
 * Memory grows by the address of everybody looked at, and the instants of those contacted.
 */
export async function foresee(
  stores: Stores,
  push: ForeseenPush,
  meet: (person: ForeseenPerson, at: number) => void,
): Promise<void> {
  const { query, channel, message, pace, dueAt, charged, people = Number.POSITIVE_INFINITY, signal } = push;
  const { tenantId } = query;
  const taken = new Set<string>();
  const momentAt = remembered((at) => momentOf(message, at));
  const size = peoplePerBatch(channel);
  const { capPolicy, quotaPolicy } = momentAt(dueAt);
  const chargesSince = Math.min(earliestCharge(capPolicy), quotaPolicy?.oldest ?? Number.POSITIVE_INFINITY);
  const { window, timeZone } = message;
  const openings = new Map<string | null, (at: number) => number>();
  const opening = (zone: string | null, at: number): number => {
    if (!window) return at;
    const known = openings.get(zone);
    const of = known ?? remembered((instant) => openingAt(window, zoneOfPerson(zone, timeZone), instant));
    if (!known) openings.set(zone, of);
    return of(at);
  };
  const page = { tenantId, channel: channel.name, addressType: channel.addressType, query, chargesSince };
  for (let afterId = 0, seated = 0, left = people; left > 0; ) {
    signal?.throwIfAborted();
    const limit = Math.min(PAGE, left);
    const members = await stores.deliveries.outlook({ ...page, afterId, limit });
    for (const member of members) {
      const { customerId, externalKey, address } = member;
      const batch = Math.floor(seated / size) + 1;
      const begins = dueAt + (batch - 1) * pace.batchPauseMs;
      const unseated = snapshotReason(address, address !== null && taken.has(address));
      if (address !== null) taken.add(address);
      if (unseated) {
        meet({ externalKey, reason: unseated, batch: null }, begins);
        continue;
      }
      seated += 1;
      const at = opening(member.timeZone, begins);
      const before = charged.get(customerId) ?? [];
      const person = { ...member, charges: [...member.charges, ...before], received: [...member.received, ...before] };
      const expiresAt = dueAt + pace.expireAfterMs;
      const late = begins >= expiresAt ? "expired" : at >= expiresAt ? "quiet_hours_expired" : null;
      const reason = late ?? gateReason(person, momentAt(at));
      if (reason === null) charged.set(customerId, [...before, at]);
      meet({ externalKey, reason, batch }, at);
    }
    const last = members.at(-1);
    if (!last || members.length < limit) return;
    left -= members.length;
    afterId = last.customerId;
  }
}

/** A function of instants that remembers some of its answers: people of a batch ask about the same. */
function remembered<T>(of: (at: number) => T): (at: number) => T {
  const answers = new Map<number, T>();
  return (at) => {
    const known = answers.get(at);
    if (known !== undefined) return known;
    if (answers.size >= 64) answers.clear();
    const answer = of(at);
    answers.set(at, answer);
    return answer;
  };
}
