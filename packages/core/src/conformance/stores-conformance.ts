import { attemptStoreConformance } from "./attempt-store.js";
import { audienceStoreConformance } from "./audience-store.js";
import { batchStoreConformance } from "./batch-store.js";
import type { ConformanceCase, StoresHarness } from "./conformance-case.js";
import { conversionStoreConformance } from "./conversion-store.js";
import { customerStoreConformance } from "./customer-store.js";
import { deliveryStoreConformance } from "./delivery-store.js";
import { idempotencyStoreConformance } from "./idempotency-store.js";
import { labelStoreConformance } from "./label-store.js";
import { ledgerStoresConformance } from "./ledger-stores.js";
import { occurrenceStoreConformance } from "./occurrence-store.js";
import { orderStoreConformance } from "./order-store.js";
import { personStoreConformance } from "./person-store.js";
import { retentionStoreConformance } from "./retention-store.js";
import { ruleStoreConformance } from "./rule-store.js";
import { suppressionStoreConformance } from "./suppression-store.js";
import { tenantStoreConformance } from "./tenant-store.js";
import { transactionConformance } from "./transactions.js";

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
    ruleStoreConformance,
    occurrenceStoreConformance,
    batchStoreConformance,
    deliveryStoreConformance,
    attemptStoreConformance,
    conversionStoreConformance,
    suppressionStoreConformance,
    idempotencyStoreConformance,
    ledgerStoresConformance,
    personStoreConformance,
    retentionStoreConformance,
    transactionConformance,
  ].flatMap((suite) => suite(harness));
}
