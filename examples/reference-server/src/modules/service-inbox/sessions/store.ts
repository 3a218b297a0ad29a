import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { held, insertAbsent, insertNumbered } from "../engine.js";
import type { Entrance } from "../inbox.js";
import { type InboxDatabase, inboxTables, type Row } from "../tables.js";

export type SessionRow = Row<"rk_wechat_sessions">;
export type MessageRow = Row<"rk_wechat_messages">;

/** A message as an entrance tells it. */
export interface IncomingMessage {
  readonly entrance: Entrance;
  /** Openid, userid or external_userid. */
  readonly address: string;
  /** `text`, `image`, `voice` … */
  readonly kind: string;
  readonly body: string;
  /** The same for whatever is told again. */
  readonly eventHash: string;
  /** `callback`: the request waits for the answer. */
  readonly via: "callback" | "engine";
  readonly toldAt: number;
  /** Somebody of the corp wrote it elsewhere: it stands in the conversation, and nobody works on it. @default whoever is met there */
  readonly writtenBy?: string;
}

/** Where a message was put. */
export interface TakenMessage {
  readonly sessionId: number;
  readonly messageId: number;
  /** False: it was told before. */
  readonly isNew: boolean;
}

const MAX_BODY = 20_000;
/** A push counts as the one that somebody answers for so long. */
const ANSWERED_MS = 3 * 86_400_000;

/**
 * Puts a message at the end of its conversation, once however often it is told, with the push that the customer got last. Call it
 * inside the transaction that keeps the callback.
 */
