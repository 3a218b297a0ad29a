import { type CapPolicy, type DeliverySelector, earliestCharge, type GateSelector } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { lacksConsent } from "../contact/consent-store.js";
import { isSuppressed } from "../contact/suppression-store.js";
import type { SqlDialect } from "../context.js";

/** That a row of `rk_deliveries` of the tenant is meant. */
export function isSelected(tenantId: number, selector: DeliverySelector, dialect: SqlDialect): RawBuilder<SqlBool> {
  if ("occurrenceId" in selector) return sql`rk_deliveries.occurrence_id = ${selector.occurrenceId}`;
  const inBatch = sql<SqlBool>`rk_deliveries.batch_id = ${selector.batchId}`;
  if ("addresses" in selector)
    return sql`${inBatch} and rk_deliveries.address in ${dialect.list(selector.addresses, "texts")}`;
  if ("exceptAddresses" in selector) {
    return sql`${inBatch} and (rk_deliveries.address is null
      or rk_deliveries.address not in ${dialect.list(selector.exceptAddresses, "texts")})`;
  }
  if ("inZone" in selector) {
    const { inZone } = selector;
    return sql`${inBatch} and exists (select 1 from rk_customers as c where c.tenant_id = ${tenantId}
      and c.id = rk_deliveries.customer_id and ${inZone === null ? sql`c.time_zone is null` : sql`c.time_zone = ${inZone}`})`;
  }
  return "heldBackBy" in selector ? sql`${inBatch} and ${isHeldBack(tenantId, selector.heldBackBy)}` : inBatch;
}

/** That a gate keeps the person of the row away. */
function isHeldBack(tenantId: number, gate: GateSelector): RawBuilder<SqlBool> {
  if ("withoutConsentTo" in gate) return lacksConsent(tenantId, gate.withoutConsentTo);
  // Found beforehand: an UPDATE must not look at its own table.
  if ("overQuota" in gate) return sql`1 = 1`;
  return "cappedBy" in gate ? isCapped(tenantId, gate.cappedBy) : isSuppressed(tenantId, gate.suppressedAs);
}

/** That the person of the row has had as many messages as the policy allows, this one left out. */
function isCapped(tenantId: number, policy: CapPolicy): RawBuilder<SqlBool> {
  const gapStart = policy.now - policy.minGapMs;
  return sql`(select case
      when count(case when l.at >= ${policy.dayStart} then 1 end) >= ${policy.maxPerDay}
        or count(case when l.at >= ${policy.weekStart} then 1 end) >= ${policy.maxPerWeek}
        or count(case when l.at > ${gapStart} then 1 end) > 0 then 1 else 0 end
    from rk_cap_ledger as l
    where l.tenant_id = ${tenantId} and l.customer_id = rk_deliveries.customer_id and l.at >= ${earliestCharge(policy)} and l.batch_id >= 0
    and l.delivery_id <> rk_deliveries.id) = 1`;
}
