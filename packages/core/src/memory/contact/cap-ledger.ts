import { type CapPolicy, isOverCaps } from "../../contact/frequency-cap.js";
import type { DeliveryRow } from "../delivery/tables.js";
import { chargesOfPerson } from "../message/message-store.js";
import type { Tables } from "../tables.js";

/** True when one more message to the person would break the policy; the delivery's own charge does not count. */
export function isCapped(tables: Tables, delivery: DeliveryRow, policy: CapPolicy): boolean {
  const { tenantId, customerId, id } = delivery;
  return isOverCaps(chargesOfPerson(tables, tenantId, customerId, id), policy);
}
