import type { AttemptStore } from "./attempt-store.js";
import type { AudienceStore } from "./audience-store.js";
import type { BatchStore } from "./batch-store.js";
import type { ConsentStore } from "./consent-store.js";
import type { ConversionStore } from "./conversion-store.js";
import type { CouponStore } from "./coupon-store.js";
import type { CustomerStore } from "./customer-store.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { IdempotencyStore } from "./idempotency-store.js";
import type { JobStore } from "./job-store.js";
import type { LabelStore } from "./label-store.js";
import type { AlarmStore, AuditStore, ConfigStore, MediaStore } from "./ledger-stores.js";
import type { LinkStore } from "./link-store.js";
import type { MessageStore } from "./message-store.js";
import type { OccurrenceStore } from "./occurrence-store.js";
import type { OrderStore } from "./order-store.js";
import type { PersonStore } from "./person-store.js";
import type { RetentionStore } from "./retention-store.js";
import type { RuleStore } from "./rule-store.js";
import type { SegmentStore } from "./segment-store.js";
import type { SpendStore } from "./spend-store.js";
import type { SuppressionStore } from "./suppression-store.js";
import type { TemplateStore } from "./template-store.js";
import type { TenantStore } from "./tenant-store.js";
import type { WakeUps } from "./wake-ups.js";

/**
 * Everything RecallKit keeps, of one engine. The ledger in here is the only truth.
 *
 * Instants are epoch milliseconds handed in by the caller: an engine never asks its own clock. Text compares bytewise.
 */
export interface Stores {
  /** Merchants, their revision and the feed of changes. */
  readonly tenants: TenantStore;
  /** People and their identities. */
  readonly customers: CustomerStore;
  /** Orders with their lines. */
  readonly orders: OrderStore;
  /** The label library, and who has which. */
  readonly labels: LabelStore;
  /** Who a segment means. */
  readonly audience: AudienceStore;
  /** Segments with a name, and how many people they meant. */
  readonly segments: SegmentStore;
  /** Rules and their versions. */
  readonly rules: RuleStore;
  /** Firings of rules. */
  readonly occurrences: OccurrenceStore;
  /** Batches, the work rows of delivery. */
  readonly batches: BatchStore;
  /** People of firings, and the cap ledger. */
  readonly deliveries: DeliveryStore;
  /** Provider calls. */
  readonly attempts: AttemptStore;
  /** Figures of what came back. */
  readonly conversions: ConversionStore;
  /** Who must not be contacted. */
  readonly suppressions: SuppressionStore;
  /** What people said about being contacted. */
  readonly consents: ConsentStore;
  /** What messages cost. */
  readonly spend: SpendStore;
  /** Ways of people to pages of the merchant. */
  readonly links: LinkStore;
  /** What people may claim, and what they have. */
  readonly coupons: CouponStore;
  /** Templates of messages. */
  readonly templates: TemplateStore;
  /** Messages of templates, work rows too. */
  readonly messages: MessageStore;
  /** Answers kept for requests that may be repeated. */
  readonly idempotency: IdempotencyStore;
  /** Who changed state, append-only. */
  readonly audit: AuditStore;
  /** What an operator should know. */
  readonly alarms: AlarmStore;
  /** Settings of tenants and of the installation. */
  readonly config: ConfigStore;
  /** Images by the hash of their bytes. */
  readonly media: MediaStore;
  /** Everything about one person: to hand out, to erase. */
  readonly people: PersonStore;
  /** Work that comes back at its times, and its runs. */
  readonly jobs: JobStore;
  /** Removes what has outlived its time. */
  readonly retention: RetentionStore;
  /** Where processes can tell each other of work. @default they poll */
  readonly wakeUps?: WakeUps;
  /**
   * Runs `work` on the same stores inside one transaction: all or nothing, and nobody sees a part of it.
   *
   * Every call in it sees what was committed before that call (READ COMMITTED); two transactions may run side by side. What
   * is read may therefore have changed by the time something is written. Whoever decides by what it read writes under a
   * condition (`transition`, `advance`, a unique key) or reads under a `RowLock`.
   *
   * `work` may run up to 5 times, so it must have no effects outside the stores. Nested calls join the outer transaction.
   *
   * @throws {StorageError} `storage.busy` when others were in the way every time
   */
  transaction<T>(work: (tx: this) => Promise<T>): Promise<T>;
  /** Whether the calling code runs inside `transaction`. @default unknown: calls that ask take it that it does not */
  inTransaction?(): boolean;
  /**
   * The same stores bound to a transaction that the application has opened on a connection of its own. What they write is
   * committed and rolled back with it; a `transaction` of theirs, or a single call, is done as a whole or not at all, and is
   * never repeated. They announce nothing and are not closed.
   *
   * @default the engine has no such transactions
   * @throws {StorageError} `transaction.foreign` for what is no transaction of this engine, or of another database;
   *   `transaction.not-open`; the calls of what is returned throw them too
   */
  within?(hostTransaction: object): this;
  /** Ends connections; running transactions finish first. */
  close(): Promise<void>;
}
