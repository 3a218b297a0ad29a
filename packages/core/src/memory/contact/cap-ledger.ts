import { type CapPolicy, isOverCaps } from "../../contact/frequency-cap.js";
import type { DeliveryRow } from "../delivery/tables.js";
import type { Tables } from "../tables.js";

/** True when one more message to the person would break the policy; the delivery's own charge does not count. */
export function isCapped(tables: Tables, delivery: DeliveryRow, policy: CapPolicy): boolean {
  const charges = tables.chargesByCustomer
    .rows(delivery.customerId)
    .filter((row) => row.tenantId === delivery.tenantId && row.id !== delivery.id)
    .flatMap(({ chargedAt }) => chargedAt ?? []);
  return isOverCaps(charges, policy);
}
