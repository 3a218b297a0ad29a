import { expectTypeOf, test } from "vitest";
import type * as z from "zod";
import type { AudienceOptions, audienceOptionsSchema } from "./audience/audience-source.js";
import type { segmentSchema } from "./audience/segment.js";
import type { SegmentInput } from "./audience/segment-input.js";
import type { ConsentInput, ConsentListOptions } from "./contact/consent.js";
import type { consentFilterSchema, consentSchema } from "./contact/consents.js";
import type { SuppressionInput, SuppressionListOptions } from "./contact/suppression.js";
import type { suppressionFilterSchema, suppressionSchema } from "./contact/suppressions.js";
import type { ContactPolicyInput, policySchema } from "./contact/tenant-policy.js";
import type {
  pushFilterSchema,
  reportOptionsSchema,
  resultListSchema,
  statisticsOptionsSchema,
} from "./conversion/options.js";
import type { ReportOptions } from "./conversion/report.js";
import type { PushFilter, ResultListOptions, StatisticsOptions } from "./conversion/statistics.js";
import type { assignmentSchema, LabelAssignment } from "./customer/assign-labels.js";
import type { CustomerInput } from "./customer/customer.js";
import type { customerInputSchema } from "./customer/customer-schema.js";
import type { OrderInput, OrderLineInput } from "./customer/order.js";
import type { orderInputSchema } from "./customer/order-schema.js";
import type { entrySchema, LabelEntry } from "./customer/put-labels.js";
import type { cancelOptionsSchema } from "./delivery/cancel.js";
import type { decideOptionsSchema } from "./delivery/decide.js";
import type {
  AttemptListOptions,
  attemptFilterSchema,
  BatchListOptions,
  batchFilterSchema,
  DeliveryListOptions,
  deliveryFilterSchema,
  OccurrenceListOptions,
  occurrenceFilterSchema,
} from "./delivery/filters.js";
import type { OccurrenceId } from "./id.js";
import type { channelNameSchema } from "./input.js";
import type { RecallKit } from "./kit/kit.js";
import type { MessageContent, sharedParts } from "./rule/content.js";
import type { ruleDefinitionSchema } from "./rule/rule.js";
import type { RuleListFilter, RuleListOptions, ruleFilterSchema, ruleListSchema } from "./rule/rule-filter.js";
import type { RuleInput } from "./rule/rule-input.js";
import type { PreviewOptions, previewOptionsSchema } from "./schedule/preview.js";
import type { RunOptions, runOptionsSchema } from "./schedule/run-now.js";
import type { recipientsSchema, TestRecipients } from "./schedule/send-test.js";
import type { SimulateOptions, simulateOptionsSchema } from "./schedule/simulate-rule.js";
import type { TenantInput, tenantInputSchema } from "./tenant/create-tenant.js";
import type { TenantPatch, tenantPatchSchema } from "./tenant/update-tenant.js";
import type { NullsAllowed } from "./without-nulls.js";

type Frozen<T> = T extends
  | Date
  | ((...given: never[]) => unknown)
  | number
  | string
  | bigint
  | boolean
  | null
  | undefined
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };
/** What a schema takes, as an interface says it: read only, and null where something may be absent. */
type Taken<S extends z.ZodType> = Frozen<NullsAllowed<z.input<S>>>;
/** Both have the same fields, and each may be given for the other. */
type Same<A, B> = [keyof A, keyof B, A, B] extends [keyof B, keyof A, B, A] ? true : false;

type Order = Taken<ReturnType<typeof orderInputSchema>>;
// Content may hold JSON of any depth: the parts that every channel has are compared by themselves.
type Rule = Frozen<NullsAllowed<Omit<z.input<typeof ruleDefinitionSchema>, "content" | "contents">>>;

test("every written interface is what its schema takes", () => {
  expectTypeOf<Same<CustomerInput, Taken<typeof customerInputSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<OrderInput, Order>>().toEqualTypeOf<true>();
  expectTypeOf<Same<OrderLineInput, NonNullable<Order["lines"]>[number]>>().toEqualTypeOf<true>();
  expectTypeOf<Same<LabelAssignment, Taken<typeof assignmentSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<LabelEntry, Taken<typeof entrySchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<ConsentInput, Taken<typeof consentSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<SuppressionInput, Taken<typeof suppressionSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<SegmentInput, Taken<typeof segmentSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<TenantInput, Taken<typeof tenantInputSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<TenantPatch, Taken<typeof tenantPatchSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<TestRecipients, Taken<typeof recipientsSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<ContactPolicyInput, Taken<typeof policySchema>>>().toEqualTypeOf<true>();
  type Parts = Frozen<{ [Part in keyof typeof sharedParts]?: z.input<(typeof sharedParts)[Part]> }>;
  expectTypeOf<Same<Pick<MessageContent, keyof Parts>, Parts>>().toEqualTypeOf<true>();
  expectTypeOf<NonNullable<RuleInput["channel"]>>().toEqualTypeOf<z.input<typeof channelNameSchema>>();
  // The channel is filled in before the schema looks.
  expectTypeOf<
    Same<Omit<RuleInput, "channel" | "content" | "contents">, Omit<Rule, "channel">>
  >().toEqualTypeOf<true>();
  expectTypeOf<Exclude<keyof RuleInput, "content" | "contents">>().toEqualTypeOf<keyof Rule>();
});

test("every filter and every option is what its schema takes", () => {
  expectTypeOf<Same<OccurrenceListOptions, Taken<typeof occurrenceFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<BatchListOptions, Taken<typeof batchFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<DeliveryListOptions, Taken<typeof deliveryFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<AttemptListOptions, Taken<typeof attemptFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<RuleListFilter, Taken<typeof ruleFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<RuleListOptions, Taken<typeof ruleListSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<ConsentListOptions, Taken<typeof consentFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<SuppressionListOptions, Taken<typeof suppressionFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<PushFilter, Taken<typeof pushFilterSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<ResultListOptions, Taken<typeof resultListSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<ReportOptions, Taken<typeof reportOptionsSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<StatisticsOptions, Taken<typeof statisticsOptionsSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<AudienceOptions, Taken<typeof audienceOptionsSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<keyof PreviewOptions>().toEqualTypeOf<keyof Taken<typeof previewOptionsSchema>>();
  expectTypeOf<Same<RunOptions, Taken<typeof runOptionsSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<keyof SimulateOptions>().toEqualTypeOf<keyof Taken<typeof simulateOptionsSchema>>();
  type Cancel = NonNullable<Parameters<RecallKit["occurrences"]["cancel"]>[1]>;
  expectTypeOf<Same<Cancel, Taken<typeof cancelOptionsSchema>>>().toEqualTypeOf<true>();
  type Decide = NonNullable<Parameters<RecallKit["batches"]["decide"]>[2]>;
  expectTypeOf<Same<Decide, Taken<typeof decideOptionsSchema>>>().toEqualTypeOf<true>();
});

test("the id of one noun is no id of another, and any number is", () => {
  const use = (kit: RecallKit, occurrence: { readonly id: OccurrenceId }) => {
    // @ts-expect-error an occurrence's id names no rule
    kit.rules.get(occurrence.id);
    // @ts-expect-error nor a batch
    kit.batches.get(occurrence.id);
    kit.occurrences.status(occurrence.id);
    kit.rules.get(42);
    kit.rules.get(Number("42"));
    const plain: number = occurrence.id;
    return plain;
  };
  expectTypeOf(use).toBeFunction();
});
