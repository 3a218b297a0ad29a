import type { Claim, NewClaim } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { toColumns } from "../columns.js";
import type { SqlContext, SqlDialect } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdRow } from "../row-lock.js";
import { claimRows } from "./coupon-rows.js";

/**
 * Makes a claim, inside a transaction: the stock first, by a condition that the database itself looks at, so that claims of one
 * coupon come one after the other and nobody waits for two rows in different orders.
 */
export async function makeClaim(
  tx: Kysely<Database>,
  dialect: SqlDialect,
  claim: NewClaim,
): Promise<Claim | "taken" | "sold_out"> {
  const { tenantId, couponId } = claim;
  const place = { db: tx, dialect };
  // Who takes a code holds the coupon, as two must not take the same.
  if (claim.code === null) await holdRow(place, "rk_coupons", { tenantId, id: couponId }, "exclusive");
  if (!(await takeStock(tx, claim))) return "sold_out";
  const own = claim.code === null ? await freeCode(tx, claim) : undefined;
  const code = claim.code ?? own?.code;
  if (code === undefined) {
    await giveStockBack(tx, claim);
    return "sold_out";
  }
  const { validUntil, claimedAt } = claim;
  const created = await dialect.insertIfAbsent(tx, "rk_claims", {
    ...toColumns(claim),
    code,
    state: "claimed",
    used_minor: 0,
    due_at: validUntil,
    updated_at: claimedAt,
  });
  if (!created) {
    await giveStockBack(tx, claim);
    return "taken";
  }
  const made = await claimRows(tx).where("tenant_id", "=", tenantId).where("code", "=", code).executeTakeFirstOrThrow();
  if (own) await tx.updateTable("rk_coupon_codes").set({ claim_id: made.id }).where("id", "=", own.id).execute();
  const event = { tenant_id: tenantId, claim_id: made.id, kind: "claimed", amount_minor: 0, at: claimedAt } as const;
  await tx.insertInto("rk_claim_events").values(event).execute();
  return made;
}

/** @returns false when nothing is left */
async function takeStock(tx: Kysely<Database>, { tenantId, couponId }: NewClaim): Promise<boolean> {
  const coupon = await tx
    .selectFrom("rk_coupons")
    .select("stock")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", couponId)
    .executeTakeFirst();
  if (!coupon) return false;
  if (coupon.stock === null) return true;
  const { numAffectedRows } = await sql`update rk_coupons set stock_left = stock_left - 1
    where id = ${couponId} and ${isOfTenant(tenantId)} and stock_left > 0`.execute(tx);
  return (numAffectedRows ?? 0n) > 0n;
}

async function giveStockBack(tx: Kysely<Database>, { tenantId, couponId }: NewClaim): Promise<void> {
  await sql`update rk_coupons set stock_left = stock_left + 1
    where id = ${couponId} and ${isOfTenant(tenantId)} and stock is not null`.execute(tx);
}

/** The first code that nobody has. */
async function freeCode(tx: Kysely<Database>, { tenantId, couponId }: NewClaim) {
  return tx
    .selectFrom("rk_coupon_codes")
    .select(["id", "code"])
    .where("tenant_id", "=", tenantId)
    .where("coupon_id", "=", couponId)
    .where("claim_id", "is", null)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

/** Ends what is over, inside a transaction. */
export async function endDueClaims(
  { dialect }: Pick<SqlContext, "dialect">,
  tx: Kysely<Database>,
  now: number,
  limit: number,
  tenantId: number | undefined,
): Promise<{ readonly released: number; readonly expired: number }> {
  let due = tx
    .selectFrom("rk_claims")
    .select(["id", "tenant_id", "state", "order_no"])
    .where("due_at", "<=", now)
    .orderBy("due_at")
    .orderBy("id")
    .limit(limit);
  if (tenantId !== undefined) due = due.where("tenant_id", "=", tenantId);
  // Held, so that no step of theirs comes between the look and the change.
  const rows = await due
    .$if(dialect.holding !== undefined, (q) => q.modifyEnd(dialect.holding?.exclusive ?? sql``))
    .execute();
  const lapsed = rows.filter(({ state }) => state === "reserved");
  const over = rows.filter(({ state }) => state !== "reserved");
  const ids = (of: typeof rows) => sql<number>`${dialect.list(of.map(({ id }) => id))}`;
  if (lapsed.length > 0) {
    const change = { state: "claimed", order_no: null, reserved_until: null, updated_at: now } as const;
    await tx
      .updateTable("rk_claims")
      .set({ ...change, due_at: sql`valid_until` })
      .where("id", "in", ids(lapsed))
      .execute();
  }
  if (over.length > 0) {
    const change = { state: "expired", due_at: null, updated_at: now } as const;
    await tx.updateTable("rk_claims").set(change).where("id", "in", ids(over)).execute();
  }
  const events = rows.map(({ id, tenant_id, state, order_no }) => ({
    tenant_id,
    claim_id: id,
    kind: state === "reserved" ? ("released" as const) : ("expired" as const),
    order_no: state === "reserved" ? order_no : null,
    amount_minor: 0,
    at: now,
  }));
  if (events.length > 0) await tx.insertInto("rk_claim_events").values(events).execute();
  return { released: lapsed.length, expired: over.length };
}
