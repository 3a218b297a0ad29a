import type { DeliveryState } from "../delivery/states.js";
import type { CustomerId, DeliveryId } from "../id.js";
import type { InstantInput } from "../instant.js";
import type { PageOptions } from "../page.js";
import type { ConversionFigures } from "./report.js";

/** The steps of a recall in their order. */
export const FUNNEL_STEPS = [
  "sent",
  "accepted",
  "delivered",
  "viewed",
  "clicked",
  "claimed",
  "redeemed",
  "ordered",
] as const;
export type FunnelStepName = (typeof FUNNEL_STEPS)[number];

/** Which deliveries a funnel is taken of. Tests are left out. */
export interface FunnelScope {
  /** @default of all rules */
  readonly ruleId?: number | null | undefined;
  /** Only this firing. @default all */
  readonly occurrenceId?: number | null | undefined;
  /** Only over this channel. @default over all */
  readonly channel?: string | null | undefined;
  /** Only firings due at or after it. @default of all times */
  readonly from?: InstantInput | null | undefined;
  /** Only firings due before it. @default of all times */
  readonly to?: InstantInput | null | undefined;
}

/** What a funnel is taken of, and how long an order is credited. */
export interface FunnelOptions extends FunnelScope {
  /** How long after a touch an order is credited, ms; 1 ms … 100 years. @default 7 days */
  readonly windowMs?: number | null | undefined;
}

/**
 * People of a scope, each once, by what became of them. `sent`: the outcome at the provider is known. Whoever claimed by the
 * link of a message for many counts as having seen it; who only looked at it is nobody in particular.
 */
export interface FunnelCounts {
  /** Null: of all channels together. */
  readonly channel: string | null;
  /** Everybody who was meant. */
  readonly audience: number;
  /** The outcome at the provider is known. */
  readonly sent: number;
  /** The provider took the message, whatever followed. */
  readonly accepted: number;
  /** It reached the person, by the provider's report. */
  readonly delivered: number;
  /** The page of the link was looked at. */
  readonly viewed: number;
  /** Somebody was there on it. */
  readonly clicked: number;
  /** A coupon was claimed by the link. */
  readonly claimed: number;
  /** A claim is used. */
  readonly redeemed: number;
  /** The outcome at the provider is not known. */
  readonly unknown: number;
}

/** One step: how many, of how many. */
export interface FunnelStep {
  /** Which it is. */
  readonly step: FunnelStepName;
  /** Who came to it. */
  readonly people: number;
  /** Step whose people are the denominator. */
  readonly of: FunnelStepName | "audience";
  /** People of that step. */
  readonly denominator: number;
  /** `people ÷ denominator`, 0 … 1; null without a denominator. */
  readonly rate: number | null;
}

/** The steps of one channel, or of all. */
export interface FunnelPart {
  /** Null: of all channels together. */
  readonly channel: string | null;
  /** Everybody who was meant. */
  readonly audience: number;
  /** The outcome at the provider is not known. */
  readonly unknown: number;
  /** In their order. */
  readonly steps: readonly FunnelStep[];
  /** Credited orders. */
  readonly orders: number;
  /** What they brought before refunds, minor units. */
  readonly revenueMinor: number;
  /** What was refunded of it, minor units. */
  readonly refundedMinor: number;
}

/** A funnel as a whole and by channel. */
export interface Funnel extends FunnelPart {
  /** The same of each channel. */
  readonly byChannel: readonly FunnelPart[];
  /** ISO 4217 code of all amounts. */
  readonly currency: string;
  /** How long after a touch an order was credited, ms. */
  readonly windowMs: number;
  /** Instant that the figures hold for, epoch ms. */
  readonly asOf: number;
}

/** People of a step, or those of its denominator who did not come to it. */
export interface FunnelPeopleOptions extends FunnelOptions, PageOptions {
  /** Whose people. */
  readonly step: FunnelStepName;
  /** False: those who were sent to and did not come to the step. @default true */
  readonly reached?: boolean | null | undefined;
}

/** One delivery of a funnel, with what its person did. */
export interface FunnelPerson {
  /** Unique in the installation. */
  readonly deliveryId: DeliveryId;
  /** Whose delivery it is. */
  readonly customerId: CustomerId;
  /** Import key. */
  readonly externalKey: string;
  /** Firing that it belongs to. */
  readonly occurrenceId: number;
  /** Name of the channel. */
  readonly channel: string;
  /** Where it stands. */
  readonly state: DeliveryState;
  /** Why, in a word of the engine or of the provider. */
  readonly reason: string | null;
  /** When the provider took it, epoch ms; null: it did not. */
  readonly acceptedAt: number | null;
  /** When it reached the person, epoch ms; null: nobody says so. */
  readonly deliveredAt: number | null;
  /** When the page was first looked at, epoch ms; null: it was not. */
  readonly viewedAt: number | null;
  /** When somebody was first there, epoch ms; null: nobody was. */
  readonly clickedAt: number | null;
  /** When a coupon was first claimed, epoch ms; null: none was. */
  readonly claimedAt: number | null;
}

/** Whose people each step is compared with. */
const DENOMINATORS: Readonly<Record<FunnelStepName, FunnelStepName | "audience">> = {
  sent: "audience",
  accepted: "sent",
  delivered: "accepted",
  // Not every provider tells of deliveries, and what it took may be read.
  viewed: "accepted",
  clicked: "viewed",
  claimed: "viewed",
  redeemed: "claimed",
  ordered: "accepted",
};

/** Counts and credited orders as steps with their denominators. */
export function funnelPart(
  counts: FunnelCounts,
  {
    orders,
    buyers,
    revenueMinor,
    refundedMinor,
  }: Pick<ConversionFigures, "orders" | "buyers" | "revenueMinor" | "refundedMinor">,
): FunnelPart {
  const { channel, audience, unknown } = counts;
  const people = { ...counts, ordered: buyers };
  const steps = FUNNEL_STEPS.map((step): FunnelStep => {
    const of = DENOMINATORS[step];
    const denominator = people[of];
    return { step, people: people[step], of, denominator, rate: denominator === 0 ? null : people[step] / denominator };
  });
  return { channel, audience, unknown, steps, orders, revenueMinor, refundedMinor };
}
