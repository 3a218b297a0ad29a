// A person's conversations at several entrances, read and answered as one.
import { ConflictError } from "@recallkit/core";
import type { Inbox } from "../inbox.js";
import { inboxTables } from "../tables.js";
import { heldSession, type SessionRow } from "./store.js";

type Desk = Pick<Inbox, "stores" | "tenantId">;
const REFUSED = "wechat-session.merge";

/**
 * Reads a conversation as part of another one of the same person. Messages, decisions and tickets stay where they are.
 *
 * @throws {ConflictError} `wechat-session.merge`: not of one person, or nobody knows of whom
 */
export async function mergeSession(
  inbox: Inbox,
  { id, into }: { readonly id: number; readonly into: number },
  actor: string,
): Promise<void> {
  const { stores, tenantId, context } = inbox;
  await stores.transaction(async () => {
    // In one order, so that no two wait for each other.
    const [one, two] = [Math.min(id, into), Math.max(id, into)];
    const held = [await heldSession(stores, tenantId, one), await heldSession(stores, tenantId, two)];
    const customers = held.map((row) => (row?.entrance === "wecom_staff" ? null : row?.customer_id));
    const [customer, other] = customers;
    if (id === into || customer == null || customer !== other || (await leadOf(inbox, into)) !== undefined) {
      throw new ConflictError(REFUSED, "only conversations of one customer become one");
    }
    const tables = inboxTables(stores);
    // What was read as part of this one goes along.
    await tables
      .updateTable("rk_wechat_merges")
      .set({ into_id: into })
      .where("tenant_id", "=", tenantId)
      .where("into_id", "=", id)
      .execute();
    await splitSession(inbox, id);
    await tables
      .insertInto("rk_wechat_merges")
      .values({ tenant_id: tenantId, session_id: id, into_id: into, actor, created_at: context.clock.now() })
      .execute();
  });
}

/** Reads a conversation by itself again. @returns false: it was */
export async function splitSession({ stores, tenantId }: Desk, id: number): Promise<boolean> {
  const { numDeletedRows } = await inboxTables(stores)
    .deleteFrom("rk_wechat_merges")
    .where("tenant_id", "=", tenantId)
    .where("session_id", "=", id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The same with all that are read as part of it. */
export async function splitAll(desk: Desk, id: number): Promise<void> {
  await splitSession(desk, id);
  await inboxTables(desk.stores)
    .deleteFrom("rk_wechat_merges")
    .where("tenant_id", "=", desk.tenantId)
    .where("into_id", "=", id)
    .execute();
}

/** As part of which conversation one is read; undefined: by itself. */
async function leadOf({ stores, tenantId }: Desk, id: number): Promise<number | undefined> {
  const row = await inboxTables(stores)
    .selectFrom("rk_wechat_merges")
    .select("into_id")
    .where("tenant_id", "=", tenantId)
    .where("session_id", "=", id)
    .executeTakeFirst();
  return row?.into_id;
}

/** A conversation with those that are read as part of it, itself first. */
export async function partsOf({ stores, tenantId }: Desk, session: SessionRow): Promise<readonly SessionRow[]> {
  const parts = await inboxTables(stores)
    .selectFrom("rk_wechat_sessions")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "in", (query) =>
      query
        .selectFrom("rk_wechat_merges")
        .select("session_id")
        .where("tenant_id", "=", tenantId)
        .where("into_id", "=", session.id),
    )
    .orderBy("id")
    .execute();
  return [session, ...parts];
}

/** What else is to be known of conversations of a list: where they go on, and what is unread in those merged into them. */
export async function mergesOf({ stores, tenantId }: Desk, ids: readonly number[]) {
  const leads = new Map<number, number>();
  const unread = new Map<number, number>();
  if (ids.length === 0) return { leads, unread };
  const rows = await inboxTables(stores)
    .selectFrom("rk_wechat_merges as m")
    .innerJoin("rk_wechat_sessions as s", (join) =>
      join.onRef("s.tenant_id", "=", "m.tenant_id").onRef("s.id", "=", "m.session_id"),
    )
    .select(["m.session_id", "m.into_id", "s.unread"])
    .where("m.tenant_id", "=", tenantId)
    .where(({ eb, or }) => or([eb("m.session_id", "in", ids), eb("m.into_id", "in", ids)]))
    .execute();
  for (const { session_id: id, into_id: into, unread: count } of rows) {
    leads.set(id, into);
    unread.set(into, (unread.get(into) ?? 0) + count);
  }
  return { leads, unread };
}
