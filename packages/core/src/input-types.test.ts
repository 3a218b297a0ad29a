import { expectTypeOf, test } from "vitest";
import type * as z from "zod";
import type { segmentSchema } from "./audience/segment.js";
import type { SegmentInput } from "./audience/segment-input.js";
import type { SuppressionInput } from "./contact/suppression.js";
import type { suppressionSchema } from "./contact/suppressions.js";
import type { assignmentSchema, LabelAssignment } from "./customer/assign-labels.js";
import type { CustomerInput } from "./customer/customer.js";
import type { customerInputSchema } from "./customer/customer-schema.js";
import type { OrderInput, OrderLineInput } from "./customer/order.js";
import type { orderInputSchema } from "./customer/order-schema.js";
import type { entrySchema, LabelEntry } from "./customer/put-labels.js";
import type { OccurrenceId } from "./id.js";
import type { RecallKit } from "./kit/kit.js";
import type { ruleDefinitionSchema } from "./rule/rule.js";
import type { RuleInput } from "./rule/rule-input.js";
import type { recipientsSchema, TestRecipients } from "./schedule/send-test.js";
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
// Content may hold JSON of any depth, and has an interface of its own that its schema is typed by.
type Rule = Frozen<NullsAllowed<Omit<z.input<typeof ruleDefinitionSchema>, "content">>>;

test("every written interface is what its schema takes", () => {
  expectTypeOf<Same<CustomerInput, Taken<typeof customerInputSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<OrderInput, Order>>().toEqualTypeOf<true>();
  expectTypeOf<Same<OrderLineInput, NonNullable<Order["lines"]>[number]>>().toEqualTypeOf<true>();
  expectTypeOf<Same<LabelAssignment, Taken<typeof assignmentSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<LabelEntry, Taken<typeof entrySchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<SuppressionInput, Taken<typeof suppressionSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<SegmentInput, Taken<typeof segmentSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<TenantInput, Taken<typeof tenantInputSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<TenantPatch, Taken<typeof tenantPatchSchema>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<TestRecipients, Taken<typeof recipientsSchema>>>().toEqualTypeOf<true>();
  // The channel is filled in before the schema looks.
  expectTypeOf<Same<Omit<RuleInput, "channel" | "content">, Omit<Rule, "channel">>>().toEqualTypeOf<true>();
  expectTypeOf<Exclude<keyof RuleInput, "content">>().toEqualTypeOf<keyof Rule>();
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
