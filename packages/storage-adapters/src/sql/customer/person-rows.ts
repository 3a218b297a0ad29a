import { DELIVERY_STATES } from "@recallkit/core";
import { type RawBuilder, sql } from "kysely";

/**
 * Deliveries `d` of a person. They are found through the occurrences and states, whose index holds the person; one of its own
 * would burden every push for these rare questions.
 */
export function rowsOfPerson(tenantId: number, customerId: number): RawBuilder<unknown> {
  return sql`from rk_occurrences as oc cross join rk_deliveries as d
    where oc.tenant_id = ${tenantId} and d.tenant_id = ${tenantId} and d.occurrence_id = oc.id
    and d.state in (${sql.join(DELIVERY_STATES)}) and d.customer_id = ${customerId}`;
}
