/** One order within the kept window after the newest touch before it, with what reports ask of it. */
export interface CreditedOrderTable {
  tenant_id: number;
  occurrence_id: number;
  order_id: number;
  delivery_id: number;
  channel: string;
  customer_id: number;
  touched_at: number;
  ordered_at: number;
  amount_minor: number;
  refunded_minor: number;
  refunded_at: number | null;
  uncounted_from: number | null;
  status: string;
}

export interface RollUpTable {
  tenant_id: number;
  /** Change of the feed up to which credits were found. */
  revision: number;
  /** Deliveries up to this id forgot what they were credited with; null: all did. */
  cleared_to: number | null;
  updated_at: number;
}

/** What is kept of conversions beside the ledger; may be removed at any time. */
export interface ConversionTables {
  rk_credited_orders: CreditedOrderTable;
  rk_roll_ups: RollUpTable;
}
