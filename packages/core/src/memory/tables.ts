import type { Customer } from "../customer/customer.js";
import type { Label } from "../customer/label.js";
import type { Suppression } from "../contact/suppression.js";
import type { Batch } from "../delivery/batch.js";
import type { Alarm, Attempt, Delivery, TransitionRecord } from "../delivery/delivery.js";
import type { Occurrence } from "../delivery/occurrence.js";
import type { IdempotencyKey, StoredAnswer } from "../ports/idempotency-store.js";
import type { StoredMedia } from "../ports/ledger-stores.js";
import type { OrderWrite } from "../ports/order-store.js";
import type { Rule, RuleVersion } from "../rule/rule.js";
import { BOOTSTRAP_TENANT_ID, type Change, type Tenant } from "../tenant/tenant.js";
import type { Journal } from "./journal.js";
import { targetKey } from "./contact/suppression-store.js";
import { compositeKey, createTable } from "./table.js";

interface Row {
  readonly id: number;
  readonly tenantId: number;
}

/** All changes recorded under one revision. */
interface RevisionRow extends Row {
  readonly revision: number;
  readonly at: number;
  readonly changes: readonly Change[];
}

interface CustomerLabelsRow extends Row {
  readonly customerId: number;
  readonly labelIds: ReadonlySet<number>;
}

interface RuleVersionRow extends Row, RuleVersion {
  readonly ruleId: number;
}

/** A suppression; a removed one stays as a row that nothing finds. */
export interface SuppressionRow extends Omit<Suppression, "customerKey"> {
  readonly isRemoved: boolean;
}

/** A request by the caller's key; a forgotten one stays as a row that nothing finds. */
export interface IdempotencyRow extends Row, IdempotencyKey {
  readonly fingerprint: string;
  readonly answer: StoredAnswer | null;
  readonly lockedUntil: number;
  readonly expiresAt: number;
  readonly isForgotten: boolean;
}

/** Somebody whose name was taken away. */
interface ErasureRow extends Row {
  readonly customerId: number;
}

interface ConfigRow extends Row {
  readonly key: string;
  readonly value: string;
}

/** An order with its lines and labels. */
export type OrderRow = OrderWrite & Row;

/** A label with its tenant. */
export type LabelRow = Label & Row;

/** A delivery with its entry in the cap ledger. */
export interface DeliveryRow extends Delivery {
  /** Instant of the intent that counts against the person's caps; null: not in the ledger. */
  readonly chargedAt: number | null;
  /** Batch that was charged; it may not be the batch of the row any more. */
  readonly chargedBatchId: number | null;
}

/** Everything a store of memory holds. */
export type Tables = ReturnType<typeof createTables>;

/** What every memory store works on. */
export interface Database extends Journal {
  readonly tables: Tables;
}

const BOOTSTRAP_TENANT: Tenant = {
  id: BOOTSTRAP_TENANT_ID,
  name: "default",
  timeZone: "Asia/Shanghai",
  currency: "CNY",
  revision: 0,
  maxOrderAt: null,
  createdAt: 0,
};

