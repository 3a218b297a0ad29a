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

/**
 * Who is meant, as plain data. Needs a lapse window, a label or an attribute, or `everybody: true`; all that is given must hold.
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
  /** Asks for all customers when there is no other condition. @default false */
  readonly everybody?: boolean | null | undefined;
}
