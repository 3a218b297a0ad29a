import * as z from "zod";
import { amountIn, minorSchema } from "../amount.js";
import type { InputIssue } from "../errors.js";
import { instantIn } from "../instant.js";
import { rowHash } from "../text.js";
import { withoutNullsDeep } from "../without-nulls.js";
import { customerInputSchema, isCustomerFact, nameText, requiredName, requiredText } from "./customer-schema.js";
import type { LabelMention } from "./ensure-labels.js";
import { labelMap } from "./label-map.js";
import type { NamedKey, OrderLine } from "./order.js";
import { quickOrderReader } from "./quick-order.js";
import { type ReadRow, readRow } from "./read-row.js";

const keyed = z.strictObject({ key: requiredText(255), name: requiredName(255).optional() });
const namedKey = z.union([requiredText(255), keyed]);
/** Minor units of an amount that is given in one of two ways; both would have to agree, and then one is enough. */
const ONE_AMOUNT = {
  code: "amount.given-twice",
  message: "is given in major and in minor units; one of them is enough",
};
const oneOf = (major: string, minor: string) => (given: object, context: z.core.$RefinementCtx<object>) => {
  const isGiven = (name: string) => Reflect.get(given, name) !== undefined;
  if (!isGiven(major) || !isGiven(minor)) return;
  const { code, message } = ONE_AMOUNT;
  context.addIssue({ code: "custom", path: [minor], message, params: { code }, input: given });
};

const isNotNegative = (minor: number) => minor >= 0;
const NEGATIVE = { message: "must not be negative" };

const lineFields = (currency: string) =>
  z.strictObject({
    sku: namedKey.optional(),
    name: nameText(255).optional(),
    quantity: z.int().default(1),
    amount: amountIn(currency).optional(),
    amountMinor: minorSchema.optional(),
    // A category without a key, and every brand, is known by its name.
    category: z.union([requiredName(255), keyed]).optional(),
    brand: requiredName(255).optional(),
    store: namedKey.optional(),
  });

/** A line of an order as it comes in. */
const lineSchema = (currency: string) => lineFields(currency).superRefine(oneOf("amount", "amountMinor"));

/** What an order says about its buyer. */
const buyerSchema = customerInputSchema.omit({ externalKey: true });

/** An order as it comes in, without its nulls. */
export const orderInputSchema = (zone: string, currency: string) =>
  z
    .strictObject({
      externalId: requiredText(255),
      externalKey: requiredText(255),
      orderedAt: instantIn(zone),
      amount: amountIn(currency).optional(),
      amountMinor: minorSchema.optional(),
      status: requiredText(64).default("paid"),
      refunded: amountIn(currency).refine(isNotNegative, NEGATIVE).optional(),
      refundedMinor: minorSchema.refine(isNotNegative, NEGATIVE).optional(),
      refundedAt: instantIn(zone).optional(),
      lines: z.array(lineSchema(currency)).max(10_000).default([]),
      buyer: buyerSchema.optional(),
    })
    .superRefine(oneOf("amount", "amountMinor"))
    .superRefine(oneOf("refunded", "refundedMinor"));

/** An order as the schema gives it. */
export type OrderOutput = z.output<ReturnType<typeof orderInputSchema>>;

const NOTHING: readonly InputIssue[] = [];

/** What is known of a buyer of whom an order says nothing but the key. */
export const NO_FACTS = buyerSchema.parse({});

/** An order ready to be written, but for the ids of its customer and labels. */
export interface PreparedOrder {
  readonly externalId: string;
  readonly externalKey: string;
  readonly buyer: z.output<typeof buyerSchema>;
  readonly orderedAt: number;
  readonly amountMinor: number;
  readonly refundedMinor: number;
  readonly refundedAt: number | null;
  readonly status: string;
  readonly lines: readonly OrderLine[];
  /** Order-level labels, each once. */
  readonly labels: readonly LabelMention[];
  readonly rowHash: string;
}

/**
 * Makes what checks and normalises the orders of a tenant.
 *
 * @param zone of wall times. @param currency of amounts in major units
 * @returns a function that gives the order, without the facts of the buyer that are wrong unless it is strict, or every fault
 */
