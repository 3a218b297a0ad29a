import type { SegmentId } from "../id.js";

/** Age of the last order, in calendar days of the rule's zone, both ends in. */
export interface LapseWindowInput {
  /** Days since the order at least, 0 … 3650; 0 is today. */
  readonly minDays: number;
  /** Days since the order at most, 0 … 3650, and not below `minDays`. */
  readonly maxDays: number;
  /**
   * `last-order`: the newest counted order lies in the window, so that the customer has not come back.
   * `any-order`: some counted order lies in the window. @default "last-order"
   */
  readonly recency?: "last-order" | "any-order" | null | undefined;
}

/** Labels by kind, up to 1 000 keys each of 1 … 255 characters; an empty list counts as absent. */
export interface SegmentLabelsInput {
  /** Names of cities, of the person. */
  readonly city?: readonly string[] | null | undefined;
  /** Bind ids of stores, of an order. */
  readonly store?: readonly string[] | null | undefined;
  /** Bind ids of categories, of an order. */
  readonly category?: readonly string[] | null | undefined;
  /** Names of brands, of an order. */
  readonly brand?: readonly string[] | null | undefined;
  /** Bind ids of products, of an order. */
  readonly sku?: readonly string[] | null | undefined;
  /** What calls came to, of the person: `interested`, `reached`, `tag:interest_level=high`. */
  readonly call?: readonly string[] | null | undefined;
  /** How far somebody's project is and how they rated the service, of the person: `stage:in_sales`, `rating:5`. */
  readonly service?: readonly string[] | null | undefined;
}

/**
 * What an attribute of people (`customers.upsert`, `--attribute` of imports) has to be: either `in`, or `min` and `max`, or
 * `isSet`. An attribute that the tenant does not have, or of another type, matches nobody.
 */
export interface AttributeConditionInput {
  /** 1 … 64 characters. */
  readonly name: string;
  /** One of these, 1 … 1 000, compared as they are: texts, days `YYYY-MM-DD`, numbers or truth values. */
  readonly in?: readonly (string | number | boolean)[] | null | undefined;
  /** At least, included: a number, or a day `YYYY-MM-DD`. @default no bound */
  readonly min?: number | string | null | undefined;
  /** At most, included, of the type of `min`. @default no bound */
  readonly max?: number | string | null | undefined;
  /** Whether the person has the attribute at all. */
  readonly isSet?: boolean | null | undefined;
}

/** A number of a range, both ends in; at least one of them. */
export interface RangeInput {
  /** Not below it. @default no bound */
  readonly min?: number | null | undefined;
  /** Not above it. @default no bound */
  readonly max?: number | null | undefined;
}

/** Calendar days before the day of the question, in the rule's zone, both ends in. */
export interface DaysAgoInput {
  /** Days at least, 0 … 3650; 0 is that day. */
  readonly minDays: number;
  /** Days at most, 0 … 3650, and not below `minDays`. */
  readonly maxDays: number;
}

/** Somebody who is later than their own habit: longer without an order than `factor` times their average gap. */
export interface OverdueInput {
  /** How many average gaps have passed since the last order, and more, 1 … 100. @default 1.5 */
  readonly factor?: number | null | undefined;
  /** Orders that make a habit, 2 … 1 000. @default 3 */
  readonly minOrders?: number | null | undefined;
}

/** What somebody's counted orders are, taken together; at least one field, and all that is given must hold. */
export interface OrdersConditionInput {
  /** How many, whole numbers; `max: 0` are people who never bought. @default any number */
  readonly count?: RangeInput | null | undefined;
  /** What they cost less what was given back, in minor units; without orders 0. @default any amount */
  readonly totalMinor?: RangeInput | null | undefined;
  /** How long ago the first one was. @default whenever it was */
  readonly firstOrder?: DaysAgoInput | null | undefined;
  /** Days between two of them on average, 0 … 3650, parts of days too; needs two orders. @default any gap */
  readonly averageGapDays?: RangeInput | null | undefined;
  /** Later than their own habit. @default whether or not */
  readonly overdue?: OverdueInput | null | undefined;
}

/** Products bought, or never bought: at least one key, up to 1 000 of each kind, of which one is enough. */
export interface ProductConditionInput {
  /** Bind ids of products. */
  readonly sku?: readonly string[] | null | undefined;
  /** Bind ids of categories. */
  readonly category?: readonly string[] | null | undefined;
  /** Names of brands. */
  readonly brand?: readonly string[] | null | undefined;
  /** Bind ids of stores. */
  readonly store?: readonly string[] | null | undefined;
  /** False: none of them is in any counted order. @default true */
  readonly bought?: boolean | null | undefined;
  /** Only orders of these days. @default orders of any time */
  readonly within?: DaysAgoInput | null | undefined;
}

