export type { AmountInput, DecimalLike, MinorInput } from "./amount.js";
export type { AudiencePreview, Explanation, PreviewStep } from "./audience/audience.js";
export type {
  AudienceMember,
  AudienceQuery,
  CountedOrders,
  CustomerFacts,
  LabelGroup,
} from "./audience/audience-query.js";
export type { AudienceOptions, AudienceSource, SegmentSource } from "./audience/audience-source.js";
export {
  type CompileContext,
  type CompiledSegment,
  compileSegment,
  windowInstants,
} from "./audience/compile-segment.js";
export {
  type LapseWindow,
  lapseWindowSchema,
  type Segment,
  segmentSchema,
} from "./audience/segment.js";
export type { LapseWindowInput, SegmentInput, SegmentLabelsInput } from "./audience/segment-input.js";
export { type Clock, systemClock } from "./clock.js";
export { CONTACT_REASONS, type ContactReason } from "./contact/contact-reason.js";
export { type CapPolicy, DEFAULT_FREQUENCY_CAPS, earliestCharge, type FrequencyCaps } from "./contact/frequency-cap.js";
export {
  type SuppressedReason,
  type Suppression,
  type SuppressionInput,
  type SuppressionListOptions,
  suppressedReason,
} from "./contact/suppression.js";
export type { ContactPolicy, ContactPolicyInput } from "./contact/tenant-policy.js";
export type { BatchMember, PushResult } from "./conversion/push-result.js";
export type { ReportOptions } from "./conversion/report.js";
export {
  type ConversionFigures,
  type ConversionQuery,
  DEFAULT_ATTRIBUTION_WINDOW_MS,
  type Report,
  reportOf,
} from "./conversion/report.js";
export type {
  DayFigures,
  ProductFigures,
  PushFilter,
  ResultListOptions,
  Statistics,
  StatisticsOptions,
} from "./conversion/statistics.js";
export type { LabelAssignment } from "./customer/assign-labels.js";
export {
  type Customer,
  type CustomerInput,
  IDENTITY_TYPES,
  type Identities,
  type IdentityType,
} from "./customer/customer.js";
export type { OrderIngestOptions } from "./customer/ingest-orders.js";
export { isCustomerLabel, LABEL_KINDS, type Label, type LabelKind, type LabelRef } from "./customer/label.js";
export {
  DEFAULT_COUNTED_STATUSES,
  type KeyWithName,
  type NamedKey,
  type Order,
  type OrderInput,
  type OrderLine,
  type OrderLineInput,
  uncountedFrom,
} from "./customer/order.js";
export type { IngestCounts, IngestOptions, IngestResult, OrderIngestResult, RowRejection } from "./customer/outcome.js";
export type { Erasure } from "./customer/person.js";
export type { LabelEntry } from "./customer/put-labels.js";
export type { Batch } from "./delivery/batch.js";
export type { CancelResult } from "./delivery/cancel.js";
export { REVIEW_DECISIONS, type ReviewDecision } from "./delivery/decide.js";
export type { Alarm, Attempt, Delivery, NewAlarm, TransitionRecord } from "./delivery/delivery.js";
export type {
  AttemptListOptions,
  BatchListOptions,
  DeliveryListOptions,
  OccurrenceListOptions,
} from "./delivery/filters.js";
export { batchMarker, type MarkerParts } from "./delivery/marker.js";
export type { Occurrence } from "./delivery/occurrence.js";
export type { OccurrenceStatus } from "./delivery/occurrence-status.js";
export {
  BATCH_STATES,
  type BatchState,
  DELIVERY_STATES,
  type DeliveryState,
  type EntityKind,
  FINAL_DELIVERY_STATES,
  FINAL_OCCURRENCE_STATES,
  HELD_BATCH_STATES,
  NOT_SENT_DELIVERY_STATES,
  OCCURRENCE_KINDS,
  OCCURRENCE_STATES,
  type OccurrenceKind,
  type OccurrenceState,
  RUNNING_OCCURRENCE_STATES,
  SENDING_BATCH_STATES,
  TRANSITIONS,
} from "./delivery/states.js";
export type { TaskResult } from "./delivery/tasks.js";
export { applyTransition, LeaseLostError, type Transition } from "./delivery/transition.js";
export { unconfiguredChannel } from "./delivery/unconfigured-channel.js";
export type { KitEvent } from "./engine/events.js";
export { DEFAULT_TIMINGS, type Timings } from "./engine/timings.js";
export { CORE_ERROR_CODES, type CoreErrorCode } from "./error-codes.js";
export {
  ChannelError,
  type ChannelErrorOptions,
  ConfigError,
  ConflictError,
  type EffectClass,
  type ErrorCode,
  type ErrorCodes,
  type ErrorOptions,
  InputError,
  type InputIssue,
  NotFoundError,
  RecallKitError,
  StorageError,
  TransportError,
} from "./errors.js";
export type {
  BatchId,
  CustomerId,
  DeliveryId,
  Id,
  OccurrenceId,
  OrderId,
  RuleId,
  SuppressionId,
  TenantId,
} from "./id.js";
export { type Ids, systemIds } from "./ids.js";
export type { InstantInput } from "./instant.js";
export { createRecallKit } from "./kit/create-recallkit.js";
export type { RecallKit, TenantKit } from "./kit/kit.js";
export type { RecallKitOptions } from "./kit/options.js";
export type { ReconcileFirstResult } from "./kit/reconcile-first.js";
export { DEFAULT_RETENTION, type Retained, type Retention } from "./kit/retention.js";
export type { TickResult } from "./kit/run-loops.js";
export { ENGINE_ROLES, type EngineRole } from "./kit/run-loops.js";
export { memoryLeases } from "./leases.js";
export {
  addDays,
  DEFAULT_TIME_ZONE,
  formatLocal,
  type IsoWeekday,
  instantOf,
  isLocalDate,
  isLocalTime,
  isTimeZone,
  type LocalDate,
  type LocalTime,
  localDateOf,
  parseInstant,
  startOfDay,
  weekdayOf,
} from "./local-time.js";
export { type LogFields, type Logger, silentLogger, warningLogger } from "./logger.js";
export { imageType, MAX_IMAGE_BYTES, storedImage } from "./media.js";
export {
  currencyDecimals,
  majorToMinor,
  minorToMajor,
  parseDecimal,
  roundToMinor,
  type TenThousandths,
  toSafeMinor,
} from "./money.js";
export {
  cursorToId,
  type Listing,
  type ListPosition,
  MAX_PAGE_SIZE,
  type NumberedPage,
  type NumberedPageRequest,
  type Page,
  type PageOptions,
  type PageRequest,
  pageLimit,
  pageOf,
  type WalkOptions,
} from "./page.js";
export type { AlertSink } from "./ports/alert-sink.js";
export type { AttemptFilter, AttemptStore } from "./ports/attempt-store.js";
export type { AudienceStore } from "./ports/audience-store.js";
export type {
  BatchFilter,
  BatchKey,
  BatchPatch,
  BatchStore,
  BatchWork,
  ChannelKey,
  ClaimScope,
  NewBatch,
  TriedFilter,
} from "./ports/batch-store.js";
export {
  type CallOptions,
  type Capability,
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type FoundMessage,
  type LookUpQuery,
  type OutgoingBatch,
  type Recipient,
  type SendOptions,
  type SendOutcome,
  type SendWarning,
} from "./ports/channel.js";
export type { ClaimTerms } from "./ports/claim-terms.js";
export type { ConversionStore, Period } from "./ports/conversion-store.js";
export type { CustomerStore, IdentityOwner, NewCustomer } from "./ports/customer-store.js";
export type {
  AcceptedMessage,
  BatchPerson,
  DeliveryCounts,
  DeliveryFilter,
  DeliveryPatch,
  DeliverySelector,
  DeliveryStore,
  GateSelector,
  MemberOutlook,
  OutlookPage,
  SnapshotPage,
} from "./ports/delivery-store.js";
export type { HttpRequest, HttpResponse, HttpTransport } from "./ports/http-transport.js";
export type { IdempotencyClaim, IdempotencyKey, IdempotencyStore, StoredAnswer } from "./ports/idempotency-store.js";
export type { ImageSource } from "./ports/image-source.js";
export type { LabelStore } from "./ports/label-store.js";
export type { HeldLease, Leases } from "./ports/leases.js";
export type { AlarmStore, AuditStore, ConfigStore, MediaStore, StoredMedia } from "./ports/ledger-stores.js";
export type { NewOccurrence, OccurrenceFilter, OccurrencePatch, OccurrenceStore } from "./ports/occurrence-store.js";
export type { OrderStore, OrderWrite, StoredOrder } from "./ports/order-store.js";
export type { ErasedOptOut, PersonOrder, PersonRecord, PersonStore } from "./ports/person-store.js";
export type { Permit, RateLimit, RateLimiter } from "./ports/rate-limiter.js";
export { RETAINED_KINDS, type RetainedKind, type RetentionStore } from "./ports/retention-store.js";
export type { RowLock } from "./ports/row-lock.js";
export type { RuleFilter, RuleStore } from "./ports/rule-store.js";
export type { Stores } from "./ports/stores.js";
export type { SuppressionFilter, SuppressionStore } from "./ports/suppression-store.js";
export type { TenantStore } from "./ports/tenant-store.js";
export type { CachedValue, TokenCache } from "./ports/token-cache.js";
export type { WakeUps } from "./ports/wake-ups.js";
export { type Random, systemRandom } from "./random.js";
export { memoryRateLimiter } from "./rate-limiter.js";
export {
  type ContentPart,
  contentSchema,
  imageRefSchema,
  type MessageContent,
  mediaHash,
} from "./rule/content.js";
export { parseRule } from "./rule/parse-rule.js";
export { BUILT_IN_VARIABLES, PERSONAL_VARIABLES } from "./rule/render.js";
export {
  LATER_RULE_PARTS,
  type Rule,
  type RuleDefinition,
  type RuleStatus,
  type RuleVersion,
  ruleDefinitionSchema,
  type ScheduleSlot,
} from "./rule/rule.js";
export type { RuleListFilter, RuleListOptions } from "./rule/rule-filter.js";
export type { AlertInput, FrequencyCapsInput, RuleInput, ScheduleSlotInput } from "./rule/rule-input.js";
export { everFires, nextSlot, type SlotTime, slotsBetween } from "./rule/slots.js";
export { renderTemplate, unknownVariables, variablesOf } from "./rule/template.js";
export type { ForeseenPerson, NotContacted, NotContactedReason } from "./schedule/foresee.js";
export type { ContactPreview, PreviewOptions, PreviewWarning } from "./schedule/preview.js";
export type { RunOptions } from "./schedule/run-now.js";
export type { TestRecipients, TestResult } from "./schedule/send-test.js";
export type { SimulatedPerson, SimulatedSlot, SimulateOptions } from "./schedule/simulate-rule.js";
export { deriveKey } from "./secret/derive-key.js";
export { type KeyRing, type KeyRingOptions, keyRing, type SealedPlace } from "./secret/key-ring.js";
export type { TenantInput } from "./tenant/create-tenant.js";
export { BOOTSTRAP_TENANT_ID, type Change, type Tenant } from "./tenant/tenant.js";
export type { TenantPatch } from "./tenant/update-tenant.js";
export {
  byteLength,
  compareBytes,
  hasControlCharacters,
  normaliseText,
  rowHash,
  searchForm,
  sha256Hex,
} from "./text.js";
export { memoryTokenCache } from "./token-cache.js";
export { checkInput, issuesOf, parseInput } from "./zod-issues.js";
