import { segmentTables } from "./audience/tables.js";
import { contactTables } from "./contact/tables.js";
import { couponTables } from "./coupon/tables.js";
import { customerTables } from "./customer/tables.js";
import { deliveryTables } from "./delivery/tables.js";
import { jobTables } from "./job/tables.js";
import type { Journal } from "./journal.js";
import { ledgerTables } from "./ledger/tables.js";
import { linkTables } from "./link/tables.js";
import { messageTables } from "./message/tables.js";
import { ruleTables } from "./rule/tables.js";
import { tenantTables } from "./tenant/tables.js";

/** Everything a store of memory holds. */
export type Tables = ReturnType<typeof createTables>;

/** What every memory store works on. */
export interface Database extends Journal {
  readonly tables: Tables;
}

/** Makes all tables, empty but for the bootstrap tenant, with the indexes that look-ups go by; each is declared beside its store. */
export function createTables(journal: Journal) {
  return {
    ...tenantTables(journal),
    ...customerTables(journal),
    ...segmentTables(journal),
    ...ruleTables(journal),
    ...deliveryTables(journal),
    ...contactTables(journal),
    ...ledgerTables(journal),
    ...linkTables(journal),
    ...couponTables(journal),
    ...messageTables(journal),
    ...jobTables(journal),
  };
}