/** Whose birthday is near: it falls on one of these days, counted from the day of the question. Whose day of birth nobody knows is out. */
export interface BirthdayConditionInput {
  /** First day, -366 … 366; below 0: days that are over. @default 0 */
  readonly fromDays?: number | null | undefined;
  /** Last day, -366 … 366, included; at most 366 days in all, of the lunar calendar 62. */
  readonly toDays: number;
  /** By which calendar: the solar day of birth, or the lunar day (农历) that it was. @default "solar" */
  readonly calendar?: "solar" | "lunar" | null | undefined;
  /** When somebody born on 29 February has it in other years. @default "feb28" */
  readonly leapDay?: "feb28" | "mar1" | "leap-years-only" | null | undefined;
  /** When somebody born in a leap month (闰月) has it. @default "leap-month-first" */
  readonly leapMonth?: "leap-month-first" | "regular-month" | null | undefined;
  /** When somebody born on the 30th of a lunar month has it where the month has 29 days. @default "last-day" */
  readonly thirtieth?: "last-day" | "next-day" | "long-months-only" | null | undefined;
}

/** What somebody said about being contacted, by the last word for the channel and for all channels. */
export interface ConsentConditionInput {
  /** `unknown`: they never said anything. */
  readonly status: "granted" | "withdrawn" | "unknown";
  /** Name of a channel. @default only what was said of all channels */
  readonly channel?: string | null | undefined;
  /** What for, a lower-case word. @default "marketing" */
  readonly purpose?: string | null | undefined;
}

/** What earlier pushes came to with somebody. Tests are no pushes. */
export interface EngagementConditionInput {
  /**
   * `sent`: a provider took a message; `delivered`: it arrived by the provider's report; `clicked`: a link of it was followed,
   * or its coupon claimed; `claimed`: that; `converted`: an order is credited to it, as in reports.
   */
  readonly did: "sent" | "delivered" | "clicked" | "claimed" | "converted";
  /** True: it did not happen. @default false */
  readonly not?: boolean | null | undefined;
  /** Only in these calendar days before the question, and on its day, 0 … 3650. @default ever */
  readonly withinDays?: number | null | undefined;
  /** Only pushes of these rules, 1 … 100 ids. @default of every rule */
  readonly rules?: readonly number[] | null | undefined;
  /** Only pushes over this channel. @default over any */
  readonly channel?: string | null | undefined;
}

/**
 * Who is meant, as plain data. Needs a condition, or `everybody: true`; all that is given must hold. What names something that
 * the tenant does not know (a label, an attribute, a channel) matches nobody, also inside `none`, and previews warn of it.
 */
export interface SegmentInput {
  /** How long ago the last order was. @default whatever it was, also never */
  readonly lapse?: LapseWindowInput | null | undefined;
  /** What people or their orders are labelled with; a label that the library does not know matches nobody. @default any */
  readonly labels?: SegmentLabelsInput | null | undefined;
  /** `any`: one label suffices; `grouped`: one of each kind; `all`: every label. @default "any" */
  readonly labelMode?: "any" | "grouped" | "all" | null | undefined;
  /** What attributes of people have to be, up to 20; all must hold. An empty list counts as absent. @default any */
  readonly attributes?: readonly AttributeConditionInput[] | null | undefined;
  /** What their orders are, taken together. @default whatever */
  readonly orders?: OrdersConditionInput | null | undefined;
  /** What they bought or never bought, up to 20 conditions; all must hold. @default any */
  readonly products?: readonly ProductConditionInput[] | null | undefined;
  /** Whose birthday is near. @default whenever */
  readonly birthday?: BirthdayConditionInput | null | undefined;
  /** Only these people, by import key, 1 … 1 000. @default everybody */
  readonly customers?: readonly string[] | null | undefined;
  /** Who has an address on one of these channels, 1 … 10, and is not suppressed there. @default whether or not */
  readonly reachable?: readonly string[] | null | undefined;
  /** What they said about being contacted, up to 20 conditions; all must hold. @default whatever */
  readonly consents?: readonly ConsentConditionInput[] | null | undefined;
  /** What earlier pushes came to, up to 20 conditions; all must hold. @default whatever */
  readonly engagement?: readonly EngagementConditionInput[] | null | undefined;
  /**
   * Who is in a saved segment (`kit.segments`), by its id. It is taken as it is when the audience is, counts as a segment inside
   * this one, and an id that nobody has is a fault. @default none
   */
  readonly saved?: SegmentId | null | undefined;
  /** Segments that must all hold, 1 … 50; they nest up to 8 deep. @default none */
  readonly all?: readonly SegmentInput[] | null | undefined;
  /** Segments of which one must hold, 1 … 50. @default none */
  readonly any?: readonly SegmentInput[] | null | undefined;
  /** Segments of which none may hold, 1 … 50. @default none */
  readonly none?: readonly SegmentInput[] | null | undefined;
  /** Asks for all customers when there is no other condition. @default false */
  readonly everybody?: boolean | null | undefined;
}
