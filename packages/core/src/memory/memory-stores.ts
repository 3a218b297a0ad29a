import type { Stores } from "../ports/stores.js";
import { audienceStore } from "./audience/audience-store.js";
import { segmentStore } from "./audience/segment-store.js";
import { consentStore } from "./contact/consent-store.js";
import { spendStore } from "./contact/spend-store.js";
import { suppressionStore } from "./contact/suppression-store.js";
import { conversionStore } from "./conversion/conversion-store.js";
import { couponStore } from "./coupon/coupon-store.js";
import { customerStore } from "./customer/customer-store.js";
import { labelStore } from "./customer/label-store.js";
import { orderStore } from "./customer/order-store.js";
import { personStore } from "./customer/person-store.js";
import { attemptStore } from "./delivery/attempt-store.js";
import { batchStore } from "./delivery/batch-store.js";
import { deliveryStore } from "./delivery/delivery-store.js";
import { occurrenceStore } from "./delivery/occurrence-store.js";
import { jobStore } from "./job/job-store.js";
import { createJournal } from "./journal.js";
import { idempotencyStore } from "./ledger/idempotency-store.js";
import { alarmStore, auditStore, configStore, mediaStore } from "./ledger/ledger-stores.js";
import { retentionStore } from "./ledger/retention-store.js";
import { linkStore } from "./link/link-store.js";
import { messageStore } from "./message/message-store.js";
import { templateStore } from "./message/template-store.js";
import { ruleStore } from "./rule/rule-store.js";
import { createTables, type Database } from "./tables.js";
import { tenantStore } from "./tenant/tenant-store.js";

/**
 * All stores in the memory of this process, with the bootstrap tenant; everything is gone when the process ends.
 *
 * One transaction at a time, others wait their turn; `work` runs once. Reads never wait: outside the running
 * transaction they see what was committed before it. A nested transaction whose error is caught by the outer one
 * leaves its changes to the outer one. Rows handed out are frozen. `close` waits for running transactions and keeps the rows.
 */
export function memoryStores(): Stores {
  const journal = createJournal();
  const tables = createTables(journal);
  const db: Database = { ...journal, tables };
  const stores: Stores = {
    tenants: tenantStore(db),
    customers: customerStore(db),
    orders: orderStore(db),
    labels: labelStore(db),
    audience: audienceStore(db),
    segments: segmentStore(db),
    rules: ruleStore(db),
    occurrences: occurrenceStore(db),
    batches: batchStore(db),
    deliveries: deliveryStore(db),
    attempts: attemptStore(db),
    conversions: conversionStore(db),
    suppressions: suppressionStore(db),
    consents: consentStore(db),
    spend: spendStore(db),
    links: linkStore(db),
    coupons: couponStore(db),
    templates: templateStore(db),
    messages: messageStore(db),
    idempotency: idempotencyStore(db),
    audit: auditStore(db),
    alarms: alarmStore(db),
    config: configStore(db),
    media: mediaStore(db),
    people: personStore(db),
    jobs: jobStore(db),
    retention: retentionStore(db),
    transaction: (work) => db.transaction(() => work(stores)),
    inTransaction: () => db.inTransaction(),
    close: () => db.idle(),
  };
  return stores;
}
