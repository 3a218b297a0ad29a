import type { Generated } from "kysely";
import type { Flag } from "../../schema/flag.js";

export interface LinkTable {
  id: Generated<number>;
  tenant_id: number;
  kind: "personal" | "shared";
  occurrence_id: number | null;
  batch_number: number | null;
  delivery_id: number | null;
  channel: string;
  customer_id: number | null;
  is_test: Flag;
  token_hash: string;
  code_hash: string | null;
  key_id: string | null;
  subject: string | null;
  code_turn: number;
  coupon_id: number | null;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
  views: Generated<number>;
  first_viewed_at: number | null;
  clicks: Generated<number>;
  first_clicked_at: number | null;
  scans: Generated<number>;
}

/** Ways of people to pages of the merchant. */
export interface LinkTables {
  rk_links: LinkTable;
}
