import type { Stores } from "../../ports/stores.js";
import { type Provider, reaches, type TrueMessage } from "./provider.js";

const DAY_MS = 86_400_000;
/** Days are those of Shanghai. */
const ZONE_MS = 8 * 3_600_000;

/** A message that somebody really has. */
interface Reach {
  readonly message: TrueMessage;
  readonly channel: string;
  readonly occurrenceId: number;
}

/**
 * Holds what two channels did against what is promised of them together.
 *
 * @returns what was not kept: somebody reached twice by one push or by two on one day, or told untruly
 */
export async function fallBackFaultsOf(
  stores: Stores,
  { messages }: Pick<Provider, "messages">,
): Promise<readonly string[]> {
  const batches = (await stores.batches.list(1, { limit: 200 })).items;
  const faults: string[] = [];
  const reachesOf = new Map<number, Reach[]>();
  const note = (customerId: number, reach: Reach) =>
    reachesOf.set(customerId, [...(reachesOf.get(customerId) ?? []), reach]);
  for (const { id: occurrenceId } of (await stores.occurrences.list(1, { limit: 200 })).items) {
    const rows = (await stores.deliveries.list(1, { occurrenceId, limit: 200 })).items;
    for (const { customerId, channel, address, state, reason, handedTo } of rows) {
      const markers = batches.filter((one) => one.occurrenceId === occurrenceId && one.channel === channel);
      const own = messages.filter(({ batchMarker }) => markers.some(({ marker }) => batchMarker.startsWith(marker)));
      const reached = own.filter((one) => address !== null && one.addresses.includes(address) && reaches(one, address));
      for (const message of reached) note(customerId, { message, channel, occurrenceId });
      const told = `customer ${customerId} of occurrence ${occurrenceId} is ${state} (${reason ?? ""}) on ${channel}`;
      if (state === "delivered" && reached.length === 0) faults.push(`untrue: ${told}, and has nothing`);
      if (handedTo !== null && reached.length > 0) faults.push(`untrue: ${told}, handed on, and has it`);
    }
  }
  for (const [customerId, found] of reachesOf) faults.push(...twice(customerId, found));
  return faults;
}

/** Nobody has two messages of one push, nor of two pushes on one day. */
function twice(customerId: number, found: readonly Reach[]): readonly string[] {
  const faults: string[] = [];
  found.forEach((one, index) => {
    for (const other of found.slice(0, index)) {
      const how = `by ${other.channel} and ${one.channel}`;
      if (one.occurrenceId === other.occurrenceId) {
        faults.push(`duplicate: customer ${customerId} was reached ${how} in occurrence ${one.occurrenceId}`);
      } else if (dayOf(one) === dayOf(other)) {
        faults.push(`cap: customer ${customerId} was reached ${how} on one day`);
      }
    }
  });
  return faults;
}

function dayOf({ message }: Reach): number {
  return Math.floor((message.createdAt + ZONE_MS) / DAY_MS);
}
