import { createHmac, timingSafeEqual } from "node:crypto";
import { toE164 } from "@recallkit/sms";
import { insertAbsent, insertNumbered } from "../engine.js";
import type { Inbox } from "../inbox.js";
import { templateOf } from "../sessions/send-reply.js";
import { inboxTables } from "../tables.js";
import { type BindOutcome, bindAddress, type Place } from "./bind-address.js";

const HOUR_MS = 3_600_000;
const GOOD_FOR_MS = 300_000;
const MOST_TRIES = 5;
const MOST_PER_HOUR = 3;
const PURPOSE = "wechat-bind";
const TEMPLATE = "绑定验证码";

/** What came of asking for a code. Of a number that nobody has the same is said, and no SMS goes out. */
export type CodeRequest = "sent" | "too-many" | "no-number";

/** What came of a code. */
export type CodeTry = BindOutcome | "wrong" | "expired" | "none";

/**
 * Sends a code to a number, for binding an address to whoever has the number: at most three times an hour for an address and for
 * a number. The code is kept as a keyed hash, goes out by the engine of messages, and takes the place of an earlier one.
 */
export async function requestCode(inbox: Inbox, place: Place, number: string): Promise<CodeRequest> {
  const { stores, tenantId, context } = inbox;
  const phone = toE164(number);
  if (phone === undefined) return "no-number";
  const address = hashOf(inbox, `address|${place.entrance}|${place.address}`);
  const phoneHash = hashOf(inbox, `phone|${phone}`);
  const code = String(numberBelow(context.random.bytes(8), 1_000_000)).padStart(6, "0");
  return stores.transaction(async () => {
    const now = context.clock.now();
    // Both are counted, also where one of them is used up already.
    const isAddressFree = await countOne(inbox, address, now);
    const isPhoneFree = await countOne(inbox, phoneHash, now);
    if (!isAddressFree || !isPhoneFree) return "too-many";
    await inboxTables(stores)
      .updateTable("rk_bind_codes")
      .set({ state: "replaced" })
      .where("tenant_id", "=", tenantId)
      .where("address_hash", "=", address)
      .where("state", "=", "open")
      .execute();
    const [owner] = await stores.customers.findOwners(tenantId, [{ type: "mobile", value: phone }]);
    const id = await insertNumbered(stores, "rk_bind_codes", {
      tenant_id: tenantId,
      address_hash: address,
      phone_hash: phoneHash,
      customer_id: owner?.customerId ?? null,
      code_hash: "",
      tries: 0,
      state: "open",
      expires_at: now + GOOD_FOR_MS,
      created_at: now,
    });
    await inboxTables(stores)
      .updateTable("rk_bind_codes")
      .set({ code_hash: hashOf(inbox, `code|${id}|${code}`) })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .execute();
    if (owner) await sendCode(inbox, phone, code, id);
    return "sent";
  });
}

async function sendCode(inbox: Inbox, phone: string, code: string, id: number): Promise<void> {
  const text = "您的验证码是{{code}}，5分钟内有效，请勿告诉他人。";
  const templateId = await templateOf(inbox, { name: TEMPLATE, channel: "sms", text, variable: "code" });
  await inbox.context.kit.forTenant(inbox.tenantId).messages.send({
    templateId,
    recipient: phone,
    variables: { code },
    priority: 10,
    idempotencyKey: `bind-code:${id}`,
  });
}

/** Tries a code for an address: five times at most, within five minutes; whoever had the number then is bound. */
export async function tryCode(inbox: Inbox, place: Place, code: string): Promise<CodeTry> {
  const { stores, tenantId, context } = inbox;
  const address = hashOf(inbox, `address|${place.entrance}|${place.address}`);
  return stores.transaction(async () => {
    const now = context.clock.now();
    const open = await inboxTables(stores)
      .selectFrom("rk_bind_codes")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("address_hash", "=", address)
      .where("state", "=", "open")
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (!open) return "none";
    // Counted before it is looked at, so that nobody gets more tries by asking at once.
    const { numUpdatedRows } = await inboxTables(stores)
      .updateTable("rk_bind_codes")
      .set(({ eb }) => ({ tries: eb("tries", "+", 1) }))
      .where("tenant_id", "=", tenantId)
      .where("id", "=", open.id)
      .where("state", "=", "open")
      .where("tries", "<", MOST_TRIES)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return "expired";
    const isRight = isSame(open.code_hash, hashOf(inbox, `code|${open.id}|${code}`));
    // A code of a number that nobody has was sent to nobody.
    if (!isRight || open.customer_id === null) return "wrong";
    await inboxTables(stores)
      .updateTable("rk_bind_codes")
      .set({ state: "used" })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", open.id)
      .execute();
    return bindAddress(inbox, place, open.customer_id, { source: "sms_code", actor: "customer" });
  });
}

/** Counts a request within the hour that began with the first one. @returns false: there have been enough */
async function countOne({ stores, tenantId }: Inbox, subject: string, now: number): Promise<boolean> {
  const db = inboxTables(stores);
  const mine = { tenant_id: tenantId, subject };
  if (await insertAbsent(stores, "rk_bind_limits", { ...mine, begun_at: now, used: 1 })) return true;
  const again = await db
    .updateTable("rk_bind_limits")
    .set({ begun_at: now, used: 1 })
    .where("tenant_id", "=", tenantId)
    .where("subject", "=", subject)
    .where("begun_at", "<=", now - HOUR_MS)
    .executeTakeFirst();
  if (again.numUpdatedRows > 0n) return true;
  const { numUpdatedRows } = await db
    .updateTable("rk_bind_limits")
    .set(({ eb }) => ({ used: eb("used", "+", 1) }))
    .where("tenant_id", "=", tenantId)
    .where("subject", "=", subject)
    .where("used", "<", MOST_PER_HOUR)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function hashOf({ context, tenantId }: Inbox, text: string): string {
  return createHmac("sha256", context.keys.derive(PURPOSE, tenantId)).update(text).digest("hex");
}

/** In a time that tells nothing of where they differ. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A number below a bound from bytes that nobody can foresee; eight bytes leave no share to the lower ones. */
function numberBelow(bytes: Uint8Array, bound: number): number {
  return Number(Buffer.from(bytes).readBigUInt64BE() % BigInt(bound));
}
