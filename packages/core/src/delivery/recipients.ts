import { slicesOf } from "../chunks.js";
import type { LinkKeys } from "../link/link-keys.js";
import type { LinkPlace } from "../link/link-place.js";
import type { Channel, Recipient } from "../ports/channel.js";
import type { BatchPerson } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import { type LINK_VARIABLES, PERSONAL_VARIABLES, renderContent, type Values, variablesIn } from "../rule/render.js";
import type { Batch } from "./batch.js";
import type { BatchLinks } from "./batch-links.js";
import { personMarker } from "./marker.js";
import type { Occurrence } from "./occurrence.js";

/** Rows written in one statement. */
const ROWS = 1_000;

/** What the messages of a batch are made of. */
export interface Message {
  readonly channel: Channel;
  readonly occurrence: Pick<Occurrence, "id" | "ruleId" | "kind" | "nominal" | "salt">;
  /** As the rule has it. */
  readonly template: MessageContent;
  /** Values of the variables that everybody shares. */
  readonly values: Values;
  /** Variables of the rule that a list gives each person a value of their own. */
  readonly listed: readonly string[];
  /** The template with them: what is alike in everybody's message; personal variables and those of links stand in it. */
  readonly content: MessageContent;
  /** The same with links that are as long as real ones: what a channel judges. */
  readonly judged: MessageContent;
  /** What its links are made of; undefined: it has none. */
  readonly links: MessageLinks | undefined;
  /** Key of the tenant's markers. */
  readonly markerKey: Uint8Array;
}

/** What the links of a batch's messages are made of. */
export interface MessageLinks {
  /** Variables of links that the content uses. */
  readonly names: readonly (typeof LINK_VARIABLES)[number][];
  readonly place: LinkPlace;
  readonly keys: LinkKeys;
  /** Coupon that can be claimed by them; null: none. */
  readonly couponId: number | null;
  readonly expireAfterMs: number;
}

type BatchName = Pick<Batch, "tenantId" | "id" | "marker">;

/** Those of a batch who are in a state, as the channel gets them, by customer id. */
export async function recipientsOf(
  stores: Stores,
  batch: BatchName,
  message: Message,
  state: "in_batch" | "unknown",
  links: BatchLinks,
): Promise<readonly Recipient[]> {
  const { tenantId, id, marker } = batch;
  const { channel } = message;
  if (channel.personal) {
    return (await stores.deliveries.people(tenantId, id, state)).map((person) => personal(person, message, links));
  }
  if (state !== "in_batch") return [];
  const content = contentOf(message, links);
  const values = { ...message.values, ...links.shared };
  const addresses = await stores.deliveries.addresses(tenantId, id);
  return addresses.map((address) => ({ address, content, values, marker }));
}

/** What a call says as a whole: on a personal channel what is alike in everybody's message. */
export function contentOf({ channel, template, values, content }: Message, links: BatchLinks): MessageContent {
  return channel.personal ? content : renderContent(template, { ...values, ...links.shared });
}

/**
 * Keeps what each message of a batch says before the first attempt at it: a name that changes afterwards changes no repeat.
 * Inside the transaction of the intent.
 */
export async function keepValues(tx: Stores, { tenantId, id }: BatchName, message: Message): Promise<void> {
  const { channel, values, occurrence } = message;
  const used = channel.personal ? ownVariables(message) : [];
  if (used.length === 0) return;
  const fresh = (await tx.deliveries.people(tenantId, id, "in_batch")).filter((person) => person.values === null);
  const ids = fresh.map(({ customerId }) => customerId);
  const listed = message.listed.length > 0 ? await tx.occurrences.valuesOf(tenantId, occurrence.id, ids) : [];
  const listedOf = new Map(listed.map((person) => [person.customerId, person.values]));
  const people = fresh.map((person) => ({
    customerId: person.customerId,
    values: ownValues(person, used, values, listedOf.get(person.customerId)),
  }));
  for (const slice of slicesOf(people, ROWS)) await tx.deliveries.keepValues(tenantId, id, slice);
}

/** Variables that content uses and that differ from person to person, but for those of links, which are never kept. */
function ownVariables({ template, listed }: Message): readonly string[] {
  const used = variablesIn(template);
  return [...PERSONAL_VARIABLES, ...listed].filter((name) => used.has(name));
}

function personal(person: BatchPerson, message: Message, links: BatchLinks): Recipient {
  const { address, customerId } = person;
  const { channel, occurrence, template, values, markerKey } = message;
  const own = person.values ?? ownValues(person, ownVariables(message), values);
  const all = { ...values, ...own, ...links.of(customerId) };
  const marker = personMarker(markerKey, { ...occurrence, channel: channel.name, customerId });
  return { address, content: renderContent(template, all), values: all, marker };
}

/** Values of the personal variables that are used; where a person has none, the rule's. */
function ownValues({ name }: BatchPerson, used: readonly string[], values: Values, listed: Values = {}): Values {
  const known: Values = { ...(name !== null && { customer_name: name }), ...listed };
  return Object.fromEntries(used.map((variable) => [variable, known[variable] ?? values[variable] ?? ""]));
}
