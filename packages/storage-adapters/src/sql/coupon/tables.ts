import type { ClaimEventKind, ClaimState } from "@recallkit/core/ports";
import type { Generated } from "kysely";

export interface CouponTable {
  id: Generated<number>;
  tenant_id: number;
  name: string;
  title: string | null;
  terms: string | null;
  codes: "generated" | "imported";
  stock: number | null;
  stock_left: number | null;
  per_person: number;
  value_minor: number | null;
  min_spend_minor: number | null;
  valid_from: number;
  valid_to: number;
  claim_valid_days: number | null;
  closed_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface CouponCodeTable {
  id: Generated<number>;
  tenant_id: number;
  coupon_id: number;
  code: string;
  claim_id: number | null;
}

export interface ClaimTable {
  id: Generated<number>;
  tenant_id: number;
  coupon_id: number;
  customer_id: number;
  number: number;
  code: string;
  state: ClaimState;
  link_id: number | null;
  own_link_id: number | null;
  order_no: string | null;
  reserved_until: number | null;
  used_minor: number;
  reason: string | null;
  claimed_at: number;
  valid_until: number;
  due_at: number | null;
  updated_at: number;
}

export interface ClaimEventTable {
  id: Generated<number>;
  tenant_id: number;
  claim_id: number;
  kind: ClaimEventKind;
  order_no: string | null;
  amount_minor: number;
  reason: string | null;
  at: number;
}

/** Coupons, their codes, and the ledger of claims. */
export interface CouponTables {
  rk_coupons: CouponTable;
  rk_coupon_codes: CouponCodeTable;
  rk_claims: ClaimTable;
  rk_claim_events: ClaimEventTable;
}
