import { chineseChannel } from "../chinese-words.js";
import type { PersonContext } from "../customer/person.js";
import { NotFoundError } from "../errors.js";
import { inSentence, type Language, type Sentence } from "../language.js";
import { addressHash } from "../message/address.js";
import type { Message } from "../message/message.js";
import { MAX_PAGE_SIZE, type Page } from "../page.js";
import type { PersonRecord } from "../ports/person-store.js";
import { findPerson, type PersonRef } from "./find-person.js";
import { chineseMessageOutcome, outcomeSentence } from "./outcome-sentence.js";
import { type PushStory, pushStories } from "./push-story.js";
import { eventsOfRecord, type RawEvent } from "./record-events.js";

/** Something that happened to a person. */
export interface PersonEvent {
  /** When, epoch ms; of a push when the provider took it, else its last change. */
  readonly at: number;
  /** `order`, `push`, `consent`, `opt_out`, `visit`, `coupon`, `message`, `known`, or a word of what an application keeps beside the ledger. */
  readonly kind: string;
  /** Tells it from others of its kind. */
  readonly id: string;
  /** What happened, in the language that was asked for. */
  readonly sentence: string;
  /** Address that it is about; null: none. */
  readonly address: string | null;
  /** Figures and codes behind it. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** Of a push: everything about it; else null. */
  readonly push: PushStory | null;
}

/** How a timeline is read. */
export interface TimelineOptions {
  /** Opaque value of an earlier page's `nextCursor`. @default the first page */
  readonly cursor?: string | null | undefined;
  /** Events of a page, 1 … 200. @default 50 */
  readonly limit?: number | null | undefined;
  /** Language of the sentences. @default "zh" */
  readonly language?: Language | null | undefined;
}

/** Messages to one address that are looked at. */
const MOST_MESSAGES = 200;

/**
 * What happened to a person, newest first. The rows of the person are read as a whole for each page, whatever its size; what
 * belongs to pushes is read for those of the page alone. The number of statements does not grow with what there is.
 *
 * @throws {NotFoundError} `customer.not-found`
 */
export async function personTimeline(
  context: PersonContext,
  who: PersonRef,
  {
    cursor,
    limit = 50,
    language = "zh",
  }: { readonly cursor?: string; readonly limit?: number; readonly language?: Language } = {},
): Promise<Page<PersonEvent>> {
  const { stores, tenantId } = context;
  const { id } = await findPerson(context, who);
  const record = await stores.people.collect(tenantId, id);
  if (!record) throw new NotFoundError("customer.not-found", "no customer is meant by this");
  const size = Math.min(limit, MAX_PAGE_SIZE);
  const currency = (await stores.tenants.get(tenantId))?.currency ?? "CNY";
  const all = [
    ...eventsOfRecord(record, currency),
    ...(await messagesTo(context, record)).map(eventOfMessage),
    ...(await besideEvents(context, record)),
  ].sort(newestFirst);
  const behind = cursor === undefined ? all : all.filter((event) => newestFirst(placeOf(cursor), event) < 0);
  const items = behind.slice(0, size);
  const deliveries = items.flatMap(({ delivery }) => delivery ?? []);
  const stories = await pushStories(stores, tenantId, deliveries);
  const last = items.at(-1);
  return {
    items: items.map((event) => shown(event, stories, language)),
    nextCursor: behind.length > size && last ? `${last.at}:${last.kind}:${last.id}` : null,
  };
}

function shown(
  { delivery, at, kind, id, sentence, address, facts }: RawEvent,
  stories: ReadonlyMap<number, PushStory>,
  language: Language,
): PersonEvent {
  const push = (delivery && stories.get(delivery.id)) ?? null;
  const said: Sentence = push ? pushSentence(push) : sentence;
  return { at, kind, id, sentence: said[language], address, facts, push };
}

/** What became of a push to a person. */
export function pushSentence(
  push: Pick<PushStory, "ruleName" | "channel" | "state" | "reason" | "handedTo">,
): Sentence {
  const outcome = outcomeSentence(push);
  const name = inSentence(push.ruleName);
  return {
    zh: `推送“${name}”（${chineseChannel(push.channel)}）：${outcome.zh}`,
    en: `push "${name}" over ${push.channel}: ${outcome.en}`,
  };
}

type Place = Pick<RawEvent, "at" | "kind" | "id">;

function newestFirst(a: Place, b: Place): number {
  return b.at - a.at || order(b.kind, a.kind) || order(b.id, a.id);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function placeOf(cursor: string): Place {
  const [at = "", kind = "", id = ""] = cursor.split(":");
  return { at: Number(at), kind, id };
}

/** Messages of templates to the addresses that a person has now, the newest of each. */
async function messagesTo(
  { stores, tenantId, markerKey }: PersonContext,
  { customer }: PersonRecord,
): Promise<readonly Message[]> {
  const addresses = [...new Set(Object.values(customer.identities))];
  if (addresses.length === 0) return [];
  const key = await markerKey(tenantId);
  const found = new Map<number, Message>();
  for (const address of addresses) {
    const { items } = await stores.messages.list(tenantId, {
      addressHash: addressHash(key, address),
      limit: MOST_MESSAGES,
    });
    for (const message of items) found.set(message.id, message);
  }
  return [...found.values()];
}

function eventOfMessage({ id, createdAt, channel, address, templateId, state, reason, acceptedAt }: Message): RawEvent {
  const why = reason === null ? "" : `: ${reason}`;
  return {
    at: createdAt,
    kind: "message",
    id: String(id),
    sentence: {
      zh: `模板消息（${chineseChannel(channel)}）：${chineseMessageOutcome(state, reason)}`,
      en: `message of a template over ${channel}: ${state}${why}`,
    },
    address,
    facts: { template_id: templateId, channel, state, reason, accepted_at: acceptedAt },
  };
}

async function besideEvents(
  { stores, personData }: PersonContext,
  { customer: { tenantId, id, identities } }: PersonRecord,
): Promise<readonly RawEvent[]> {
  const events: RawEvent[] = [];
  for (const data of personData) {
    const told = (await data.events?.(stores, { tenantId, customerId: id, identities })) ?? [];
    events.push(...told.map((event) => ({ ...event, address: null })));
  }
  return events;
}