export function orderReader(
  zone: string,
  currency: string,
): (input: unknown, strict?: boolean) => ReadRow<PreparedOrder> | { readonly issues: readonly InputIssue[] } {
  const schema = orderInputSchema(zone, currency);
  const quick = quickOrderReader(zone, currency);
  const isBuyerFact = (path: string) => path.startsWith("buyer.") && isCustomerFact(path.slice(6));
  return (input, strict) => {
    const plain = quick(input);
    const order = plain
      ? { value: plain, dropped: NOTHING }
      : readRow(schema, withoutNullsDeep(input), isBuyerFact, strict);
    if ("issues" in order) return order;
    const prepared = prepareOrder(order.value);
    return "issues" in prepared ? prepared : { value: prepared.value, dropped: order.dropped };
  };
}

function prepareOrder(
  order: OrderOutput,
): { readonly value: PreparedOrder } | { readonly issues: readonly InputIssue[] } {
  const { orderedAt, refundedAt = null } = order;
  const lines = order.lines.map((line) => ({
    sku: keyOf(line.sku) ?? null,
    name: line.name || nameOf(line.sku) || null,
    quantity: line.quantity,
    amountMinor: line.amountMinor ?? line.amount ?? 0,
  }));
  const given = order.amountMinor ?? order.amount;
  const amountMinor = given ?? lines.reduce((sum, line) => sum + line.amountMinor, 0);
  if (given === undefined && !order.lines.some((line) => (line.amountMinor ?? line.amount) !== undefined)) {
    return fault("amount", "amount.missing", "an order needs an amount, or lines with amounts");
  }
  if (!Number.isSafeInteger(amountMinor)) return fault("amount", "amount.range", "must stay below 2^53 minor units");
  const labels = labelsOf(order.lines);
  const refundedMinor = order.refundedMinor ?? order.refunded ?? 0;
  const { externalId, externalKey, status } = order;
  const buyer = order.buyer ?? NO_FACTS;
  const value = {
    externalId,
    externalKey,
    buyer,
    orderedAt,
    amountMinor,
    refundedMinor,
    refundedAt,
    status,
    lines,
    labels,
    rowHash: "",
  };
  value.rowHash = orderHash(value);
  return { value };
}

/** The hash of everything that is stored of an order. */
export function orderHash(order: Omit<PreparedOrder, "rowHash">): string {
  return rowHash([
    order.externalKey,
    order.orderedAt,
    order.amountMinor,
    order.refundedMinor,
    order.refundedAt,
    order.status,
    linesText(order.lines),
    ...order.labels.map(({ kind, key }) => `${kind}:${key}`).sort(),
  ]);
}

/** Lines as JSON, in the order in which readers have always made them: the hash is of the text. */
function linesText(lines: readonly OrderLine[]): string {
  const texts = lines.map(
    ({ sku, name, quantity, amountMinor }) =>
      `{"sku":${JSON.stringify(sku)},"name":${JSON.stringify(name)},"quantity":${quantity},"amountMinor":${amountMinor}}`,
  );
  return `[${texts.join(",")}]`;
}

function labelsOf(lines: readonly z.output<ReturnType<typeof lineSchema>>[]): readonly LabelMention[] {
  const labels: LabelMention[] = [];
  const places = labelMap<number>();
  const add = (kind: LabelMention["kind"], value: NamedKey | undefined) => {
    const key = keyOf(value);
    if (key === undefined) return;
    const name = nameOf(value);
    // The labels of one line are of different kinds.
    const at = lines.length > 1 ? places.get(kind, key) : undefined;
    if (at !== undefined) {
      if (name !== undefined) labels[at] = { kind, key, name };
      return;
    }
    labels.push({ kind, key, name });
    if (lines.length > 1) places.set(kind, key, labels.length - 1);
  };
  for (const line of lines) {
    add("store", line.store);
    add("category", line.category);
    add("brand", line.brand);
    add("sku", line.sku);
  }
  return labels;
}

function fault(path: string, code: string, message: string): { readonly issues: readonly InputIssue[] } {
  return { issues: [{ path, code, message }] };
}

function keyOf(value: NamedKey | undefined): string | undefined {
  return typeof value === "object" ? value.key : value;
}

function nameOf(value: NamedKey | undefined): string | undefined {
  return typeof value === "object" ? (value.name ?? undefined) : undefined;
}
