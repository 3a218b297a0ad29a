import type { Stores } from "@recallkit/core";
import { attemptStore } from "./attempt-store.js";
import { audienceStore } from "./audience-store.js";
import { batchStore } from "./batch-store.js";
import type { SqlContext } from "./context.js";
import { conversionStore } from "./conversion-store.js";
import { customerStore } from "./customer-store.js";
import { deliveryStore } from "./delivery-store.js";
import { idempotencyStore } from "./idempotency-store.js";
import { labelStore } from "./label-store.js";
import { alarmStore, auditStore, configStore, mediaStore } from "./ledger-stores.js";
import { occurrenceStore } from "./occurrence-store.js";
import { orderStore } from "./order-store.js";
import { personStore } from "./person-store.js";
import { rawTables } from "./raw-tables.js";
import { retentionStore } from "./retention-store.js";
import { ruleStore } from "./rule-store.js";
import type { SqlStores } from "./sql-stores.js";
import { suppressionStore } from "./suppression-store.js";
import { tenantStore } from "./tenant-store.js";

/** Every store over one Kysely instance: the database itself, or a transaction of it. */
export function sqlStoreSet(context: SqlContext): Omit<Stores, "transaction" | "close"> & Pick<SqlStores, "rows"> {
  return {
    rows: rawTables(context),
    tenants: tenantStore(context),
    customers: customerStore(context),
    orders: orderStore(context),
    labels: labelStore(context),
    audience: audienceStore(context),
    rules: ruleStore(context),
    occurrences: occurrenceStore(context),
    batches: batchStore(context),
    deliveries: deliveryStore(context),
    attempts: attemptStore(context),
    conversions: conversionStore(context),
    suppressions: suppressionStore(context),
    idempotency: idempotencyStore(context),
    audit: auditStore(context),
    alarms: alarmStore(context),
    config: configStore(context),
    media: mediaStore(context),
    people: personStore(context),
    retention: retentionStore(context),
  };
}
