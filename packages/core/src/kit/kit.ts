import type { AudiencePreview } from "../audience/audience.js";
import type { AudienceMember } from "../audience/audience-query.js";
import type { AudienceOptions, AudienceSource } from "../audience/audience-source.js";
import type { Explanation } from "../audience/explain.js";
import type { Consent, ConsentInput, ConsentListOptions, ConsentRecord } from "../contact/consent.js";
import type { Suppression, SuppressionInput, SuppressionListOptions } from "../contact/suppression.js";
import type { ContactPolicy, ContactPolicyInput } from "../contact/tenant-policy.js";
import type { Funnel, FunnelOptions, FunnelPeopleOptions, FunnelPerson } from "../conversion/funnel.js";
import type { PushResult } from "../conversion/push-result.js";
import type { Report, ReportOptions } from "../conversion/report.js";
import type { ConversionKit } from "../conversion/roll-up.js";
import type { PushFilter, ResultListOptions, Statistics, StatisticsOptions } from "../conversion/statistics.js";
import type { LabelAssignment, LabelRemoval } from "../customer/assign-labels.js";
import type { OrderIngestOptions } from "../customer/ingest-orders.js";
import type { Label, LabelKind } from "../customer/label.js";
import type { OrderInput } from "../customer/order.js";
import type { IngestOptions, IngestResult, OrderIngestResult } from "../customer/outcome.js";
import type { LabelEntry } from "../customer/put-labels.js";
import type { Batch } from "../delivery/batch.js";
import type { CancelResult } from "../delivery/cancel.js";
import type { ReviewDecision } from "../delivery/decide.js";
import type { Attempt, Delivery, ReasonCount } from "../delivery/delivery.js";
import type {
  AttemptListOptions,
  BatchListOptions,
  DeliveryListOptions,
  OccurrenceListOptions,
} from "../delivery/filters.js";
import type { Occurrence } from "../delivery/occurrence.js";
import type { OccurrenceStatus } from "../delivery/occurrence-status.js";
import type { StaffPage } from "../delivery/staff.js";
import type { TaskResult } from "../delivery/tasks.js";
import type { ChannelHealth } from "../engine/breaker.js";
import type { KitEvent } from "../engine/events.js";
import type { InputIssue } from "../errors.js";
import type { BatchId, CustomerId, OccurrenceId, RuleId, SuppressionId, TenantId } from "../id.js";
import type { ResolvedLink } from "../link/find-link.js";
import type { LinkPlace } from "../link/link-place.js";
import type { MessageUnsubscribe, UnsubscribeScope } from "../message/unsubscribe-message.js";
import type { Listing, NumberedPage, NumberedPageRequest, Page, PageOptions, WalkOptions } from "../page.js";
import type { Stores } from "../ports/stores.js";
import type { Rule, RuleStatus, RuleVersion } from "../rule/rule.js";
import type { RuleListFilter, RuleListOptions } from "../rule/rule-filter.js";
import type { RuleInput } from "../rule/rule-input.js";
import type { ContactPreview, PreviewOptions, PreviewWarning } from "../schedule/preview.js";
import type { RunOptions } from "../schedule/run-now.js";
import type { PeopleList, SentList } from "../schedule/send-list.js";
import type { TestRecipients, TestResult } from "../schedule/send-test.js";
import type { SimulatedSlot, SimulateOptions } from "../schedule/simulate-rule.js";
import type { UpcomingOptions, UpcomingSlot } from "../schedule/upcoming.js";
import type { TenantInput } from "../tenant/create-tenant.js";
import type { Tenant } from "../tenant/tenant.js";
import type { TenantPatch } from "../tenant/update-tenant.js";
import type { AlarmKit } from "./alarm-kit.js";
import type { CouponKit } from "./coupon-kit.js";
import type { CustomerKit } from "./customer-kit.js";
import type { LinkKit } from "./link-kit.js";
import type { MessageKit } from "./message-kit.js";
import type { PeopleKit } from "./people-kit.js";
import type { ReconcileFirstResult } from "./reconcile-first.js";
import type { Retained } from "./retained.js";
import type { EngineRole, TickResult } from "./roles.js";
import type { SegmentKit } from "./segment-kit.js";

