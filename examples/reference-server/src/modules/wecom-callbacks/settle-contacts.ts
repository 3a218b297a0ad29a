import { type Clock, type Logger, type RecallKit, RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type Binding, type BoundContact, bindContact } from "./bind-contact.js";
import type { AskContact, AskedContact } from "./contact.js";
import {
  closeEvents,
  eventsOf,
  inSql,
  lift,
  noteOutcome,
  postponeEvents,
  reopenEvents,
  suppress,
  type WaitingContact,
  waitingContacts,
} from "./store.js";

/** What settling needs. */
export interface ContactDesk {
  readonly kit: RecallKit;
  readonly stores: SqlStores;
  readonly clock: Clock;
  readonly logger: Logger;
  /** @default nobody is asked: what was told last counts */
  readonly askContact?: AskContact | undefined;
  /** Told of each contact that members have, inside the transaction that settles it. @default nobody is */
  readonly onContact?: OnContact | undefined;
}

/** What was found out about a contact. */
export type OnContact = (
  contact: { readonly tenantId: number; readonly externalUserId: string },
  bound: BoundContact,
  asked: AskedContact,
) => Promise<void>;

/** Contacts looked at in one go. */
const AT_ONCE = 50;
/** Longest wait for WeCom's word, ms; without it, what was told counts until it is asked again. */
const ASK_MS = 5000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;
const MOST_ASKED = 20;
/** Kinds after which a member has the contact no more. */
const ENDINGS: ReadonlySet<string> = new Set(["del_external_contact", "del_follow_user"]);

/**
 * Does what follows from events of contacts: whoever nobody has as a contact any more is not sent to, whoever is back is, and
 * customers get to know their contact's id. Events come late, twice and in any order, so that not the event counts but what
 * WeCom says when it is asked; where nobody can be asked, what happened last between contact and each member.
 *
 * @returns contacts that were settled
 */
export async function settleContacts(
  desk: ContactDesk,
  { signal, tenantId }: { readonly signal?: AbortSignal | undefined; readonly tenantId?: number | undefined } = {},
): Promise<number> {
  let settled = 0;
  for (;;) {
    const contacts = await waitingContacts(desk.stores, { now: desk.clock.now(), limit: AT_ONCE, tenantId });
    for (const contact of contacts) {
      if (signal?.aborted) return settled;
      await settleContact(desk, contact, signal);
      settled += 1;
    }
    if (contacts.length < AT_ONCE) return settled;
  }
}

async function settleContact(desk: ContactDesk, contact: WaitingContact, signal: AbortSignal | undefined) {
  const { stores, kit, clock } = desk;
  const asked = await ask(desk, contact, signal);
  await stores.transaction(async (plain) => {
    const tx = inSql(plain);
    const open = (await eventsOf(tx, contact)).filter(({ id, is_open }) => is_open === 1 && id <= contact.lastId);
    // Somebody else has settled it, or does.
    if (!(await closeEvents(tx, contact))) return;
    const told = await eventsOf(tx, contact);
    const isLatest = told.every(({ id }) => id <= contact.lastId);
    if (!isLatest && asked.kind === "told") {
      // What came since, WeCom's word may not know yet; whoever settles that asks again, for these as well.
      await reopenEvents(
        tx,
        contact.tenantId,
        open.map(({ id }) => id),
      );
      return;
    }
    const isFriend =
      asked.kind === "told" ? asked.contact !== "gone" && asked.contact.follow_user.length > 0 : hasFriend(told);
    let binding: Binding | undefined;
    if (!isFriend) await suppress(tx, contact, clock.now());
    else {
      await lift(tx, contact);
      if (asked.kind === "told" && asked.contact !== "gone") {
        const bound = await bindContact(kit, contact, asked.contact);
        binding = bound.binding;
        await desk.onContact?.(contact, bound, asked.contact);
      }
    }
    const outcome = isFriend ? ["friend", ...(binding ? [binding] : [])].join(": ") : "not_a_friend";
    const hashes = open.map(({ event_hash }) => event_hash);
    await noteOutcome(tx, contact.tenantId, hashes, outcome);
    if (asked.kind === "failed" && contact.attempts < MOST_ASKED) {
      await postponeEvents(tx, contact, clock.now() + retryMs(contact.attempts));
    }
  });
}

type Asked =
  | { readonly kind: "told"; readonly contact: AskedContact | "gone" }
  | { readonly kind: "nobody" | "failed" };

async function ask(
  desk: ContactDesk,
  { tenantId, externalUserId }: WaitingContact,
  signal: AbortSignal | undefined,
): Promise<Asked> {
  const { askContact, logger } = desk;
  try {
    const late = AbortSignal.timeout(ASK_MS);
    const contact = await askContact?.(tenantId, externalUserId, signal ? AbortSignal.any([signal, late]) : late);
    return contact === undefined ? { kind: "nobody" } : { kind: "told", contact };
  } catch (error) {
    logger.warn("wecom.contact-unknown", { tenantId, code: RecallKitError.is(error) ? error.code : "unexpected" });
    return { kind: "failed" };
  }
}

/** Whether some member has the contact, after what happened last between them. */
function hasFriend(told: readonly { readonly user_id: string; readonly kind: string }[]): boolean {
  const last = new Map(told.map(({ user_id, kind }) => [user_id, kind]));
  return [...last.values()].some((kind) => !ENDINGS.has(kind));
}

function retryMs(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
}
