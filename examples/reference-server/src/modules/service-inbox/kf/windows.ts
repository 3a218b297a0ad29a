import { insertAbsent } from "../engine.js";
import type { Inbox } from "../inbox.js";
import { inboxTables } from "../tables.js";

/** WeCom takes so many messages within so long of what a customer wrote last. @see https://developer.work.weixin.qq.com/document/path/94677 */
const MOST_MESSAGES = 5;
const WINDOW_MS = 48 * 3_600_000;

type Desk = Pick<Inbox, "stores" | "tenantId">;

/** Where a customer may be answered; `over`: not now; `stranger`: they never wrote to an account. */
type Room = { readonly kind: "room"; readonly openKfid: string } | { readonly kind: "over" | "stranger" };

/** A customer has written to an account: from now on five messages may follow. Told again it changes nothing. */
export async function openWindow(
  { stores, tenantId }: Desk,
  { openKfid, externalUserId, at }: Readonly<Record<"openKfid" | "externalUserId", string>> & { readonly at: number },
): Promise<void> {
  const key = { tenant_id: tenantId, external_userid: externalUserId, open_kfid: openKfid };
  if (await insertAbsent(stores, "rk_kf_windows", { ...key, last_in_at: at, sent: 0 })) return;
  await inboxTables(stores)
    .updateTable("rk_kf_windows")
    .set({ last_in_at: at, sent: 0 })
    .where((eb) => eb.and(key))
    .where("last_in_at", "<=", at)
    .execute();
}

/** Takes the room for one message, in the account that the customer wrote to last. Call it inside a transaction. */
export async function takeRoom({ stores, tenantId, context }: Inbox, externalUserId: string): Promise<Room> {
  const tables = inboxTables(stores);
  const latest = await tables
    .selectFrom("rk_kf_windows")
    .select("open_kfid")
    .where("tenant_id", "=", tenantId)
    .where("external_userid", "=", externalUserId)
    .orderBy("last_in_at", "desc")
    .orderBy("open_kfid")
    .limit(1)
    .executeTakeFirst();
  if (!latest) return { kind: "stranger" };
  const { numUpdatedRows } = await tables
    .updateTable("rk_kf_windows")
    .set(({ eb }) => ({ sent: eb("sent", "+", 1) }))
    .where("tenant_id", "=", tenantId)
    .where("external_userid", "=", externalUserId)
    .where("open_kfid", "=", latest.open_kfid)
    .where("sent", "<", MOST_MESSAGES)
    .where("last_in_at", ">", context.clock.now() - WINDOW_MS)
    .executeTakeFirst();
  return numUpdatedRows === 0n ? { kind: "over" } : { kind: "room", openKfid: latest.open_kfid };
}
