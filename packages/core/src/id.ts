declare const noun: unique symbol;

/**
 * Id of a row, 1 … 2^53 − 1: a plain number that remembers what it is of. Any number may be given where one is asked for, for
 * example one out of a URL; the id of another noun may not, so that `kit.rules.get(occurrence.id)` does not compile.
 */
export type Id<Noun extends string> = number & { readonly [noun]?: Noun };

export type TenantId = Id<"tenant">;
export type CustomerId = Id<"customer">;
export type OrderId = Id<"order">;
export type SegmentId = Id<"segment">;
export type RuleId = Id<"rule">;
export type OccurrenceId = Id<"occurrence">;
export type BatchId = Id<"batch">;
export type DeliveryId = Id<"delivery">;
export type SuppressionId = Id<"suppression">;
export type LinkId = Id<"link">;
export type CouponId = Id<"coupon">;
export type ClaimId = Id<"claim">;
export type MessageTemplateId = Id<"message template">;
export type MessageId = Id<"message">;
export type MessageBatchId = Id<"message batch">;
