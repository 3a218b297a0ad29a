import type { MovedTable } from "../sql/raw-tables.js";

const numbered = (name: string): MovedTable => ({ name, key: ["id"], isNumbered: true });

/** RecallKit's own tables of a tenant, save its row in `rk_tenants`. Answers kept for repeated requests stay behind. */
export const recallkitTables: readonly MovedTable[] = [
  { name: "rk_config", key: ["name"] },
  { name: "rk_media", key: ["sha256"] },
  numbered("rk_customers"),
  { name: "rk_customer_identities", key: ["customer_id", "type"] },
  numbered("rk_attributes"),
  { name: "rk_customer_attributes", key: ["customer_id", "attribute_id"] },
  { name: "rk_merged_customers", key: ["external_key"] },
  { name: "rk_erasures", key: ["customer_id"] },
  { name: "rk_erased_opt_outs", key: ["identity_hash", "channel"] },
  numbered("rk_labels"),
  { name: "rk_customer_labels", key: ["customer_id", "label_id"] },
  numbered("rk_orders"),
  { name: "rk_order_lines", key: ["order_id", "number"] },
  { name: "rk_order_labels", key: ["order_id", "label_id"] },
  numbered("rk_rules"),
  { name: "rk_rule_versions", key: ["rule_id", "version"] },
  numbered("rk_occurrences"),
  numbered("rk_batches"),
  numbered("rk_attempts"),
  numbered("rk_deliveries"),
  { name: "rk_cap_ledger", key: ["delivery_id"] },
  numbered("rk_suppressions"),
  numbered("rk_consents"),
  numbered("rk_consent_records"),
  numbered("rk_transitions"),
  numbered("rk_alarms"),
  { name: "rk_changes", key: ["revision", "kind", "row_id"] },
];
