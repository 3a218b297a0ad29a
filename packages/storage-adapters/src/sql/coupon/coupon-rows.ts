import type { Kysely } from "kysely";
import type { Database } from "../../schema/database.js";

/** Coupons with the names that the domain uses. */
export function couponRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_coupons")
    .select(["id", "tenant_id as tenantId", "name", "title", "terms", "codes", "stock", "stock_left as stockLeft"])
    .select(["per_person as perPerson", "value_minor as valueMinor", "min_spend_minor as minSpendMinor"])
    .select(["valid_from as validFrom", "valid_to as validTo", "claim_valid_days as claimValidDays"])
    .select(["closed_at as closedAt", "created_at as createdAt", "updated_at as updatedAt"]);
}

/** Claims with the names that the domain uses. */
export function claimRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_claims")
    .select(["id", "tenant_id as tenantId", "coupon_id as couponId", "customer_id as customerId", "number", "code"])
    .select(["state", "link_id as linkId", "order_no as orderNo", "reserved_until as reservedUntil"])
    .select(["used_minor as usedMinor", "reason", "claimed_at as claimedAt", "valid_until as validUntil"])
    .select(["updated_at as updatedAt"]);
}
