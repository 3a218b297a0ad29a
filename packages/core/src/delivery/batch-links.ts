import { slicesOf } from "../chunks.js";
import { ChannelError } from "../errors.js";
import { codeHash, type LinkNames, type LinkSeed, linkNames, tokenHash } from "../link/link-keys.js";
import { linkValues } from "../link/link-place.js";
import type { NewLink, SharedPlace } from "../ports/link-store.js";
import type { Stores } from "../ports/stores.js";
import type { Values } from "../rule/render.js";
import type { Batch } from "./batch.js";
import type { Message, MessageLinks } from "./recipients.js";

/** Rows written in one statement. */
const ROWS = 1_000;
/** Codes that belong to others are so rare that the second try finds a free one. */
const TURNS = 5;

type LinkBatch = Pick<Batch, "tenantId" | "id" | "occurrenceId" | "number">;

/** Values of the link variables of a batch's messages. */
export interface BatchLinks {
  /** Of the one link that everybody shares; on personal channels none. */
  readonly shared: Values;
  /** Of a person's own link; on other channels none. */
  of(customerId: number): Values;
}

const NO_LINKS: BatchLinks = { shared: {}, of: () => ({}) };

/**
 * Makes the links of a batch and keeps their hashes, unless they are kept already: every attempt says the same, also after a
 * crash. Inside the transaction of the intent.
 *
 * @throws {ChannelError} class CONFIG: a link was made with a secret that is not given any more
 */
export async function issueLinks(tx: Stores, batch: LinkBatch, message: Message, at: number): Promise<BatchLinks> {
  const { links, channel } = message;
  if (!links) return NO_LINKS;
  if (!channel.personal) return issueShared(tx, batch, message, links, at);
  const people = await tx.links.seedsOf(batch.tenantId, batch.id, "in_batch");
  const made = new Map<number, LinkNames>();
  let missing: readonly Missing[] = people.flatMap(({ deliveryId, customerId, seed }) => {
    if (seed === null) return [{ deliveryId, customerId }];
    made.set(customerId, namesOf(message, links, seed));
    return [];
  });
  for (let codeTurn = 0; missing.length > 0; codeTurn += 1) {
    if (codeTurn === TURNS) throw new RangeError("no code is free");
    const rows = missing.map((person) => {
      const seed = { subject: String(person.customerId), keyId: links.keys.current.id, codeTurn };
      const names = namesOf(message, links, seed);
      made.set(person.customerId, names);
      return { ...newLink(message, links, names, seed, at), ...person, kind: "personal" as const, batchNumber: null };
    });
    let added = 0;
    for (const slice of slicesOf(rows, ROWS)) added += await tx.links.insertMany(batch.tenantId, slice);
    // Somebody's code belongs to another link: theirs is made anew.
    const kept = added === rows.length ? [] : await tx.links.seedsOf(batch.tenantId, batch.id, "in_batch");
    const without = new Set(kept.filter(({ seed }) => seed === null).map(({ customerId }) => customerId));
    missing = missing.filter(({ customerId }) => without.has(customerId));
  }
  return linksOf(links, made);
}

/**
 * The links of people whose message is looked for, made again.
 *
 * @throws {ChannelError} class CONFIG, as {@link issueLinks}
 */
export async function keptLinks(
  stores: Stores,
  batch: LinkBatch,
  message: Message,
  state: "in_batch" | "unknown",
): Promise<BatchLinks> {
  const { links, channel } = message;
  if (!links) return NO_LINKS;
  if (!channel.personal) {
    const seed = await stores.links.sharedSeed(batch.tenantId, placeOf(batch, message));
    return seed ? { ...NO_LINKS, shared: linkValues(links.place, namesOf(message, links, seed)) } : NO_LINKS;
  }
  const people = await stores.links.seedsOf(batch.tenantId, batch.id, state);
  const made = new Map(
    people.flatMap(({ customerId, seed }) => (seed ? [[customerId, namesOf(message, links, seed)]] : [])),
  );
  return linksOf(links, made);
}

interface Missing {
  readonly deliveryId: number;
  readonly customerId: number;
}

async function issueShared(
  tx: Stores,
  batch: LinkBatch,
  message: Message,
  links: MessageLinks,
  at: number,
): Promise<BatchLinks> {
  const place = placeOf(batch, message);
  for (let codeTurn = 0; codeTurn < TURNS; codeTurn += 1) {
    const kept = await tx.links.sharedSeed(batch.tenantId, place);
    if (kept) return { ...NO_LINKS, shared: linkValues(links.place, namesOf(message, links, kept)) };
    const seed = { subject: `batch:${batch.number}`, keyId: links.keys.current.id, codeTurn };
    const row = newLink(message, links, namesOf(message, links, seed), seed, at);
    const { batchNumber } = place;
    const shared = { ...row, kind: "shared" as const, batchNumber, customerId: null, deliveryId: null };
    await tx.links.insertMany(batch.tenantId, [shared]);
  }
  throw new RangeError("no code is free");
}

function placeOf({ occurrenceId, number }: LinkBatch, { channel }: Message): SharedPlace {
  return { occurrenceId, channel: channel.name, batchNumber: number };
}

function namesOf({ occurrence, channel }: Message, { keys }: MessageLinks, seed: LinkSeed): LinkNames {
  const key = keys.find(seed.keyId);
  if (key) return linkNames(key, seed, { salt: occurrence.salt, channel: channel.name });
  throw new ChannelError("links.key-missing", "a link was made with a secret key that is not given any more", {
    channel: channel.name,
    effect: "CONFIG",
    hint: "give the secret key that was used before among the previous ones",
  });
}

function newLink(
  { occurrence, channel }: Message,
  { keys, names: used, couponId, expireAfterMs }: MessageLinks,
  { token, code }: LinkNames,
  seed: LinkSeed,
  at: number,
): Omit<NewLink, "kind" | "batchNumber" | "customerId" | "deliveryId"> {
  const [codeKey] = keys.codeKeys;
  return {
    occurrenceId: occurrence.id,
    channel: channel.name,
    isTest: occurrence.kind === "test",
    couponId,
    createdAt: at,
    expiresAt: at + expireAfterMs,
    tokenHash: tokenHash(token),
    // Fewer codes are harder to guess, and one that nobody is told is of no use.
    codeHash: codeKey && used.includes("recall_code") ? codeHash(codeKey, code) : null,
    seed,
  };
}

function linksOf({ place }: MessageLinks, made: ReadonlyMap<number, LinkNames>): BatchLinks {
  return {
    shared: {},
    of(customerId) {
      const names = made.get(customerId);
      return names ? linkValues(place, names) : {};
    },
  };
}
