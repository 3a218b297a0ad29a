// A personal link of a push is known by its delivery, a shared one by its batch. subject, key_id, code_turn: what it can be
// made from again; null: nothing.
export const LINKS = [
  `CREATE TABLE rk_links (
  id {id},
  tenant_id {ref} NOT NULL,
  kind {key} NOT NULL,
  occurrence_id {ref},
  batch_number {int},
  delivery_id {ref},
  channel {key} NOT NULL,
  customer_id {ref},
  is_test {flag} NOT NULL,
  token_hash {key} NOT NULL,
  code_hash {key},
  key_id {text},
  subject {text},
  code_turn {int} NOT NULL,
  coupon_id {ref},
  created_at {instant} NOT NULL,
  expires_at {instant} NOT NULL,
  revoked_at {instant},
  views {int} NOT NULL,
  first_viewed_at {instant},
  clicks {int} NOT NULL,
  first_clicked_at {instant},
  scans {int} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_links_token ON rk_links (token_hash)",
  "CREATE UNIQUE INDEX rk_links_code ON rk_links (code_hash)",
  "CREATE UNIQUE INDEX rk_links_delivery ON rk_links (tenant_id, delivery_id)",
  "CREATE UNIQUE INDEX rk_links_batch ON rk_links (tenant_id, occurrence_id, channel, batch_number)",
  "CREATE INDEX rk_links_walk ON rk_links (tenant_id, id)",
  "CREATE INDEX rk_links_customer ON rk_links (tenant_id, customer_id, id)",
  "CREATE INDEX rk_links_expiry ON rk_links (expires_at)",
];

// due_at: when a claim changes by itself, as a reservation or its validity ends; null: never. own_link_id: the link if it is
// personal, by which there is one claim. claim_id of a code: who has it; null: nobody.
export const COUPONS = [
  `CREATE TABLE rk_coupons (
  id {id},
  tenant_id {ref} NOT NULL,
  name {text} NOT NULL,
  title {text},
  terms {text},
  codes {key} NOT NULL,
  stock {int},
  stock_left {int},
  per_person {int} NOT NULL,
  value_minor {money},
  min_spend_minor {money},
  valid_from {instant} NOT NULL,
  valid_to {instant} NOT NULL,
  claim_valid_days {int},
  closed_at {instant},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE INDEX rk_coupons_walk ON rk_coupons (tenant_id, id)",
  `CREATE TABLE rk_coupon_codes (
  id {id},
  tenant_id {ref} NOT NULL,
  coupon_id {ref} NOT NULL,
  code {key} NOT NULL,
  claim_id {ref}
)`,
  "CREATE UNIQUE INDEX rk_coupon_codes_code ON rk_coupon_codes (tenant_id, code)",
  "CREATE INDEX rk_coupon_codes_free ON rk_coupon_codes (tenant_id, coupon_id, claim_id, id)",
  `CREATE TABLE rk_claims (
  id {id},
  tenant_id {ref} NOT NULL,
  coupon_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  number {int} NOT NULL,
  code {key} NOT NULL,
  state {key} NOT NULL,
  link_id {ref},
  own_link_id {ref},
  order_no {key},
  reserved_until {instant},
  used_minor {money} NOT NULL,
  reason {text},
  claimed_at {instant} NOT NULL,
  valid_until {instant} NOT NULL,
  due_at {instant},
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_claims_code ON rk_claims (tenant_id, code)",
  "CREATE UNIQUE INDEX rk_claims_number ON rk_claims (tenant_id, coupon_id, customer_id, number)",
  "CREATE UNIQUE INDEX rk_claims_own_link ON rk_claims (tenant_id, own_link_id)",
  "CREATE INDEX rk_claims_walk ON rk_claims (tenant_id, id)",
  "CREATE INDEX rk_claims_customer ON rk_claims (tenant_id, customer_id, id)",
  "CREATE INDEX rk_claims_link ON rk_claims (tenant_id, link_id, id)",
  "CREATE INDEX rk_claims_state ON rk_claims (tenant_id, coupon_id, state, used_minor)",
  "CREATE INDEX rk_claims_due ON rk_claims (due_at, id) {where due_at IS NOT NULL}",
  `CREATE TABLE rk_claim_events (
  id {id},
  tenant_id {ref} NOT NULL,
  claim_id {ref} NOT NULL,
  kind {key} NOT NULL,
  order_no {key},
  amount_minor {money} NOT NULL,
  reason {text},
  at {instant} NOT NULL
)`,
  "CREATE INDEX rk_claim_events_claim ON rk_claim_events (tenant_id, claim_id, id)",
];

// variables: values that a list gives one person, as JSON.
export const LISTED_PEOPLE = [
  `CREATE TABLE rk_list_people (
  tenant_id {ref} NOT NULL,
  occurrence_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  variables {text} NOT NULL,
  PRIMARY KEY (tenant_id, occurrence_id, customer_id)
) {clustered}`,
  "CREATE INDEX rk_list_people_customer ON rk_list_people (tenant_id, customer_id)",
];
