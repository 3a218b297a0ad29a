export type { AmountInput, MinorInput } from "./amount.js";
export type { AudiencePreview } from "./audience/audience.js";
export type { AudienceMember } from "./audience/audience-query.js";
export type { AudienceOptions, AudienceSource } from "./audience/audience-source.js";
export type { Explanation } from "./audience/explain.js";
export type { LapseWindowInput, SegmentInput, SegmentLabelsInput } from "./audience/segment-input.js";
export { type Clock, systemClock } from "./clock.js";
export type { Consent, ConsentInput, ConsentListOptions, ConsentRecord, ConsentStatus } from "./contact/consent.js";
export { CONTACT_REASONS, type ContactReason } from "./contact/contact-reason.js";
export type { Suppression, SuppressionInput, SuppressionListOptions } from "./contact/suppression.js";
export type { ContactPolicy, ContactPolicyInput } from "./contact/tenant-policy.js";
export type { BatchMember, PushResult } from "./conversion/push-result.js";
export type { Report, ReportOptions } from "./conversion/report.js";
export type {
  DayFigures,
  ProductFigures,
  PushFilter,
  ResultListOptions,
  Statistics,
  StatisticsOptions,
} from "./conversion/statistics.js";
export type { LabelAssignment } from "./customer/assign-labels.js";
export type { CustomerInput, Identities, IdentityType } from "./customer/customer.js";
export type { OrderIngestOptions } from "./customer/ingest-orders.js";
export { LABEL_KINDS, type Label, type LabelKind } from "./customer/label.js";
export type { PeopleMerge } from "./customer/merge-people.js";
export type { KeyWithName, NamedKey, OrderInput, OrderLineInput } from "./customer/order.js";
export type {
  CustomerIngestOptions,
  CustomerIngestResult,
  IngestCounts,
  IngestFaults,
  IngestOptions,
  IngestResult,
  OrderIngestResult,
  RowRejection,
} from "./customer/outcome.js";
export type { Erasure } from "./customer/person.js";
export type { LabelEntry } from "./customer/put-labels.js";
export type { Batch } from "./delivery/batch.js";
export type { CancelResult } from "./delivery/cancel.js";
export { REVIEW_DECISIONS, type ReviewDecision } from "./delivery/decide.js";
export type { Alarm, Attempt, Delivery } from "./delivery/delivery.js";
export type {
  AttemptListOptions,
  BatchListOptions,
  DeliveryListOptions,
  OccurrenceListOptions,
} from "./delivery/filters.js";
export type { Occurrence } from "./delivery/occurrence.js";
export type { OccurrenceStatus } from "./delivery/occurrence-status.js";
export {
  BATCH_STATES,
  type BatchState,
  DELIVERY_STATES,
  type DeliveryState,
  OCCURRENCE_KINDS,
  OCCURRENCE_STATES,
  type OccurrenceKind,
  type OccurrenceState,
} from "./delivery/states.js";
export type { TaskResult } from "./delivery/tasks.js";
export type { KitEvent } from "./engine/events.js";
export { DEFAULT_TIMINGS, type Timings } from "./engine/timings.js";
export {
  ChannelError,
  ConfigError,
  ConflictError,
  type ErrorCode,
  type ErrorCodes,
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
  OccurrenceId,
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
export { DEFAULT_RETENTION, type Retained, type Retention } from "./kit/retained.js";
export type { EngineRole, TickResult } from "./kit/roles.js";
export { type Logger, silentLogger, warningLogger } from "./logger.js";
export type { Listing, NumberedPage, NumberedPageRequest, Page, PageOptions, WalkOptions } from "./page.js";
export type { AlertSink } from "./ports/alert-sink.js";
export { type Random, systemRandom } from "./random.js";
export type { ContentPart, MessageContent } from "./rule/content.js";
export type { Rule, RuleDefinition, RuleStatus, RuleVersion } from "./rule/rule.js";
export type { RuleListFilter, RuleListOptions } from "./rule/rule-filter.js";
export type { AlertInput, FrequencyCapsInput, RuleInput, ScheduleSlotInput } from "./rule/rule-input.js";
export type { ForeseenPerson, NotContacted } from "./schedule/foresee.js";
export type { ContactPreview, PreviewOptions, PreviewWarning } from "./schedule/preview.js";
export type { RunOptions } from "./schedule/run-now.js";
export type { TestRecipients, TestResult } from "./schedule/send-test.js";
export type { SimulatedPerson, SimulatedSlot, SimulateOptions } from "./schedule/simulate-rule.js";
export type { TenantInput } from "./tenant/create-tenant.js";
export type { Tenant } from "./tenant/tenant.js";
export type { TenantPatch } from "./tenant/update-tenant.js";
