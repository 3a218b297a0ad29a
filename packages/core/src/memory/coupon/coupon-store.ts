import type { Claim } from "../../coupon/coupon.js";
import type { ClaimEvent, CouponStore, NewClaim } from "../../ports/coupon-store.js";
import { countStates, pageOfRows } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import type { ClaimRow } from "./tables.js";

/** {@link CouponStore} in memory. */
export function couponStore(db: Database): CouponStore {
  const { coupons, codes, codesByCode, freeCodesByCoupon, claims, claimEvents, claimEventsByClaim } = db.tables;
  const { claimsByCode, claimsByNumber, claimsByOwnLink, claimsByCoupon } = db.tables;

  function isTaken({ tenantId, couponId, customerId, number, code, ownLinkId }: NewClaim): boolean {
    if (claimsByNumber.find(compositeKey(couponId, customerId, number))) return true;
    if (ownLinkId !== null && claimsByOwnLink.find(compositeKey(tenantId, ownLinkId))) return true;
    return code !== null && claimsByCode.find(compositeKey(tenantId, code)) !== undefined;
  }

  function write(row: ClaimRow, change: Partial<ClaimRow>, event: Omit<ClaimEvent, "claimId" | "at">, at: number) {
    claims.replace({ ...row, ...change });
    claimEvents.insert((id) => ({ ...event, id, tenantId: row.tenantId, claimId: row.id, at }));
  }

  return {
    insert: (coupon) =>
      db.write(() => {
        const { stock: stockLeft, createdAt: updatedAt } = coupon;
        return coupons.insert((id) => ({ ...coupon, id, stockLeft, closedAt: null, updatedAt }));
      }),
    get: (tenantId, couponId) => db.read(() => ofTenant(coupons.get(couponId), tenantId)),
    list: (tenantId, request) => db.read(() => pageOfRows(coupons.all(), request, (row) => row.tenantId === tenantId)),
    update: (tenantId, couponId, { stockBy = 0, ...change }) =>
      db.write(() => {
        const row = ofTenant(coupons.get(couponId), tenantId);
        if (!row) return false;
        const more = (stock: number | null) => (stock === null ? null : stock + stockBy);
        coupons.replace({ ...row, ...change, stock: more(row.stock), stockLeft: more(row.stockLeft) });
        return true;
      }),
    addCodes: (tenantId, couponId, given) =>
      db.write(() => {
        let added = 0;
        for (const code of given) {
          const key = compositeKey(tenantId, code);
          if (codesByCode.find(key) || claimsByCode.find(key)) continue;
          codes.insert((id) => ({ id, tenantId, couponId, code, claimId: null }));
          added += 1;
        }
        return added;
      }),
    claim: (claim) =>
      db.write(() => {
        const coupon = ofTenant(coupons.get(claim.couponId), claim.tenantId);
        if (!coupon) return "sold_out";
        if (isTaken(claim)) return "taken";
        if (coupon.stockLeft === 0) return "sold_out";
        const own = claim.code === null ? freeCodesByCoupon.rows(coupon.id)[0] : undefined;
        const code = claim.code ?? own?.code;
        if (code === undefined) return "sold_out";
        const { claimedAt, validUntil } = claim;
        const fresh = { state: "claimed", orderNo: null, reservedUntil: null, usedMinor: 0, reason: null } as const;
        const row = claims.insert((id) => ({
          ...claim,
          ...fresh,
          id,
          code,
          dueAt: validUntil,
          updatedAt: claimedAt,
        }));
        if (own) codes.replace({ ...own, claimId: row.id });
        if (coupon.stockLeft !== null) coupons.replace({ ...coupon, stockLeft: coupon.stockLeft - 1 });
        claimEvents.insert((id) => ({
          id,
          tenantId: claim.tenantId,
          claimId: row.id,
          kind: "claimed",
          orderNo: null,
          amountMinor: 0,
          reason: null,
          at: claimedAt,
        }));
        return toClaim(row);
      }),
    findClaim: (tenantId, code) =>
      db.read(() => {
        const row = claimsByCode.find(compositeKey(tenantId, code));
        return row && toClaim(row);
      }),
    moveClaim: ({ tenantId, id }, from, to, patch, event) =>
      db.write(() => {
        const row = ofTenant(claims.get(id), tenantId);
        if (row?.state !== from) return false;
        write(row, { ...patch, state: to }, event, patch.updatedAt);
        return true;
      }),
    claims: (tenantId, filter) =>
      db.read(() => {
        const { couponId, customerId, linkId, states } = filter;
        const rows =
          customerId !== undefined
            ? db.tables.claimsByCustomer.rows(customerId)
            : couponId !== undefined
              ? claimsByCoupon.rows(couponId)
              : claims.all();
        const page = pageOfRows(
          rows,
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (couponId === undefined || row.couponId === couponId) &&
            (linkId === undefined || row.linkId === linkId) &&
            (states === undefined || states.includes(row.state)),
        );
        return { ...page, items: page.items.map(toClaim) };
      }),
    events: (tenantId, claimId) =>
      db.read(() =>
        claimEventsByClaim
          .rows(claimId)
          .filter((row) => row.tenantId === tenantId)
          .slice(0, 1_000)
          .map(({ id: _, tenantId: __, ...event }) => event),
      ),
    expireDue: (now, limit, tenantId) =>
      db.write(() => {
        const due = claims
          .all()
          .filter((row) => row.dueAt !== null && row.dueAt <= now && (tenantId ?? row.tenantId) === row.tenantId)
          .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.id - b.id)
          .slice(0, limit);
        const line = { amountMinor: 0, reason: null };
        let released = 0;
        for (const row of due) {
          if (row.state === "reserved") {
            released += 1;
            const change = { state: "claimed", orderNo: null, reservedUntil: null, dueAt: row.validUntil } as const;
            const event = { ...line, kind: "released", orderNo: row.orderNo } as const;
            write(row, { ...change, updatedAt: now }, event, now);
          } else {
            const event = { ...line, kind: "expired", orderNo: null } as const;
            write(row, { state: "expired", dueAt: null, updatedAt: now }, event, now);
          }
        }
        return { released, expired: due.length - released };
      }),
    figures: (tenantId, couponId) =>
      db.read(() => {
        const rows = claimsByCoupon.rows(couponId).filter((row) => row.tenantId === tenantId);
        const usedMinor = rows.reduce((sum, row) => sum + row.usedMinor, 0);
        const freeCodes = freeCodesByCoupon.rows(couponId).filter((row) => row.tenantId === tenantId).length;
        return { states: countStates(rows), usedMinor, freeCodes };
      }),
  };
}

/** A claim as the domain sees it. */
export function toClaim({ ownLinkId: _, dueAt: __, ...claim }: ClaimRow): Claim {
  return claim;
}
