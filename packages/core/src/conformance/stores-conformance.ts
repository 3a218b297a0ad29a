import { audienceStoreConformance } from "./audience/audience-store.js";
import { segmentStoreConformance } from "./audience/segment-store.js";
import type { ConformanceCase, StoresHarness } from "./conformance-case.js";
import { consentStoreConformance } from "./contact/consent-store.js";
import { spendStoreConformance } from "./contact/spend-store.js";
import { suppressionStoreConformance } from "./contact/suppression-store.js";
import { conversionStoreConformance } from "./conversion/conversion-store.js";
import { couponStoreConformance } from "./coupon/coupon-store.js";
import { customerStoreConformance } from "./customer/customer-store.js";
import { labelStoreConformance } from "./customer/label-store.js";
import { orderStoreConformance } from "./customer/order-store.js";
import { personStoreConformance } from "./customer/person-store.js";
import { attemptStoreConformance } from "./delivery/attempt-store.js";
import { batchStoreConformance } from "./delivery/batch-store.js";
import { deliveryStoreConformance } from "./delivery/delivery-store.js";
import { occurrenceStoreConformance } from "./delivery/occurrence-store.js";
import { jobStoreConformance } from "./job/job-store.js";
import { idempotencyStoreConformance } from "./ledger/idempotency-store.js";
import { ledgerStoresConformance } from "./ledger/ledger-stores.js";
import { retentionStoreConformance } from "./ledger/retention-store.js";
import { rowLockConformance } from "./ledger/row-locks.js";
import { transactionConformance } from "./ledger/transactions.js";
import { linkStoreConformance } from "./link/link-store.js";
import { messageStoreConformance } from "./message/message-store.js";
import { templateStoreConformance } from "./message/template-store.js";
import { ruleStoreConformance } from "./rule/rule-store.js";
import { tenantStoreConformance } from "./tenant/tenant-store.js";

/**
 * Every fact about every port of `Stores`.
 *
 * Run the cases of one database one after the other:
 *
 * ```ts
 * for (const { name, skip, run } of storesConformance({ open, reopen })) {
 *   (skip ? test.skip : test)(skip ? `${name} (${skip})` : name, run);
 * }
 * ```
 */
export function storesConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return [
    tenantStoreConformance,
    customerStoreConformance,
    orderStoreConformance,
    labelStoreConformance,
    audienceStoreConformance,
    segmentStoreConformance,
    ruleStoreConformance,
    occurrenceStoreConformance,
    batchStoreConformance,
    deliveryStoreConformance,
    attemptStoreConformance,
    conversionStoreConformance,
    suppressionStoreConformance,
    consentStoreConformance,
    spendStoreConformance,
    linkStoreConformance,
    couponStoreConformance,
    templateStoreConformance,
    messageStoreConformance,
    idempotencyStoreConformance,
    ledgerStoresConformance,
    personStoreConformance,
    jobStoreConformance,
    retentionStoreConformance,
    transactionConformance,
    rowLockConformance,
  ].flatMap((suite) => suite(harness));
}