export async function takeMessage(
  stores: SqlStores,
  tenantId: number,
  message: IncomingMessage,
  now: number,
): Promise<TakenMessage> {
  const { entrance, address, eventHash } = message;
  return stores.transaction(async () => {
    const known = await messageOfEvent(stores, tenantId, eventHash);
    if (known) return { sessionId: known.session_id, messageId: known.id, isNew: false };
    const session = await holdSession(stores, tenantId, { entrance, address }, now);
    // Whoever told it at the same time had the session before us.
    const meanwhile = await messageOfEvent(stores, tenantId, eventHash);
    if (meanwhile) return { sessionId: meanwhile.session_id, messageId: meanwhile.id, isNew: false };
    const isTheirs = message.writtenBy === undefined;
    const push =
      !isTheirs || session.customer_id === null ? null : await latestPush(stores, tenantId, session.customer_id, now);
    const messageId = await insertNumbered(stores, "rk_wechat_messages", {
      tenant_id: tenantId,
      session_id: session.id,
      sequence: session.next_sequence,
      direction: isTheirs ? "in" : "out",
      author: message.writtenBy ?? (entrance === "wecom_staff" ? "staff" : "customer"),
      kind: message.kind.slice(0, 64),
      body: message.body.replaceAll("\0", "").slice(0, MAX_BODY),
      event_hash: eventHash,
      via: message.via,
      state: isTheirs ? "waiting" : "done",
      attempts: 0,
      not_before: now,
      push_kind: push === null ? null : "delivery",
      push_id: push,
      message_id: null,
      decision_id: null,
      told_at: message.toldAt,
      created_at: now,
    });
    await inboxTables(stores)
      .updateTable("rk_wechat_sessions")
      .set({
        next_sequence: session.next_sequence + 1,
        ...(isTheirs && { unread: session.unread + 1, last_in_at: now }),
        last_at: now,
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", session.id)
      .execute();
    return { sessionId: session.id, messageId, isNew: true };
  });
}

/** Finds or begins the conversation with an address, and holds it until the transaction ends. */
async function holdSession(
  stores: SqlStores,
  tenantId: number,
  { entrance, address }: Pick<IncomingMessage, "entrance" | "address">,
  now: number,
): Promise<SessionRow> {
  const find = () =>
    held(
      stores,
      inboxTables(stores)
        .selectFrom("rk_wechat_sessions")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("entrance", "=", entrance)
        .where("address", "=", address),
    ).executeTakeFirst();
  const known = await find();
  if (known) return known;
  await insertAbsent(stores, "rk_wechat_sessions", {
    ...{
      tenant_id: tenantId,
      entrance,
      address,
      customer_id: await customerOf(stores, tenantId, { entrance, address }),
    },
    ...{ state: "router", ticket_id: null, asks: "", next_sequence: 1, unread: 0, last_in_at: null, last_at: now },
    ...{ lease_until: 0, lease_epoch: 0, created_at: now },
  });
  const made = await find();
  if (!made) throw new RangeError("a session has no row");
  return made;
}

/** Who is met at an address. */
export async function customerOf(
  { customers }: Pick<SqlStores, "customers">,
  tenantId: number,
  { entrance, address }: { readonly entrance: Entrance; readonly address: string },
): Promise<number | null> {
  const type =
    entrance === "official_account" ? "openid" : entrance === "wecom_customer" ? "external_userid" : undefined;
  if (type === undefined) return null;
  const [owner] = await customers.findOwners(tenantId, [{ type, value: address }]);
  return owner?.customerId ?? null;
}

async function messageOfEvent(database: InboxDatabase, tenantId: number, eventHash: string) {
  return inboxTables(database)
    .selectFrom("rk_wechat_messages")
    .select(["id", "session_id"])
    .where("tenant_id", "=", tenantId)
    .where("event_hash", "=", eventHash)
    .executeTakeFirst();
}

/** The push that somebody got last, if it is recent. */
async function latestPush(database: InboxDatabase, tenantId: number, customerId: number, now: number) {
  const row = await inboxTables(database)
    .selectFrom("rk_deliveries")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .where("touched_at", ">", now - ANSWERED_MS)
    .orderBy("touched_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A conversation. */
export async function sessionOf(database: InboxDatabase, tenantId: number, id: number) {
  return inboxTables(database)
    .selectFrom("rk_wechat_sessions")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Holds a conversation until the transaction ends. */
export async function heldSession(database: InboxDatabase, tenantId: number, id: number) {
  return held(
    database,
    inboxTables(database)
      .selectFrom("rk_wechat_sessions")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id),
  ).executeTakeFirst();
}

/** Messages of conversations that are read as one, the newest last. @param before id of a message */
export async function messagesOf(
  database: InboxDatabase,
  tenantId: number,
  sessionIds: readonly number[],
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<readonly MessageRow[]> {
  const rows = await inboxTables(database)
    .selectFrom("rk_wechat_messages")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("session_id", "in", sessionIds)
    .$if(before !== undefined, (query) => query.where("id", "<", before ?? 0))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.toReversed();
}

/** The next message of a conversation that nobody has worked on. */
export async function nextWaiting(database: InboxDatabase, tenantId: number, sessionId: number) {
  return inboxTables(database)
    .selectFrom("rk_wechat_messages")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("session_id", "=", sessionId)
    .where("state", "=", "waiting")
    .orderBy("sequence")
    .limit(1)
    .executeTakeFirst();
}

/** Conversations with messages that wait and are due. */
export async function waitingSessions(
  database: InboxDatabase,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly { readonly tenantId: number; readonly sessionId: number }[]> {
  const rows = await inboxTables(database)
    .selectFrom("rk_wechat_messages")
    .select(["tenant_id", "session_id"])
    .where("state", "=", "waiting")
    .where("not_before", "<=", now)
    .groupBy(["tenant_id", "session_id"])
    .limit(limit)
    .execute();
  return rows.map(({ tenant_id, session_id }) => ({ tenantId: tenant_id, sessionId: session_id }));
}

/** Takes the work of a conversation for a while. @returns undefined: somebody else has it */
export async function takeLease(
  database: InboxDatabase,
  tenantId: number,
  sessionId: number,
  { now, leaseMs }: { readonly now: number; readonly leaseMs: number },
): Promise<{ release(): Promise<void> } | undefined> {
  const db = inboxTables(database);
  const until = now + leaseMs;
  const { numUpdatedRows } = await db
    .updateTable("rk_wechat_sessions")
    .set(({ eb }) => ({ lease_until: until, lease_epoch: eb("lease_epoch", "+", 1) }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", sessionId)
    .where("lease_until", "<=", now)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return undefined;
  return {
    async release() {
      await db
        .updateTable("rk_wechat_sessions")
        .set({ lease_until: 0 })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", sessionId)
        .where("lease_until", "=", until)
        .execute();
    },
  };
}

/** Nobody waits for the answer in the request any more: it goes out as a message. @returns false: it has been answered */
export async function leaveToEngine(database: InboxDatabase, tenantId: number, messageId: number): Promise<boolean> {
  const { numUpdatedRows } = await inboxTables(database)
    .updateTable("rk_wechat_messages")
    .set({ via: "engine" })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", messageId)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What was answered to a message in the answer to its callback; undefined: nothing, or by a message. */
export async function callbackAnswer(
  database: InboxDatabase,
  tenantId: number,
  messageId: number,
): Promise<string | undefined> {
  const row = await inboxTables(database)
    .selectFrom("rk_wechat_messages")
    .select("body")
    .where("tenant_id", "=", tenantId)
    .where("event_hash", "=", outHash(messageId))
    .where("via", "=", "callback")
    .executeTakeFirst();
  return row?.body;
}

/** The key of what answers a message. */
export function outHash(messageId: number): string {
  return `out:${messageId}`;
}

/** Messages whose request is long over are answered by messages. */
export async function leaveLateToEngine(database: InboxDatabase, before: number): Promise<void> {
  await inboxTables(database)
    .updateTable("rk_wechat_messages")
    .set({ via: "engine" })
    .where("state", "=", "waiting")
    .where("via", "=", "callback")
    .where("created_at", "<", before)
    .execute();
}
