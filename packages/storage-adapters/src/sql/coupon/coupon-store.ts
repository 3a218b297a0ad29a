import type { ClaimState, CouponStore } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf } from "@recallkit/core/ports";
import { sql } from "kysely";
import { insertRows } from "../bulk.js";
import { toColumns } from "../columns.js";
import { compiledOnce } from "../compiled-once.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdRow } from "../row-lock.js";
import { claimRows, couponRows } from "./coupon-rows.js";
import { endDueClaims, makeClaim } from "./make-claim.js";

/** Coupons and the ledger of claims in SQL. */
export function couponStore(context: SqlContext): CouponStore {
  const { db, dialect } = context;
  const byId = compiledOnce(db, (tenantId: number, id: number) =>
    couponRows(db).where("tenant_id", "=", tenantId).where("id", "=", id),
  );
  const byLink = compiledOnce(db, (tenantId: number, linkId: number, limit: number) =>
    claimRows(db).where("tenant_id", "=", tenantId).where("link_id", "=", linkId).orderBy("id").limit(limit),
  );
  const byPerson = compiledOnce(db, (tenantId: number, couponId: number, customerId: number, limit: number) =>
    claimRows(db)
      .where("tenant_id", "=", tenantId)
      .where("coupon_id", "=", couponId)
      .where("customer_id", "=", customerId)
      .orderBy("id")
      .limit(limit),
  );
  return {
    insert: (coupon) =>
      context.atomic(async (tx) => {
        const row = { ...toColumns(coupon), stock_left: coupon.stock, updated_at: coupon.createdAt };
        const id = await dialect.insertRow(tx, "rk_coupons", row);
        return couponRows(tx).where("id", "=", id).executeTakeFirstOrThrow();
      }),
    async get(tenantId, couponId, lock) {
      await holdRow(context, "rk_coupons", { tenantId, id: couponId }, lock);
      return (await byId(tenantId, couponId))[0];
    },
    async list(tenantId, request) {
      const limit = pageLimit(request);
      const found = await couponRows(db)
        .where("tenant_id", "=", tenantId)
        .where("id", ">", cursorToId(request.cursor))
        .orderBy("id")
        .limit(limit + 1)
        .execute();
      return pageOf(found, limit);
    },
    async update(tenantId, couponId, { stockBy = 0, ...change }) {
      const { numUpdatedRows } = await db
        .updateTable("rk_coupons")
        .set({
          ...toColumns(change),
          ...(stockBy !== 0 && {
            stock: sql<number>`stock + ${stockBy}`,
            stock_left: sql<number>`stock_left + ${stockBy}`,
          }),
        })
        .where(isOfTenant(tenantId))
        .where("id", "=", couponId)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    addCodes: (tenantId, couponId, codes) =>
      context.atomic(async (tx) => {
        if (codes.length === 0) return 0;
        const claimed = await tx
          .selectFrom("rk_claims")
          .select("code")
          .where("tenant_id", "=", tenantId)
          .where("code", "in", sql<string>`${dialect.list(codes, "texts")}`)
          .execute();
        const known = new Set(claimed.map(({ code }) => code));
        const rows = codes
          .filter((code) => !known.has(code))
          .map((code) => ({ tenant_id: tenantId, coupon_id: couponId, code }));
        return insertRows({ db: tx, dialect }, "rk_coupon_codes", rows, { ignoreExisting: true });
      }),
    claim: (claim) => context.atomic((tx) => makeClaim(tx, dialect, claim)),
    async findClaim(tenantId, code, lock) {
      const rows = claimRows(db).where("tenant_id", "=", tenantId).where("code", "=", code);
      const found = await rows.executeTakeFirst();
      if (!found || lock === undefined) return found;
      await holdRow(context, "rk_claims", { tenantId, id: found.id }, lock);
      return rows.executeTakeFirst();
    },
    moveClaim: ({ tenantId, id }, from, to, patch, event) =>
      context.atomic(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable("rk_claims")
          .set({ ...toColumns(patch), state: to })
          .where(isOfTenant(tenantId))
          .where("id", "=", id)
          .where("state", "=", from)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        const row = { ...toColumns(event), tenant_id: tenantId, claim_id: id, at: patch.updatedAt };
        await tx.insertInto("rk_claim_events").values(row).execute();
        return true;
      }),
    async claims(tenantId, filter) {
      const { couponId, customerId, linkId, states, cursor } = filter;
      const limit = pageLimit(filter);
      // What every page of a link asks, and every claim.
      if (!cursor && !states) {
        const isLinks = linkId !== undefined && couponId === undefined && customerId === undefined;
        if (isLinks) return pageOf(await byLink(tenantId, linkId, limit + 1), limit);
        const isPersons = linkId === undefined && couponId !== undefined && customerId !== undefined;
        if (isPersons) return pageOf(await byPerson(tenantId, couponId, customerId, limit + 1), limit);
      }
      let rows = claimRows(db).where("tenant_id", "=", tenantId).where("id", ">", cursorToId(cursor));
      if (couponId !== undefined) rows = rows.where("coupon_id", "=", couponId);
      if (customerId !== undefined) rows = rows.where("customer_id", "=", customerId);
      if (linkId !== undefined) rows = rows.where("link_id", "=", linkId);
      if (states) rows = rows.where("state", "in", states);
      return pageOf(
        await rows
          .orderBy("id")
          .limit(limit + 1)
          .execute(),
        limit,
      );
    },
    async events(tenantId, claimId) {
      return db
        .selectFrom("rk_claim_events")
        .select(["claim_id as claimId", "kind", "order_no as orderNo", "amount_minor as amountMinor", "reason", "at"])
        .where("tenant_id", "=", tenantId)
        .where("claim_id", "=", claimId)
        .orderBy("id")
        .limit(1_000)
        .execute();
    },
    expireDue: (now, limit, tenantId) => context.atomic((tx) => endDueClaims(context, tx, now, limit, tenantId)),
    async figures(tenantId, couponId) {
      const { rows } = await sql<{ state: ClaimState; n: number; used: number }>`select state, count(*) as n,
          sum(used_minor) as used
        from rk_claims where tenant_id = ${tenantId} and coupon_id = ${couponId} group by state`.execute(db);
      const free = await db
        .selectFrom("rk_coupon_codes")
        .select((eb) => eb.fn.countAll<number>().as("n"))
        .where("tenant_id", "=", tenantId)
        .where("coupon_id", "=", couponId)
        .where("claim_id", "is", null)
        .executeTakeFirstOrThrow();
      return {
        states: Object.fromEntries(rows.map(({ state, n }) => [state, n])),
        usedMinor: rows.reduce((sum, { used }) => sum + Number(used), 0),
        freeCodes: free.n,
      };
    },
  };
}
