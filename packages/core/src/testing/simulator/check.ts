import type { Delivery } from "../../delivery/delivery.js";
import type { Occurrence } from "../../delivery/occurrence.js";
import type { DeliveryState } from "../../delivery/states.js";
import type { Stores } from "../../ports/stores.js";
import { type Provider, reaches, type TrueMessage } from "./provider.js";

/** States that claim that a message was taken, and that it certainly was not. */
const TAKEN: ReadonlySet<DeliveryState> = new Set(["accepted", "delivered", "not_delivered"]);
const NOT_TAKEN: ReadonlySet<DeliveryState> = new Set(["failed", "suppressed", "expired", "cancelled"]);
const DAY_MS = 86_400_000;
/** Days are those of Shanghai. */
const ZONE_MS = 8 * 3_600_000;
const MARKER = 12;

/**
 * Holds the ledger against the truth.
 *
 * @param audiences people that each rule means
 * @param isPersonal on which channels everybody gets a message of their own
 * @returns what was promised and not kept: somebody lost, sent to twice, or told untruly
 */
export async function faultsOf(
  stores: Stores,
  { messages }: Pick<Provider, "messages">,
  audiences: ReadonlyMap<number, number>,
  isPersonal: (channel: string) => boolean,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const occurrences = (await stores.occurrences.list(1, { limit: 200 })).items;
  const batches = (await stores.batches.list(1, { limit: 200 })).items;
  const messagesOf = new Map<number, TrueMessage[]>();
  const found = new Set<number>();
  const risky = new Set<TrueMessage>();
  for (const batch of batches) {
    const own = messages.filter(({ batchMarker }) => batchMarker.startsWith(batch.marker));
    if (own.length > 0) found.add(batch.id);
    messagesOf.set(batch.occurrenceId, [...(messagesOf.get(batch.occurrenceId) ?? []), ...own]);
  }
  for (const occurrence of occurrences) {
    const rows = await deliveriesOf(stores, occurrence.id);
    const rule = await stores.rules.version(1, occurrence.ruleId, occurrence.ruleVersion);
    const riskTaken =
      rule?.onUnknown === "resend" &&
      batches.some((one) => one.occurrenceId === occurrence.id && one.capability === "none");
    const truth = messagesOf.get(occurrence.id) ?? [];
    faults.push(...lost(occurrence, rows, audiences.get(occurrence.ruleId) ?? 0));
    if (riskTaken) for (const message of truth) risky.add(message);
    if (!riskTaken) faults.push(...twice(occurrence, rows, truth));
    faults.push(...untrue(occurrence, rows, { truth, found, riskTaken, isPersonal }));
  }
  // A rule that takes the risk of a second copy takes it for the caps too.
  faults.push(...overCap(messages.filter((message) => !risky.has(message))));
  faults.push(...(await contactedAgainstWill(stores, messages)));
  return faults;
}

/** P1: every person of the audience has one row, and it ends. */
function lost(occurrence: Occurrence, rows: readonly Delivery[], people: number): readonly string[] {
  const { id, state, audienceSize } = occurrence;
  const faults: string[] = [];
  if (state === "completed" || state === "completed_with_errors") {
    const here = rows.filter(({ handedTo }) => handedTo === null).length;
    if (here !== people || audienceSize !== people) {
      faults.push(`lost: occurrence ${id} has ${here} of ${people} people, told ${audienceSize}`);
    }
  } else if (state !== "cancelled" && state !== "skipped") {
    faults.push(`lost: occurrence ${id} is ${state} in the end`);
  }
  for (const row of rows) {
    const isOpen =
      row.state === "queued" || row.state === "in_batch" || row.state === "unknown" || row.state === "needs_review";
    if (isOpen) faults.push(`lost: customer ${row.customerId} is ${row.state} in occurrence ${id} (${state})`);
  }
  return faults;
}

/** P2: nobody has two messages of one occurrence. */
function twice(occurrence: Occurrence, rows: readonly Delivery[], truth: readonly TrueMessage[]): readonly string[] {
  return rows.flatMap(({ address, customerId }) => {
    const count = truth.filter(({ addresses }) => address !== null && addresses.includes(address)).length;
    return count > 1 ? [`duplicate: customer ${customerId} has ${count} messages of occurrence ${occurrence.id}`] : [];
  });
}

/**
 * P3: what is said to have been taken was taken, and what is said not to have been was not.
 *
 * `accepted` says that the provider has the message of the batch; whom it left out of it only its answer tells, and that may
 * be lost. `delivered`, or a message of one's own, says that the person has it.
 */
function untrue(
  occurrence: Occurrence,
  rows: readonly Delivery[],
  known: {
    readonly truth: readonly TrueMessage[];
    readonly found: ReadonlySet<number>;
    readonly riskTaken: boolean;
    readonly isPersonal: (channel: string) => boolean;
  },
): readonly string[] {
  const { truth, found, riskTaken, isPersonal } = known;
  return rows.flatMap(({ address, batchId, channel, customerId, state, reason }) => {
    const isThere = truth.some(({ addresses }) => address !== null && addresses.includes(address));
    const told = `customer ${customerId} of occurrence ${occurrence.id} is ${state} (${reason ?? ""})`;
    const isProved = state === "delivered" || isPersonal(channel) ? isThere : batchId !== null && found.has(batchId);
    if (TAKEN.has(state) && !isProved) return [`untrue: ${told}, and the provider has nothing`];
    if (NOT_TAKEN.has(state) && isThere && !riskTaken) return [`untrue: ${told}, and the provider has it`];
    return [];
  });
}

/** P5: at most one message a day and person, over all occurrences. */
function overCap(messages: readonly TrueMessage[]): readonly string[] {
  const seen = new Map<string, string>();
  const faults: string[] = [];
  for (const message of messages) {
    const { addresses, createdAt, marker } = message;
    const day = Math.floor((createdAt + ZONE_MS) / DAY_MS);
    for (const address of addresses) {
      // What was called off, or never tried, counts against no cap.
      if (!reaches(message, address)) continue;
      const first = seen.get(`${address} ${day}`);
      // Two of one batch are told as a duplicate.
      if (first !== undefined && first.slice(0, MARKER) !== marker.slice(0, MARKER)) {
        faults.push(`cap: ${address} has two messages on one day`);
      }
      seen.set(`${address} ${day}`, marker);
    }
  }
  return faults;
}

/** P5: nobody is sent to after they opted out. */
async function contactedAgainstWill(stores: Stores, messages: readonly TrueMessage[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const entry of (await stores.suppressions.list(1, {})).items) {
    const customer = entry.customerId === null ? undefined : await stores.customers.get(1, entry.customerId);
    const address = customer?.identities.mobile ?? customer?.identities.external_userid ?? entry.address;
    // A request that was under way, or came late, was made before.
    const grace = entry.createdAt + 30 * 60_000;
    for (const message of messages) {
      if (address && message.addresses.includes(address) && message.createdAt > grace) {
        faults.push(`opt-out: ${address} got ${message.id} after it`);
      }
    }
  }
  return faults;
}

async function deliveriesOf(stores: Stores, occurrenceId: number): Promise<readonly Delivery[]> {
  return (await stores.deliveries.list(1, { occurrenceId, limit: 200 })).items;
}