/** RecallKit bound to one tenant. */
export interface TenantKit {
  /** The merchant. */
  readonly tenantId: TenantId;
  /** The merchant's row. @throws {NotFoundError} `tenant.unknown` */
  tenant(): Promise<Tenant>;
  /**
   * Changes name, zone or currency of the tenant; slots follow the zone.
   *
   * @throws {InputError} every fault at once. @throws {ConflictError} `tenant.currency-fixed`: the tenant has orders
   */
  update(patch: TenantPatch): Promise<Tenant>;
  /**
   * Runs calls in one transaction that is always rolled back, and gives what `work` returns: the figures that the same calls
   * would have, exactly, with nothing written. Others wait with their writes for what is locked meanwhile; on SQLite that is
   * every write.
   *
   * `work` may run up to 5 times, so it must have no effects of its own. Calls of the kit that it is given ask no channel and
   * are refused with `transaction.refused` where they would.
   */
  rehearse<T>(work: (kit: TenantKit) => Promise<T>): Promise<T>;
  /** The merchant's customers. */
  readonly customers: CustomerKit;
  /** Orders of the merchant. */
  readonly orders: {
    /** Adds or updates orders with their buyers and labels. */
    ingest(
      rows: Iterable<OrderInput> | AsyncIterable<OrderInput>,
      options?: OrderIngestOptions,
    ): Promise<OrderIngestResult>;
  };
  /** Labels of people: city, warehouse, category, brand, SKU and the merchant's own. */
  readonly labels: {
    /** Gives labels to people, by import key; a city takes the place of the one before. Unknown customers are rejected, unknown labels are made. */
    assign(
      rows: Iterable<LabelAssignment> | AsyncIterable<LabelAssignment>,
      options?: IngestOptions,
    ): Promise<IngestResult>;
    /** Takes labels from people, by import key. Unknown customers are rejected; what somebody does not have is unchanged. */
    unassign(
      rows: Iterable<LabelRemoval> | AsyncIterable<LabelRemoval>,
      options?: IngestOptions,
    ): Promise<IngestResult>;
    /** Adds labels to the library, or gives them another name. */
    put(rows: Iterable<LabelEntry> | AsyncIterable<LabelEntry>, options?: IngestOptions): Promise<IngestResult>;
    /** One page of the library by key; up to 1 000 rows. */
    list(kind: LabelKind, options?: PageOptions): Promise<Page<Label>>;
    /** The library by key, one label after the other. */
    all(kind: LabelKind, options?: PageOptions & WalkOptions): AsyncIterable<Label>;
  };
  /** Who is meant: counts, people, reasons. */
  readonly audience: {
    count(source: AudienceSource, options?: AudienceOptions): Promise<number>;
    /** Count per step, sample, warnings, and who of the first members would be contacted; sends nothing. */
    preview(
      source: AudienceSource,
      options?: PreviewOptions,
    ): Promise<
      AudiencePreview & ContactPreview & { readonly warnings: readonly PreviewWarning[]; readonly batches: number }
    >;
    /** Why one customer is in or out. @throws {NotFoundError} `customer.not-found` */
    explain(
      source: AudienceSource,
      customer: { readonly externalKey: string },
      options?: AudienceOptions,
    ): Promise<Explanation>;
    /** Members by ascending id; the audience is never held as a whole. */
    resolve(source: AudienceSource, options?: AudienceOptions): AsyncIterable<AudienceMember>;
  };
  /** Segments with a name, which rules and other segments refer to. */
  readonly segments: SegmentKit;
  /** Rules that are not deleted, newest first. */
  readonly rules: Listing<RuleListOptions, Rule> & {
    /** @throws {InputError} every fault at once. @throws {ConflictError} `rule.name-taken` */
    create(input: RuleInput, options?: { readonly status?: RuleStatus | null | undefined }): Promise<Rule>;
    /**
     * What would keep a rule's content from going out as things are now, with paths in the rule: a host of images that is not
     * listed, an image that is not stored, a setting that is missing. Nothing of it keeps the rule from being written.
     */
    obstacles(rule: Rule | RuleInput): Promise<readonly InputIssue[]>;
    /** Writes a new version; occurrences that exist keep theirs. Same errors, and `rule.not-found`. */
    edit(
      ruleId: RuleId,
      input: RuleInput,
      options?: { readonly status?: RuleStatus | null | undefined },
    ): Promise<Rule>;
    /** Pausing also holds running occurrences before their next batch; activating lets them go on. */
    setStatus(ruleId: RuleId, status: RuleStatus): Promise<Rule>;
    delete(ruleId: RuleId): Promise<void>;
    /** Every version, newest first, of a deleted rule too. @throws {NotFoundError} `rule.not-found` */
    versions(ruleId: RuleId): Promise<readonly RuleVersion[]>;
    /** @throws {NotFoundError} `rule.not-found`, also for a deleted rule */
    get(ruleId: RuleId): Promise<Rule>;
    /** The slots that fire next, by instant, with what would hold them up. @throws {NotFoundError} `rule.not-found` */
    upcoming(options?: UpcomingOptions): Promise<readonly UpcomingSlot[]>;
    /** A numbered page of the same list, for interfaces that show how many there are. */
    page(filter?: RuleListFilter, page?: NumberedPageRequest): Promise<NumberedPage<Rule>>;
  };
  /** Firings of rules, by ascending id. */
  readonly occurrences: Listing<OccurrenceListOptions, Occurrence> & {
    /**
     * Runs a rule now, whatever its slots say; the same `requestId` again returns the same occurrence.
     *
     * @throws {ConflictError} `rule.paused`; `rule.outside-validity` on a day outside the rule's validity, unless `force` is set
     */
    runNow(ruleId: RuleId, options?: RunOptions): Promise<Occurrence>;
    /**
     * Sends a rule's content to named people, each with values of the rule's variables; the same `requestId` again returns the
     * same occurrence. Rows with a fault are left out. On a channel that sends one text to all the values must be alike.
     *
     * @throws {InputError} no row is left. @throws {NotFoundError} `rule.not-found`
     * @throws {ConflictError} `rule.paused`, `rule.outside-validity`
     */
    sendList(list: PeopleList): Promise<SentList>;
    /** @throws {NotFoundError} `occurrence.not-found` */
    status(occurrenceId: OccurrenceId): Promise<OccurrenceStatus>;
    latest(ruleId: RuleId): Promise<Occurrence | undefined>;
    /** When the latest run of each rule began, epoch ms; skipped slots are none. Rules that never ran are absent. At most 200 rules. */
    lastRuns(ruleIds: readonly RuleId[]): Promise<ReadonlyMap<number, number>>;
    /**
     * Ends an occurrence: nothing more is sent, and tasks that staff have not confirmed are cancelled at the provider.
     * May be called again for tasks that could not be cancelled.
     *
     * @param options `tasks`: also cancel at the provider. @default true
     * @throws {NotFoundError} `occurrence.not-found`. @throws {ConflictError} `occurrence.finished`: nothing is left to cancel
     */
    cancel(
      occurrenceId: OccurrenceId,
      options?: { readonly tasks?: boolean | null | undefined },
    ): Promise<CancelResult>;
    /**
     * Reminds staff of tasks that they have not confirmed.
     *
     * @throws {NotFoundError} `occurrence.not-found`. @throws {ConflictError} `occurrence.nothing-waiting`
     */
    remind(occurrenceId: OccurrenceId): Promise<TaskResult>;
    /**
     * Asks the providers who of the staff has confirmed what, for up to 50 batches at once.
     *
     * @param options `cursor`: where the page before ended. @default the first batches
     * @throws {NotFoundError} `occurrence.not-found`
     */
    staff(occurrenceId: OccurrenceId, options?: { readonly cursor?: string | null | undefined }): Promise<StaffPage>;
  };
  /** Single people: who they are, what happened to them, why they were contacted or not, and the evidence. */
  readonly people: PeopleKit;
  /** Who may be contacted how often, for all rules of the tenant. */
  readonly contactPolicy: {
    get(): Promise<ContactPolicy>;
    /** Effective before the next batch; parts that are left out stay as they are. @returns what holds now. @throws {InputError} every fault at once */
    set(policy: ContactPolicyInput): Promise<ContactPolicy>;
  };
  /** What people said about being contacted, and the evidence of it, by ascending id. Nothing of it is ever removed. */
  readonly consents: Listing<ConsentListOptions, ConsentRecord> & {
    /**
     * Records a consent or a withdrawal; effective before the next batch, also of a push that is under way. A repeat changes
     * nothing. Of two the later said one holds, in whichever order they come.
     *
     * @returns what holds now for the person, channel and purpose
     * @throws {InputError} every fault at once. @throws {NotFoundError} `customer.not-found`
     */
    record(input: ConsentInput): Promise<Consent>;
    /** The same with a list of any length; rows about people who are not known are rejected. `updated` is always 0. */
    recordMany(
      rows: Iterable<ConsentInput> | AsyncIterable<ConsentInput>,
      options?: IngestOptions,
    ): Promise<IngestResult>;
    /** What holds for a person, by purpose and channel. @throws {NotFoundError} `customer.not-found` */
    get(externalKey: string): Promise<readonly Consent[]>;
  };
  /** Who must not be contacted, by ascending id. */
  readonly suppressions: Listing<SuppressionListOptions, Suppression> & {
    /** Effective before the next batch. A repeat gives the reason anew; a key that nobody has yet waits for its customer. @throws {InputError} */
    add(input: SuppressionInput): Promise<Suppression>;
    /** The same with a list of any length. */
    addMany(
      rows: Iterable<SuppressionInput> | AsyncIterable<SuppressionInput>,
      options?: IngestOptions,
    ): Promise<IngestResult>;
    /** @throws {NotFoundError} `suppression.not-found` */
    remove(id: SuppressionId): Promise<void>;
  };
  /**
   * Sends a rule's content to a few people beforehand: customers get it as a push of their own (kind `test`, free of caps,
   * outside of all figures), staff as a direct message.
   *
   * @throws {NotFoundError} `rule.not-found`. @throws {InputError} an address no customer has
   * @throws {ConflictError} `channel.test-unavailable`: the channel can't message staff
   */
  sendTest(ruleId: RuleId, to: TestRecipients): Promise<TestResult>;
  /** The ledger of sends, by ascending id. */
  readonly batches: Listing<BatchListOptions, Batch> & {
    get(batchId: BatchId): Promise<Batch | undefined>;
    /**
     * Ends the review of a batch whose outcome could not be found out: it was sent, it was not, or it shall go out again.
     *
     * @param options `customerIds`: decides on these people only, `accepted` or `rejected`. @default all of the batch
     * @throws {NotFoundError} `batch.not-found`. @throws {ConflictError} `review.closed`, `review.too-late`
     */
    decide(
      batchId: BatchId,
      decision: ReviewDecision,
      options?: { readonly customerIds?: readonly CustomerId[] | null | undefined },
    ): Promise<Batch>;
    /** Tries a dead batch again. @throws {NotFoundError} `batch.not-found`. @throws {ConflictError} `dead-letter.closed` */
    redrive(batchId: BatchId): Promise<Batch>;
  };
  /** What became of each person, by ascending id. */
  readonly deliveries: Listing<DeliveryListOptions, Delivery> & {
    /** How many people of an occurrence are in which state for which reason; who was handed on counts where they are now. */
    reasons(occurrenceId: OccurrenceId): Promise<readonly ReasonCount[]>;
  };
  /** Calls of providers, by ascending id. */
  readonly attempts: Listing<AttemptListOptions, Attempt>;
  /** By ascending id. */
  readonly alarms: AlarmKit;
  /** Ways of people to pages of the merchant. */
  readonly links: LinkKit;
  /** Messages of templates to single addresses. */
  readonly messages: MessageKit;
  /** What people may claim, and what became of it. */
  readonly coupons: CouponKit;
  /** Images and files of messages. */
  readonly media: {
    /** Keeps an image for later messages. @returns its reference `media:<sha256>`. @throws {InputError} not a JPG or PNG, or over 10 MB */
    put(bytes: Uint8Array): Promise<string>;
  };
  /**
   * Runs a rule ahead of time: who would be contacted when, and why others would not. Writes and sends nothing.
   *
   * @param rule one that exists, or one that is only thought of
   * @throws {InputError} a rule or `days` that can't be. @throws {ConflictError} `channel.missing`
   */
  simulate(rule: Rule | RuleInput, options?: SimulateOptions): Promise<readonly SimulatedSlot[]>;
  /** Figures of one rule, or of all rules of the tenant. */
  report(ruleId?: RuleId, options?: ReportOptions): Promise<Report>;
  /**
   * How far people came: sent, accepted, delivered, viewed, clicked, claimed, redeemed, ordered, each with its denominator, of
   * all channels together and of each. {@link TenantKit.funnelPeople} tells who they are.
   */
  funnel(options?: FunnelOptions): Promise<Funnel>;
  /** One page of the deliveries of a step by ascending id, up to 200. */
  funnelPeople(options: FunnelPeopleOptions): Promise<Page<FunnelPerson>>;
  /** Which order is credited to which push, kept beside the ledger, so that reports need not search for it. */
  readonly conversions: ConversionKit;
  /** Figures of all pushes of a filter, with days and products. */
  statistics(options?: StatisticsOptions): Promise<Statistics>;
  /** Batches that were sent or tried, newest first, with their people; pages of at most 20. */
  readonly results: Listing<ResultListOptions, PushResult> & {
    /** A numbered page of the same list, for interfaces that show how many there are. */
    page(filter?: PushFilter, page?: NumberedPageRequest): Promise<NumberedPage<PushResult>>;
  };
}

