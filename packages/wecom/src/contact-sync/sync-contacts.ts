import { isRefusal } from "../call-errors.js";
import type { WecomClient } from "../client.js";
import type { ListedContact } from "../contact/answers.js";
import type { ContactPage } from "../contact/contact-pages.js";
import { BAD_CURSOR, NO_LICENCE, NO_RELATION } from "../error-map.js";
import { type Checkpoint, checkpointPlace, newCheckpoint } from "./checkpoint.js";
import { matchContacts } from "./match-contacts.js";
import type { SyncKit, SyncOptions, SyncResult } from "./options.js";

/** Customers whose owners are looked up at once. */
const CHUNK = 500;

type Calls = Pick<WecomClient, "getFollowUserList" | "listExternalContacts" | "getExternalContact" | "batchGetByUser">;

/**
 * Brings WeCom's contacts to the tenant's customers: whoever is found by external_userid, unionid, a mobile number that a
 * member noted, or an import key, gets the external_userid that messages are sent to.
 *
 * Goes member by member and keeps after each page how far it came, so that a run that was broken off goes on there; a page
 * that comes twice changes nothing the second time. Names and other facts of customers are left as the shop has them.
 *
 * @throws {ChannelError} WeCom refuses, or cannot be reached: call again, it goes on
 */
export async function syncContacts(client: Calls, kit: SyncKit, options: SyncOptions): Promise<SyncResult> {
  const { stores, mode = "full", restart = false, name = "default", signal } = options;
  const { tenantId } = kit;
  const place = checkpointPlace(stores.config, tenantId, name);
  const kept = restart ? undefined : await place.read();
  const resumed = kept?.mode === mode;
  let state: Checkpoint = resumed ? kept : newCheckpoint(mode);
  const members = [...(await client.getFollowUserList({ signal }))].sort();
  const done = new Set(state.done);

  async function take(member: string, { contacts, unlicensed, cursor }: ContactPage): Promise<void> {
    signal?.throwIfAborted();
    const { matches, unmatched, conflicts } = await matchContacts(contacts, tenantId, options);
    const result = await kit.customers.upsert(oncePerCustomer(matches.map(({ row }) => row)), { onRejected: "return" });
    const told = [...unmatched, ...conflicts];
    if (told.length > 0) await options.onUnmatched?.(told);
    const { counts } = state;
    const matched = { ...counts.matched };
    for (const { by } of matches) if (by !== "created") matched[by] += 1;
    state = {
      ...state,
      member,
      cursor,
      unlicensed: [...new Set([...state.unlicensed, ...unlicensed])],
      counts: {
        contacts: counts.contacts + contacts.length,
        matched,
        created: counts.created + result.inserted,
        unmatched: counts.unmatched + unmatched.length,
        conflicts: counts.conflicts + conflicts.length,
      },
    };
    if (cursor !== undefined) await place.write(state);
    options.onProgress?.({ ...state.counts, members: members.length, membersDone: done.size });
  }

  for (const member of members) {
    if (done.has(member)) continue;
    const cursor = state.member === member ? state.cursor : undefined;
    const pages =
      mode === "full" ? relationsOf(client, member, cursor, signal) : newContactsOf(client, member, kit, options);
    for await (const page of pages) await take(member, page);
    done.add(member);
    const { member: _member, cursor: _cursor, ...rest } = state;
    state = { ...rest, done: [...done] };
    await place.write(state);
  }
  await place.clear();
  return { ...state.counts, members: members.length, unlicensed: state.unlicensed, resumed };
}

/** Every relation of one member. A cursor that WeCom has forgotten begins the member anew. */
async function* relationsOf(
  client: Calls,
  member: string,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ContactPage, void, undefined> {
  try {
    yield* client.batchGetByUser([member], { cursor, signal });
  } catch (error) {
    if (isRefusal(error, NO_RELATION)) return;
    if (isRefusal(error, NO_LICENCE)) {
      yield { contacts: [], unlicensed: [member], cursor: undefined };
      return;
    }
    if (cursor === undefined || !isRefusal(error, BAD_CURSOR)) throw error;
    yield* client.batchGetByUser([member], { signal });
  }
}

/** Customers of one member whose external_userid nobody has, one call each. */
async function* newContactsOf(
  client: Calls,
  member: string,
  { tenantId }: SyncKit,
  { stores, signal }: SyncOptions,
): AsyncGenerator<ContactPage, void, undefined> {
  const ids = await client.listExternalContacts(member, { signal });
  for (let start = 0; start < ids.length; start += CHUNK) {
    const chunk = ids.slice(start, start + CHUNK);
    const identities = chunk.map((value) => ({ type: "external_userid", value }) as const);
    const owned = new Set((await stores.customers.findOwners(tenantId, identities)).map(({ value }) => value));
    const contacts: ListedContact[] = [];
    for (const id of chunk) {
      if (owned.has(id)) continue;
      const { external_contact, follow_user } = await client.getExternalContact(id, { signal });
      const follow = follow_user.find(({ userid }) => userid === member);
      if (follow === undefined) continue;
      const { tags, ...rest } = follow;
      const tag_id = tags.flatMap((tag) => tag.tag_id ?? []);
      contacts.push({ external_contact, follow_info: { ...rest, tag_id } });
    }
    if (contacts.length > 0) yield { contacts, unlicensed: [], cursor: undefined };
  }
}

/** One row per customer: a page may hold a person twice. */
function oncePerCustomer<Row extends { readonly externalKey: string }>(rows: readonly Row[]): Iterable<Row> {
  return new Map(rows.map((row) => [row.externalKey, row])).values();
}
