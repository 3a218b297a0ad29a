import { type CapPolicy, isOverCaps } from "../../contact/frequency-cap.js";
import type { DeliveryRow } from "../delivery/tables.js";
import { chargesOfPerson } from "../message/message-store.js";
import type { Tables } from "../tables.js";

/** Messages of a channel that a person has or may still get, this delivery left out: when each was delivered, null while unknown. */
export function received(
  tables: Tables,
  {
    id,
    tenantId,
    customerId,
    channel,
  }: Pick<DeliveryRow, "tenantId" | "customerId" | "channel"> & Partial<Pick<DeliveryRow, "id">>,
  since: number,
): readonly (number | null)[] {
  return tables.chargesByCustomer
    .rows(customerId)
    .filter((row) => row.tenantId === tenantId && row.id !== id && row.channel === channel)
    .filter(({ chargedAt, state }) => (chargedAt ?? 0) >= since && state !== "not_delivered")
    .map(({ state, deliveredAt }) => (state === "delivered" ? deliveredAt : null));
}

/** True when one more message to the person would break the policy; the delivery's own charge does not count. */
export function isCapped(tables: Tables, delivery: DeliveryRow, policy: CapPolicy): boolean {
  const { tenantId, customerId, id } = delivery;
  return isOverCaps(chargesOfPerson(tables, tenantId, customerId, id), policy);
}