/** Makes all tables, empty but for the bootstrap tenant, with the indexes that lookups go by. */
export function createTables(journal: Journal) {
  const revisions = createTable<RevisionRow>(journal);
  const customers = createTable<Customer>(journal);
  const orders = createTable<OrderRow>(journal);
  const labels = createTable<LabelRow>(journal);
  const customerLabels = createTable<CustomerLabelsRow>(journal);
  const rules = createTable<Rule>(journal);
  const ruleVersions = createTable<RuleVersionRow>(journal);
  const occurrences = createTable<Occurrence>(journal);
  const batches = createTable<Batch>(journal);
  const deliveries = createTable<DeliveryRow>(journal);
  const attempts = createTable<Attempt>(journal);
  const audit = createTable<TransitionRecord & Row>(journal);
  const config = createTable<ConfigRow>(journal);
  const media = createTable<StoredMedia & Row>(journal);
  const suppressions = createTable<SuppressionRow>(journal);
  const idempotency = createTable<IdempotencyRow>(journal);
  return {
    erasures: createTable<ErasureRow>(journal),
    tenants: createTable<Tenant>(journal, [BOOTSTRAP_TENANT]),
    revisions,
    revisionsByNumber: revisions.indexBy((row) => [compositeKey(row.tenantId, row.revision)]),
    customers,
    customersByTenant: customers.indexBy((row) => [row.tenantId]),
    customersByKey: customers.indexBy((row) => [compositeKey(row.tenantId, row.externalKey)]),
    customersByIdentity: customers.indexBy((row) =>
      Object.entries(row.identities).map(([type, value]) => compositeKey(row.tenantId, type, value)),
    ),
    orders,
    ordersByTenant: orders.indexBy((row) => [row.tenantId]),
    ordersByKey: orders.indexBy((row) => [compositeKey(row.tenantId, row.source, row.externalId)]),
    ordersByCustomer: orders.indexBy((row) => [row.customerId]),
    labels,
    labelsByKind: labels.indexBy((row) => [compositeKey(row.tenantId, row.kind)]),
    labelsByKey: labels.indexBy((row) => [compositeKey(row.tenantId, row.kind, row.key)]),
    customerLabels,
    customerLabelsByCustomer: customerLabels.indexBy((row) => [compositeKey(row.tenantId, row.customerId)]),
    rules,
    // A deleted rule frees its name.
    rulesByName: rules.indexBy((row) => (row.deletedAt === null ? [compositeKey(row.tenantId, row.name)] : [])),
    ruleVersions,
    ruleVersionsByRule: ruleVersions.indexBy((row) => [compositeKey(row.tenantId, row.ruleId)]),
    ruleVersionsByNumber: ruleVersions.indexBy((row) => [compositeKey(row.tenantId, row.ruleId, row.version)]),
    occurrences,
    occurrencesByKey: occurrences.indexBy((row) => [compositeKey(row.tenantId, row.ruleId, row.kind, row.nominal)]),
    occurrencesByRule: occurrences.indexBy((row) => [row.ruleId]),
    occurrencesByState: occurrences.indexBy((row) => [row.state]),
    batches,
    batchesByKey: batches.indexBy((row) => [compositeKey(row.tenantId, row.occurrenceId, row.channel, row.number)]),
    batchesByOccurrence: batches.indexBy((row) => [row.occurrenceId]),
    batchesByState: batches.indexBy((row) => [row.state]),
    deliveries,
    deliveriesByOccurrence: deliveries.indexBy((row) => [row.occurrenceId]),
    deliveriesByBatch: deliveries.indexBy((row) => (row.batchId === null ? [] : [row.batchId])),
    deliveriesByCustomer: deliveries.indexBy((row) => [row.customerId]),
    deliveriesByChargedBatch: deliveries.indexBy((row) => (row.chargedBatchId === null ? [] : [row.chargedBatchId])),
    attempts,
    attemptsByBatch: attempts.indexBy((row) => [row.batchId]),
    audit,
    auditByEntity: audit.indexBy((row) => [compositeKey(row.tenantId, row.entity, row.entityId)]),
    alarms: createTable<Alarm>(journal),
    config,
    configByKey: config.indexBy((row) => [compositeKey(row.tenantId, row.key)]),
    media,
    suppressions,
    suppressionsByTarget: suppressions.indexBy((row) =>
      row.isRemoved ? [] : [targetKey(row.tenantId, row.channel, row)],
    ),
    idempotency,
    idempotencyByKey: idempotency.indexBy((row) =>
      row.isForgotten ? [] : [compositeKey(row.tenantId, row.route, row.key)],
    ),
    mediaByHash: media.indexBy((row) => [compositeKey(row.tenantId, row.sha256)]),
  };
}
