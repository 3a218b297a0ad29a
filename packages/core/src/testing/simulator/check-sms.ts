import { isConsented } from "../../contact/consent.js";
import { DEFAULT_FREQUENCY_CAPS } from "../../contact/frequency-cap.js";
import { DEFAULT_QUIET_HOURS, openingAt, zoneOfPerson } from "../../contact/quiet-hours.js";
import { policyOf } from "../../contact/tenant-policy.js";
import type { Customer } from "../../customer/customer.js";
import { DEFAULT_TIME_ZONE, localDateOf } from "../../local-time.js";
import type { Stores } from "../../ports/stores.js";
import { type Provider, SMS_MINOR, type TrueMessage } from "./provider.js";

/** From the intent to the message: what the provider may take, and a process that stood still. */
const GRACE_MS = 15 * 60_000;
/** As long as a withdrawal may be too late for what is under way. */
const WITHDRAWAL_MS = 30 * 60_000;

/** Holds messages by SMS against consents, permitted hours and the budget. @returns what was promised and not kept */
export async function smsFaultsOf(
  stores: Stores,
  { messages }: Pick<Provider, "messages">,
): Promise<readonly string[]> {
  const installation = { stores, caps: DEFAULT_FREQUENCY_CAPS, quietHours: DEFAULT_QUIET_HOURS };
  const policy = await policyOf(installation, 1);
  const faults: string[] = [];
  const owners = await ownersOf(stores, messages);
  for (const message of messages) {
    const [address = ""] = message.addresses;
    const owner = owners.get(address);
    if (!owner) continue;
    if (isQuiet(owner, message.createdAt)) faults.push(`quiet: ${owner.externalKey} got ${message.id} at a wrong hour`);
    if (await lacked(stores, owner, message.createdAt)) {
      faults.push(`consent: ${owner.externalKey} got ${message.id} without having agreed`);
    }
  }
  const limit = policy.spend === "off" ? undefined : policy.spend.sms?.perDayMinor;
  if (typeof limit === "number") faults.push(...overBudget(messages, limit));
  return faults;
}

async function ownersOf(stores: Stores, messages: readonly TrueMessage[]): Promise<ReadonlyMap<string, Customer>> {
  const values = [...new Set(messages.flatMap(({ addresses }) => addresses))];
  const found = await stores.customers.findOwners(
    1,
    values.map((value) => ({ type: "mobile" as const, value })),
  );
  const people = await stores.customers.getMany(
    1,
    found.map(({ customerId }) => customerId),
  );
  return new Map(people.map((person) => [person.identities.mobile ?? "", person]));
}

/** Whether the window was shut when the message was made, and when it must have been begun. */
function isQuiet({ timeZone }: Customer, createdAt: number): boolean {
  const window = DEFAULT_QUIET_HOURS.sms;
  if (!window) return false;
  const zone = zoneOfPerson(timeZone, DEFAULT_TIME_ZONE);
  return [createdAt, createdAt - GRACE_MS].every((at) => openingAt(window, zone, at) > at);
}

/** Whether a person had not agreed, and did not in the time in which the message was begun. */
async function lacked(stores: Stores, { id }: Customer, createdAt: number): Promise<boolean> {
  const { items } = await stores.consents.list(1, { customerId: id, limit: 200 });
  const before = items.filter(({ recordedAt }) => recordedAt <= createdAt - WITHDRAWAL_MS);
  const meanwhile = items.filter(({ recordedAt }) => recordedAt > createdAt - WITHDRAWAL_MS && recordedAt <= createdAt);
  return !isConsented(before) && !meanwhile.some(({ status }) => status === "granted");
}

/** Messages of each day, but for those that may have been begun the day before. */
function overBudget(messages: readonly TrueMessage[], limit: number): readonly string[] {
  const spent = new Map<string, number>();
  for (const { createdAt } of messages) {
    const day = localDateOf(createdAt, DEFAULT_TIME_ZONE);
    if (localDateOf(createdAt - GRACE_MS, DEFAULT_TIME_ZONE) !== day) continue;
    spent.set(day, (spent.get(day) ?? 0) + SMS_MINOR);
  }
  return [...spent].flatMap(([day, sum]) => (sum > limit ? [`budget: ${sum} of ${limit} were spent on ${day}`] : []));
}
