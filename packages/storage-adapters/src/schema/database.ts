import type { ContactTables } from "../sql/contact/tables.js";
import type { ConversionTables } from "../sql/conversion/tables.js";
import type { CouponTables } from "../sql/coupon/tables.js";
import type { CustomerTables } from "../sql/customer/tables.js";
import type { DeliveryTables } from "../sql/delivery/tables.js";
import type { JobTables } from "../sql/job/tables.js";
import type { LedgerTables } from "../sql/ledger/tables.js";
import type { LinkTables } from "../sql/link/tables.js";
import type { MessageTables } from "../sql/message/tables.js";
import type { RuleTables } from "../sql/rule/tables.js";
import type { SegmentTables } from "../sql/segment/tables.js";
import type { TenantTables } from "../sql/tenant/tables.js";

/** Every table of the stores, as Kysely types them; each is declared beside its store. Instants are epoch ms, money is in minor units, flags are 0 or 1. */
export interface Database
  extends TenantTables,
    CustomerTables,
    RuleTables,
    SegmentTables,
    DeliveryTables,
    ConversionTables,
    ContactTables,
    LinkTables,
    CouponTables,
    MessageTables,
    JobTables,
    LedgerTables {}
