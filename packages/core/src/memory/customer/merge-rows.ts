import { strongerReason } from "../../contact/suppression.js";
import { standsBefore } from "../../customer/kept-delivery.js";
import { touchOf } from "../../delivery/delivery.js";
import type { MergedRows } from "../../ports/person-store.js";
import { mergeConsents } from "../contact/consent-store.js";
import { targetKey } from "../contact/suppression-store.js";
import type { DeliveryRow } from "../delivery/tables.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Tables } from "../tables.js";

/** Gives the rows of one customer to another. */
export function mergeRows(tables: Tables, tenantId: number, intoId: number, fromId: number): MergedRows {
  const from = ofTenant(tables.customers.get(fromId), tenantId);
  const into = ofTenant(tables.customers.get(intoId), tenantId);
  if (!from || !into) return { orderIds: [], deliveries: 0, apart: 0, suppressions: 0, labels: 0 };
  const orders = tables.ordersByCustomer.rows(fromId);
  for (const order of orders) tables.orders.replace({ ...order, customerId: intoId });
  const moved = {
    orderIds: orders.map(({ id }) => id),
    ...mergeDeliveries(tables, intoId, fromId),
    suppressions: mergeSuppressions(tables, tenantId, intoId, fromId),
    labels: mergeLabels(tables, tenantId, intoId, fromId),
  };
  mergeConsents(tables, intoId, fromId);
  mergeClaims(tables, intoId, fromId);
  for (const row of tables.linksByCustomer.rows(fromId)) tables.links.replace({ ...row, customerId: intoId });
  mergeValues(tables, intoId, fromId);
  for (const row of tables.messages.all())
    if (row.customerId === fromId) tables.messages.replace({ ...row, customerId: intoId });
  for (const row of tables.messageChargesByCustomer.rows(fromId))
    tables.messageCharges.replace({ ...row, customerId: intoId });
  for (const row of tables.mergedByCustomer.rows(fromId))
    tables.mergedCustomers.replace({ ...row, customerId: intoId });
  const { externalKey } = from;
  tables.mergedCustomers.insert((id) => ({ id, tenantId, externalKey, formerId: fromId, customerId: intoId }));
  return moved;
}

function mergeDeliveries(
  { deliveries, deliveriesByCustomer, batches, chargesByCustomer }: Tables,
  into: number,
  from: number,
) {
  const rivalOf = (row: DeliveryRow) => {
    const batch = row.batchId === null ? undefined : batches.get(row.batchId);
    const isCalled = batch !== undefined && batch.state !== "pending" && batch.state !== "leased";
    return { state: row.state, touchedAt: touchOf(row), isCalled };
  };
  const pushOf = ({ occurrenceId, channel }: DeliveryRow) => compositeKey(occurrenceId, channel);
  const own = new Map(deliveriesByCustomer.rows(into).map((row) => [pushOf(row), row]));
  const theirs = deliveriesByCustomer.rows(from);
  let apart = 0;
  for (const row of theirs) {
    const rival = own.get(pushOf(row));
    if (rival) apart += 1;
    if (rival && !standsBefore(rivalOf(row), rivalOf(rival))) continue;
    if (rival) deliveries.replace({ ...rival, customerId: from });
    deliveries.replace({ ...row, customerId: into });
  }
  for (const row of chargesByCustomer.rows(from)) deliveries.replace({ ...row, chargedCustomerId: into });
  return { deliveries: theirs.length - apart, apart };
}

/** Claims of both stay, numbered on; nobody may claim anew by being two people first. */
function mergeClaims({ claims, claimsByCustomer }: Tables, into: number, from: number): void {
  for (const row of claimsByCustomer.rows(from)) {
    const own = claimsByCustomer.rows(into).filter(({ couponId }) => couponId === row.couponId);
    const number = Math.max(0, ...own.map((claim) => claim.number)) + 1;
    claims.replace({ ...row, customerId: into, number });
  }
}

/** What a list says of a person goes on with them, unless it says something of both. */
function mergeValues(
  { listValues, listValuesByPerson, listValuesByCustomer }: Tables,
  into: number,
  from: number,
): void {
  for (const row of listValuesByCustomer.rows(from)) {
    if (listValuesByPerson.find(compositeKey(row.tenantId, row.occurrenceId, into))) continue;
    listValues.replace({ ...row, customerId: into });
  }
}

function mergeSuppressions(tables: Tables, tenantId: number, into: number, from: number): number {
  const { suppressions, suppressionsByTarget } = tables;
  let moved = 0;
  for (const row of suppressions.all()) {
    if (row.tenantId !== tenantId || row.isRemoved || row.customerId !== from) continue;
    const known = suppressionsByTarget.find(targetKey(tenantId, row.channel, { address: null, customerId: into }));
    moved += known ? 0 : 1;
    if (known) suppressions.replace({ ...known, reason: strongerReason(known.reason, row.reason) });
    suppressions.replace(known ? { ...row, isRemoved: true } : { ...row, customerId: into });
  }
  return moved;
}

function mergeLabels(tables: Tables, tenantId: number, into: number, from: number): number {
  const { customerLabels, customerLabelsByCustomer } = tables;
  const [own, theirs] = [into, from].map((id) => customerLabelsByCustomer.find(compositeKey(tenantId, id)));
  const labelIds = new Set([...(own?.labelIds ?? []), ...(theirs?.labelIds ?? [])]);
  if (theirs) customerLabels.replace({ ...theirs, labelIds: new Set() });
  if (own) customerLabels.replace({ ...own, labelIds });
  else if (labelIds.size > 0) customerLabels.insert((id) => ({ id, tenantId, customerId: into, labelIds }));
  return labelIds.size - (own?.labelIds.size ?? 0);
}
