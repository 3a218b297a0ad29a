import { parseInput } from "@recallkit/core/ports";
import * as z from "zod";
import { DECIMAL_MARKS, type DecimalMark } from "../amount/amount-text.js";
import { ATTRIBUTE_TYPES, type AttributeType } from "../person/attribute.js";
import { STATUS_MEANINGS, type StatusMeaning } from "../status/status-meaning.js";
import { DAY_ORDERS, type DayOrder } from "../time/calendar-day.js";
import {
  type Columns,
  CUSTOMER_FIELDS,
  type CustomerField,
  ORDER_FIELDS,
  type OrderField,
  SUPPRESSION_FIELDS,
  type SuppressionField,
} from "./field.js";

/** Whether a figure stands for its line, or for the whole order and is repeated on its lines. */
export const LEVELS = ["line", "order"] as const;
export type Level = (typeof LEVELS)[number];

/** What happens to an order that a later file tells differently. */
export const CHANGE_POLICIES = ["replace", "merge", "refuse"] as const;
export type ChangePolicy = (typeof CHANGE_POLICIES)[number];

/** A shop's own attribute of its people. */
export interface AttributeColumn {
  readonly column: string;
  readonly type: AttributeType;
}

/** Rows that are passed over without being wrong. */
export interface SkipRule {
  readonly column: string;
  /** Beginning of the cell. `""` together with `isBlank` is not needed. */
  readonly startsWith?: string | undefined;
  readonly isBlank?: boolean | undefined;
  /** Name under which these rows are counted. */
  readonly reason: string;
}

interface CommonMapping {
  /** Version of this form. */
  readonly version: 1;
  /** Order of day and month where the column doesn't show it. @default by evidence */
  readonly dateFormat?: DayOrder | undefined;
  /** Words that stand for nothing. @default BLANK_WORDS */
  readonly blanks?: readonly string[] | undefined;
  /** Country of mobile numbers that name none, ISO 3166. @default "CN" */
  readonly country?: string | undefined;
  /** What the key of people is, when it is an address: spellings of one number or address are one key. @default "text" */
  readonly keyForm?: "text" | "mobile" | "email" | undefined;
  /** A wrong optional value rejects its row. @default false: the value is left out and counted as dropped */
  readonly strict?: boolean | undefined;
  readonly skip?: readonly SkipRule[] | undefined;
}

/** What a file tells of people beside the fields. */
interface WithAttributes {
  /** Attributes of the customers, or of the buyers of orders, by name. */
  readonly attributes?: Readonly<Record<string, AttributeColumn>> | undefined;
}

/** How a file of orders is read. */
export interface OrderMapping extends CommonMapping, WithAttributes {
  readonly kind: "orders";
  readonly columns: Columns<OrderField>;
  /** Where its orders come from; part of their keys. @default "import" */
  readonly source?: string | undefined;
  /** @default by evidence */
  readonly decimal?: DecimalMark | undefined;
  /** Whether `amount` is the line's or the order's. @default by evidence */
  readonly amount?: Level | undefined;
  /** The same of `refunded`. @default by evidence */
  readonly refund?: Level | undefined;
  /** Meanings of status words that the dictionaries don't know or take differently. */
  readonly statuses?: Readonly<Record<string, StatusMeaning>> | undefined;
  /** What other words mean. @default "refuse" */
  readonly unknownStatus?: "refuse" | StatusMeaning | undefined;
  /** What identical lines of one order are when they stand apart: one thing told twice, or two things. @default by evidence */
  readonly repeats?: "once" | "each" | undefined;
  /** @default "refuse" */
  readonly onChange?: ChangePolicy | undefined;
}

/** How a file of customers is read. */
export interface CustomerMapping extends CommonMapping, WithAttributes {
  readonly kind: "customers";
  readonly columns: Columns<CustomerField>;
}

/** How a list of opt-outs is read. */
export interface SuppressionMapping extends CommonMapping {
  readonly kind: "suppressions";
  readonly columns: Columns<SuppressionField>;
  /** Reason of rows that name none. @default "opt_out" */
  readonly reason?: string | undefined;
}

/** What `inspect` writes and imports take. */
export type Mapping = OrderMapping | CustomerMapping | SuppressionMapping;

const columnsOf = <F extends string>(fields: readonly F[]) => z.partialRecord(z.enum(fields), z.string());
const meaning = z.enum(STATUS_MEANINGS);
const skipRule = z.strictObject({
  column: z.string(),
  startsWith: z.string().min(1).optional(),
  isBlank: z.boolean().optional(),
  reason: z.string().min(1).max(64),
});
const common = {
  version: z.literal(1),
  dateFormat: z.enum(DAY_ORDERS).optional(),
  blanks: z.array(z.string().max(64)).max(200).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  keyForm: z.enum(["text", "mobile", "email"]).optional(),
  strict: z.boolean().optional(),
  skip: z.array(skipRule).max(20).optional(),
};

const attributes = z
  .record(z.string().min(1).max(64), z.strictObject({ column: z.string(), type: z.enum(ATTRIBUTE_TYPES) }))
  .optional();

const mappingSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("orders"),
    columns: columnsOf(ORDER_FIELDS),
    source: z.string().min(1).max(64).optional(),
    decimal: z.enum(DECIMAL_MARKS).optional(),
    amount: z.enum(LEVELS).optional(),
    refund: z.enum(LEVELS).optional(),
    statuses: z.record(z.string(), meaning).optional(),
    unknownStatus: z.union([z.literal("refuse"), meaning]).optional(),
    repeats: z.enum(["once", "each"]).optional(),
    onChange: z.enum(CHANGE_POLICIES).optional(),
    attributes,
  }),
  z.strictObject({
    ...common,
    kind: z.literal("customers"),
    columns: columnsOf(CUSTOMER_FIELDS),
    attributes,
  }),
  z.strictObject({
    ...common,
    kind: z.literal("suppressions"),
    columns: columnsOf(SUPPRESSION_FIELDS),
    reason: z.string().min(1).max(255).optional(),
  }),
]);

/** Reads a mapping, for example a parsed `mapping.json`. @throws {InputError} every fault at once */
export function parseMapping(input: unknown): Mapping {
  return parseInput(mappingSchema, input);
}