/** RecallKit: the bootstrap tenant's API, the others by `forTenant`, and the engine. */
export interface RecallKit<S extends Stores = Stores> extends TenantKit {
  /** The stores that the kit was made with. */
  readonly stores: S;
  /** The kit of one merchant; asks no store. */
  forTenant(tenantId: TenantId): TenantKit;
  /**
   * The same API inside a transaction that the application has opened on a connection of its own: what it writes is committed
   * and rolled back with the application's rows. Each call is done as a whole or not at all; one that fails leaves the
   * transaction as it was, and is not repeated: after `storage.busy` the application repeats its transaction. Rejected rows
   * throw, see `onRejected`.
   *
   * Wait for each call before the transaction is ended. Calls that ask a channel or work for long are refused, and nothing
   * runs or is announced before the commit.
   *
   * @param hostTransaction what the engine of the stores knows: a Kysely `Transaction`, the driver's client or connection
   * @throws {StorageError} `transaction.unsupported`: the stores have none; `transaction.foreign`: of another engine. The calls
   *   throw `transaction.not-open`, `.aborted`, `.foreign`, `.isolation`, `.nested`, `.refused`, too
   */
  withTransaction(hostTransaction: object): RecallKit<S>;
  /** Whose a link is, by its token or code: public pages know no tenant. Undefined: nobody's. */
  resolveLink(tokenOrCode: string): Promise<ResolvedLink | undefined>;
  /**
   * Keeps the reader of a message from further ones on its channel, by the token of its `unsubscribe_link` (`/u/m/…`).
   *
   * @param options `isLook`: only tells whether the token is known. @default false. `scope`: those of the message's category, all of
   *   its channel, or all. @default "channel"
   */
  unsubscribeMessage(
    token: string,
    options?: { readonly isLook?: boolean | null | undefined; readonly scope?: UnsubscribeScope | null | undefined },
  ): Promise<MessageUnsubscribe>;
  /** Every channel that this process has called, of all merchants, and how it works now. */
  channelHealth(): readonly ChannelHealth[];
  /** Where the pages of links are; undefined: the option `links` was not given. */
  readonly linkPlace: LinkPlace | undefined;
  /** The merchants of this installation. */
  readonly tenants: {
    /** @throws {InputError} every fault at once */
    create(input: TenantInput): Promise<Tenant>;
    /** One page by ascending id. */
    list(options?: PageOptions): Promise<Page<Tenant>>;
    /** By ascending id, one after the other. */
    all(options?: PageOptions & WalkOptions): AsyncIterable<Tenant>;
  };
  /**
   * Plans, delivers and accounts until aborted, then waits for open calls. Any number of processes may run over the same
   * stores; every role has to be run by one of them at least.
   *
   * @param options `roles`: what this process does. @default both
   */
  run(options?: {
    readonly signal?: AbortSignal | null | undefined;
    readonly roles?: readonly EngineRole[] | null | undefined;
  }): Promise<void>;
  /**
   * Has the channels that the option `channels` makes, a function, made anew for one tenant or all: its account has changed.
   * Else a channel is kept for a minute, and made anew at once when its credentials are refused.
   */
  forgetChannels(tenantId?: TenantId): void;
  /** Does everything that is due now, once, for all tenants; for tests, command lines and one's own schedulers. */
  tick(): Promise<TickResult>;
  /**
   * Makes stores that were restored from a backup safe to send from: whatever they would send is looked up at the provider
   * first, what had not begun is recorded as skipped. Before `run`, while no other process works; cut off half-way it has to be
   * run again.
   *
   * @param options `resume`: only ends one that was cut off. @default false
   * @throws {RecallKitError} `occurrence.snapshot-unfinished`, retryable: its channel is away
   */
  reconcileFirst(options?: { readonly resume?: boolean | null | undefined }): Promise<ReconcileFirstResult>;
  /**
   * Removes what has outlived its time, of all tenants, and ends erasures that were waiting for a push. Call it now and
   * then, for example hourly; it works in pieces, and what it does not reach is left for the next call.
   */
  retain(options?: { readonly signal?: AbortSignal | null | undefined }): Promise<Retained>;
  /** Progress as it happens. @returns how to stop listening */
  on(listener: (event: KitEvent) => void): () => void;
  /** Ends `run` and closes the stores. */
  close(): Promise<void>;
}
