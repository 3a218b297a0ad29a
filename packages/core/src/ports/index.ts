export type { DecimalLike } from "../amount.js";
export { type AsyncScope, asyncScope } from "../async-scope.js";
export type { PreviewStep } from "../audience/audience.js";
export type {
  AudienceCondition,
  BasicMatch,
  BirthdayMatch,
  CompositeMatch,
  ConsentMatch,
  EngagementMatch,
  Instants,
  OrdersMatch,
  PeopleMatch,
  ProductMatch,
  Range,
  ReachableMatch,
} from "../audience/audience-condition.js";
export type {
  AttributeMatch,
  AudienceOrder,
  AudienceQuery,
  AudienceRow,
  CountedOrders,
  CustomerFacts,
  LabelGroup,
  OrderWindow,
} from "../audience/audience-query.js";
export type { SegmentSource } from "../audience/audience-source.js";
export type { ConditionName } from "../audience/compile-conditions.js";
export { type CompileContext, type CompiledSegment, compileSegment } from "../audience/compile-segment.js";
export { windowInstants } from "../audience/days-ago.js";
export type {
  SavedSegment,
  SavedSegmentInput,
  SegmentListOptions,
  SegmentSize,
  SegmentUsers,
} from "../audience/saved-segment.js";
export { type LapseWindow, lapseWindowSchema, type Segment, segmentSchema } from "../audience/segment.js";
export type {
  AttributeConditionInput,
  BirthdayConditionInput,
  ConsentConditionInput,
  DaysAgoInput,
  EngagementConditionInput,
  OrdersConditionInput,
  OverdueInput,
  ProductConditionInput,
  RangeInput,
} from "../audience/segment-input.js";
export { CONSENT_STATUSES, isConsented, MARKETING_PURPOSE, replacesConsent } from "../contact/consent.js";
export {
  type CapPolicy,
  DEFAULT_FREQUENCY_CAPS,
  earliestCharge,
  type FrequencyCaps,
} from "../contact/frequency-cap.js";
export { isOverQuota, type QuotaPolicy, quotaPolicy, type ReceiveQuota } from "../contact/receive-quota.js";
export type { MessageCost } from "../contact/spend-limit.js";
export {
  ALL_MARKETING,
  type SuppressedReason,
  strongerReason,
  suppressedReason,
  suppressionChannels,
} from "../contact/suppression.js";
export {
  FUNNEL_STEPS,
  type Funnel,
  type FunnelCounts,
  type FunnelOptions,
  type FunnelPart,
  type FunnelPeopleOptions,
  type FunnelPerson,
  type FunnelScope,
  type FunnelStep,
  type FunnelStepName,
} from "../conversion/funnel.js";
export {
  type ConversionFigures,
  type ConversionQuery,
  DEFAULT_ATTRIBUTION_WINDOW_MS,
  reportOf,
} from "../conversion/report.js";
export {
  CLAIM_STATES,
  type Claim,
  type ClaimInput,
  type ClaimListOptions,
  type ClaimOutcome,
  type ClaimState,
  type ClaimStep,
  type Coupon,
  type CouponInput,
  type CouponListOptions,
  type CouponPatch,
  type CouponReport,
} from "../coupon/coupon.js";
export type { ExpiredClaims } from "../coupon/expire-due.js";
export { type Customer, IDENTITY_TYPES } from "../customer/customer.js";
export { type RivalDelivery, standsBefore } from "../customer/kept-delivery.js";
export { isCustomerLabel, type LabelRef } from "../customer/label.js";
export { DEFAULT_COUNTED_STATUSES, type Order, type OrderLine, uncountedFrom } from "../customer/order.js";
export type { Confirmation, NewAlarm, ReasonCount, TransitionRecord } from "../delivery/delivery.js";
export { HANDED_ON_REASONS, KEPT_REFUSALS } from "../delivery/fall-back-reasons.js";
export { batchMarker, type MarkerParts } from "../delivery/marker.js";
export {
  type EntityKind,
  FINAL_DELIVERY_STATES,
  FINAL_OCCURRENCE_STATES,
  HELD_BATCH_STATES,
  NOT_SENT_DELIVERY_STATES,
  RUNNING_OCCURRENCE_STATES,
  SENDING_BATCH_STATES,
  TRANSITIONS,
} from "../delivery/states.js";
export { applyTransition, LeaseLostError, type Transition } from "../delivery/transition.js";
export { unconfiguredChannel } from "../delivery/unconfigured-channel.js";
export { type Admission, type AdmissionLimits, createAdmission } from "../engine/admission.js";
export { type AnnounceDueOptions, announceDue } from "../engine/announce-due.js";
export type { ChannelHealth } from "../engine/breaker.js";
export { createDrain, type Drain, type OfferedWork } from "../engine/drain.js";
export { createElasticPool, type ElasticPool, type PoolGauge, type PoolSettings } from "../engine/elastic-pool.js";
export { checkAnnouncements, PRIORITY_WEIGHTS, priorityClassOf } from "../engine/priority-classes.js";
export { CORE_ERROR_CODES, type CoreErrorCode } from "../error-codes.js";
export type { ChannelErrorOptions, EffectClass, ErrorOptions } from "../errors.js";
export type {
  ClaimId,
  CouponId,
  DeliveryId,
  Id,
  LinkId,
  MessageBatchId,
  MessageId,
  MessageTemplateId,
  OrderId,
} from "../id.js";
export type { CouponKit } from "../kit/coupon-kit.js";
export type { CustomerKit } from "../kit/customer-kit.js";
export type { LinkKit } from "../kit/link-kit.js";
export type {
  MessageKit,
  MessageSendOptions,
  MessagesWaiting,
  TemplateKit,
  TemplateListOptions,
} from "../kit/message-kit.js";
export { ENGINE_ROLES } from "../kit/roles.js";
export { memoryLeases } from "../leases.js";
export type { ResolvedLink } from "../link/find-link.js";
export {
  type IssuedLink,
  type Link,
  type LinkInput,
  type LinkListOptions,
  type LinkOptions,
  type LinksToRevoke,
  type LinkView,
  type UnsubscribeOutcome,
  VISIT_KINDS,
  type VisitKind,
} from "../link/link.js";
export type { LinkSeed } from "../link/link-keys.js";
export { addressesOf, type LinkAddresses, type LinkPlace, type PageAddress } from "../link/link-place.js";
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
} from "../local-time.js";
export type { LogFields } from "../logger.js";
export { imageType, MAX_IMAGE_BYTES, storedImage } from "../media.js";
export type { Message, MessageBatch } from "../message/message.js";
export {
  type BatchRecipientInput,
  type MessageBatchInput,
  type MessageCounts,
  type MessageEvent,
  type MessageGathering,
  type MessageInput,
  type MessageListOptions,
  type MessageProgress,
  type MessageRejection,
  type SentMessage,
  TRACE_NODES,
  type TraceNode,
} from "../message/message.js";
export type { MessageDay, MessageFigures, MessageStatistics } from "../message/message-statistics.js";
export { DEFAULT_PRIORITY, LANES, type Lane, laneName, laneOf, MAX_PRIORITY } from "../message/priority.js";
export { MAX_BATCH_RECIPIENTS } from "../message/send-schema.js";
export { FINAL_MESSAGE_STATES, MESSAGE_STATES, MESSAGE_TRANSITIONS, type MessageState } from "../message/states.js";
export type { MessageTemplate, TemplateDefinition, TemplateStatus } from "../message/template.js";
export {
  TEMPLATE_STATUSES,
  type TemplateVariable,
  type TemplateVersion,
  VARIABLE_TYPES,
  type VariableType,
} from "../message/template.js";
export type { TemplatePreview } from "../message/template-calls.js";
export type { TemplateInput } from "../message/template-schema.js";
export { type MessageTrace, TRACE_MS, type TraceStep } from "../message/trace.js";
export type { MessageUnsubscribe, UnsubscribeScope } from "../message/unsubscribe-message.js";
export {
  currencyDecimals,
  majorToMinor,
  minorToMajor,
  parseDecimal,
  roundToMinor,
  type TenThousandths,
  toSafeMinor,
} from "../money.js";
export { cursorToId, type ListPosition, MAX_PAGE_SIZE, type PageRequest, pageBy, pageLimit, pageOf } from "../page.js";
export { memoryRateLimiter } from "../rate-limiter.js";
export { contentSchema, imageRefSchema, mediaHash } from "../rule/content.js";
export { parseRule } from "../rule/parse-rule.js";
export { BUILT_IN_VARIABLES, LINK_VARIABLES, PERSONAL_VARIABLES } from "../rule/render.js";
export { LATER_RULE_PARTS, ruleDefinitionSchema, type ScheduleSlot } from "../rule/rule.js";
export { everFires, nextSlot, type SlotTime, slotsBetween } from "../rule/slots.js";
export { escapeMarkup, renderTemplate, unknownVariables, variablesOf } from "../rule/template.js";
export type { NotContactedReason } from "../schedule/foresee.js";
export type { ListRejection, PeopleList, SentList } from "../schedule/send-list.js";
export { deriveKey } from "../secret/derive-key.js";
export { type KeyRing, type KeyRingOptions, keyRing, type SealedPlace } from "../secret/key-ring.js";
export { BOOTSTRAP_TENANT_ID, type Change } from "../tenant/tenant.js";
export {
  byteLength,
  compareBytes,
  hasControlCharacters,
  normaliseText,
  rowHash,
  searchForm,
  sha256Hex,
} from "../text.js";
export { memoryTokenCache } from "../token-cache.js";
export { memoryWorkQueue } from "../work-queue.js";
export { checkInput, issuesOf, parseInput } from "../zod-issues.js";
export type { AttemptFilter, AttemptStore } from "./attempt-store.js";
export type { AudienceStore } from "./audience-store.js";
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
} from "./batch-store.js";
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
} from "./channel.js";
export type { ClaimTerms } from "./claim-terms.js";
export type { ConsentFilter, ConsentStore } from "./consent-store.js";
export type { ConversionStore, Period, RollUpStep } from "./conversion-store.js";
export type {
  ClaimEvent,
  ClaimEventKind,
  ClaimFilter,
  ClaimPatch,
  CouponFigures,
  CouponStore,
  CouponWrite,
  NewClaim,
  NewCoupon,
} from "./coupon-store.js";
export type {
  AttributeDefinition,
  AttributeValue,
  AttributeWrite,
  CustomerStore,
  IdentityOwner,
  NewCustomer,
} from "./customer-store.js";
export type {
  AcceptedMessage,
  BatchPerson,
  DeliveryCounts,
  DeliveryFilter,
  DeliveryHistory,
  DeliveryPatch,
  DeliverySelector,
  DeliveryStore,
  GateSelector,
  HandedOn,
  HandOn,
  MemberOutlook,
  OutlookPage,
  SnapshotPage,
} from "./delivery-store.js";
export type { HttpRequest, HttpResponse, HttpTransport } from "./http-transport.js";
export type { IdempotencyClaim, IdempotencyKey, IdempotencyStore, StoredAnswer } from "./idempotency-store.js";
export type { ImageSource } from "./image-source.js";
export type { Intent, IntentAnswer, IntentClassifier, IntentRequest } from "./intent-classifier.js";
export {
  JOB_CAUSES,
  JOB_RUN_STATES,
  type JobCause,
  type JobClaim,
  type JobFiring,
  type JobOverlap,
  type JobRun,
  type JobRunEnd,
  type JobRunFilter,
  type JobRunState,
  type JobStore,
  type NewJobRun,
  type StoredJob,
} from "./job-store.js";
export type { LabelStore } from "./label-store.js";
export type { HeldLease, Leases } from "./leases.js";
export type { AlarmStore, AuditStore, ConfigStore, MediaStore, StoredMedia } from "./ledger-stores.js";
export type {
  FoundLink,
  LinkFilter,
  LinkStore,
  NewLink,
  SeededPerson,
  SharedPlace,
} from "./link-store.js";
export type {
  MessageCharge,
  MessageFigure,
  MessageFilter,
  MessageKey,
  MessageScope,
  MessageStore,
  MessageWork,
  MessageWrite,
  NewMessage,
  NewMessageBatch,
} from "./message-store.js";
export type {
  ListedPerson,
  NewOccurrence,
  OccurrenceFilter,
  OccurrencePatch,
  OccurrenceStore,
} from "./occurrence-store.js";
export type { OrderStore, OrderWrite, StoredOrder } from "./order-store.js";
export type { KnownPerson, MergedPeople, PersonData } from "./person-data.js";
export type { ErasedOptOut, MergedRows, PersonExport, PersonOrder, PersonRecord, PersonStore } from "./person-store.js";
export type { Permit, RateLimit, RateLimiter } from "./rate-limiter.js";
export { RETAINED_KINDS, type RetainedKind, type RetentionStore } from "./retention-store.js";
export type { RowLock } from "./row-lock.js";
export type { RuleFilter, RuleStore } from "./rule-store.js";
export type {
  ReservedCall,
  ScriptAnswer,
  ScriptBudget,
  ScriptCall,
  ScriptFacts,
  ScriptFailureReason,
  ScriptHint,
  ScriptLimits,
  ScriptRequest,
  ScriptRetry,
  ScriptTokens,
  ScriptWriter,
} from "./script-writer.js";
export type { SegmentFilter, SegmentSizeWrite, SegmentStore, SegmentWrite } from "./segment-store.js";
export type { HeldSpend, SpendEntry, SpendPeriod, SpendStore } from "./spend-store.js";
export type { Stores } from "./stores.js";
export type { SuppressionEntry, SuppressionFilter, SuppressionMatch, SuppressionStore } from "./suppression-store.js";
export type { TemplateFilter, TemplateStore } from "./template-store.js";
export type { StoredTenant, TenantStore, TenantWrite } from "./tenant-store.js";
export type { CachedValue, TokenCache } from "./token-cache.js";
export type { WakeUps } from "./wake-ups.js";
export {
  type AnnouncedWork,
  type ConsumeOptions,
  PRIORITY_CLASSES,
  type PriorityClass,
  type QueueDepth,
  type WorkAnnouncement,
  type WorkOutcome,
  type WorkQueue,
} from "./work-queue.js";
