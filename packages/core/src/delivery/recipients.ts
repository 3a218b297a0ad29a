import { slicesOf } from "../chunks.js";
import type { Channel, Recipient } from "../ports/channel.js";
import type { BatchPerson } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import { personalVariablesOf, renderContent, type Values } from "../rule/render.js";
import type { Batch } from "./batch.js";
import { personMarker } from "./marker.js";
import type { Occurrence } from "./occurrence.js";

/** Rows written in one statement. */
const ROWS = 1_000;

/** What the messages of a batch are made of. */
export interface Message {
  readonly channel: Channel;
  readonly occurrence: Pick<Occurrence, "ruleId" | "kind" | "nominal">;
  /** As the rule has it. */
  readonly template: MessageContent;
  /** Values of the variables that everybody shares. */
  readonly values: Values;
  /** The template with them: what everybody gets, or what is alike in everybody's message. */
  readonly content: MessageContent;
  /** Key of the tenant's markers. */
  readonly markerKey: Uint8Array;
}

type BatchName = Pick<Batch, "tenantId" | "id" | "marker">;

/** Those of a batch who are in a state, as the channel gets them, by customer id. */
export async function recipientsOf(
  stores: Stores,
  batch: BatchName,
  message: Message,
  state: "in_batch" | "unknown",
): Promise<readonly Recipient[]> {
  const { tenantId, id, marker } = batch;
  const { channel, content, values } = message;
  if (channel.personal) {
    return (await stores.deliveries.people(tenantId, id, state)).map((person) => personal(person, message));
  }
  if (state !== "in_batch") return [];
  const addresses = await stores.deliveries.addresses(tenantId, id);
  return addresses.map((address) => ({ address, content, values, marker }));
}

/**
 * Keeps what each message of a batch says before the first attempt at it: a name that changes afterwards changes no repeat.
 * Inside the transaction of the intent.
 */
export async function keepValues(tx: Stores, { tenantId, id }: BatchName, message: Message): Promise<void> {
  const { channel, template, values } = message;
  const used = channel.personal ? personalVariablesOf(template) : [];
  if (used.length === 0) return;
  const people = (await tx.deliveries.people(tenantId, id, "in_batch"))
    .filter((person) => person.values === null)
    .map((person) => ({ customerId: person.customerId, values: ownValues(person, used, values) }));
  for (const slice of slicesOf(people, ROWS)) await tx.deliveries.keepValues(tenantId, id, slice);
}

function personal(person: BatchPerson, { channel, occurrence, template, values, markerKey }: Message): Recipient {
  const { address, customerId } = person;
  const own = person.values ?? ownValues(person, personalVariablesOf(template), values);
  const all = { ...values, ...own };
  const marker = personMarker(markerKey, { ...occurrence, channel: channel.name, customerId });
  return { address, content: renderContent(template, all), values: all, marker };
}

/** Values of the personal variables that are used; where a person has none, the rule's. */
function ownValues({ name }: BatchPerson, used: readonly string[], values: Values): Values {
  const known: Values = name === null ? {} : { customer_name: name };
  return Object.fromEntries(used.map((variable) => [variable, known[variable] ?? values[variable] ?? ""]));
}
