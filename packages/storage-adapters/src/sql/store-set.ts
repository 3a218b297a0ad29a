import type { Stores } from "@recallkit/core/ports";
import { audienceStore } from "./audience/audience-store.js";
import { consentStore } from "./contact/consent-store.js";
import { spendStore } from "./contact/spend-store.js";
import { suppressionStore } from "./contact/suppression-store.js";
import type { SqlContext } from "./context.js";
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
import { idempotencyStore } from "./ledger/idempotency-store.js";
import { alarmStore, auditStore, configStore, mediaStore } from "./ledger/ledger-stores.js";
import { retentionStore } from "./ledger/retention-store.js";
import { linkStore } from "./link/link-store.js";
import { messageStore } from "./message/message-store.js";
import { templateStore } from "./message/template-store.js";
import { rawTables } from "./raw-tables.js";
import { ruleStore } from "./rule/rule-store.js";
import { segmentStore } from "./segment/segment-store.js";
import type { SqlStores } from "./sql-stores.js";
import { tenantStore } from "./tenant/tenant-store.js";

/** Every store over one Kysely instance: the database itself, or a transaction of it. */
export function sqlStoreSet(
  context: SqlContext,
): Omit<Stores, "transaction" | "inTransaction" | "within" | "wakeUps" | "close"> & Pick<SqlStores, "rows"> {
  return {
    rows: rawTables(context),
    tenants: tenantStore(context),
    customers: customerStore(context),
    orders: orderStore(context),
    labels: labelStore(context),
    audience: audienceStore(context),
    segments: segmentStore(context),
    rules: ruleStore(context),
    occurrences: occurrenceStore(context),
    batches: batchStore(context),
    deliveries: deliveryStore(context),
    attempts: attemptStore(context),
    conversions: conversionStore(context),
    suppressions: suppressionStore(context),
    consents: consentStore(context),
    spend: spendStore(context),
    links: linkStore(context),
    coupons: couponStore(context),
    templates: templateStore(context),
    messages: messageStore(context),
    idempotency: idempotencyStore(context),
    audit: auditStore(context),
    alarms: alarmStore(context),
    config: configStore(context),
    media: mediaStore(context),
    people: personStore(context),
    jobs: jobStore(context),
    retention: retentionStore(context),
  };
}
