import * as z from "zod";
import { InputError } from "../errors.js";
import { parseInstant } from "../local-time.js";
import { currencyDecimals, majorToMinor } from "../money.js";
import { rowHash } from "../text.js";
import { customerFactsSchema, nameText, requiredName, requiredText } from "./customer-schema.js";
import type { LabelMention } from "./ensure-labels.js";
import type { NamedKey, OrderLine } from "./order.js";

/** How many decimals a currency has, in words. */
const DECIMALS = ["no decimals", "at most one decimal", "at most two decimals", "at most three decimals"] as const;

const amountIn = (currency: string) =>
  z.number().refine((value) => majorToMinor(value, currency) !== undefined, {
    message: `must be finite, with ${DECIMALS[currencyDecimals(currency)] ?? "at most four decimals"}, and below 2^53 minor units`,
  });
const keyed = z.strictObject({ key: requiredText(255), name: requiredName(255).optional() });
const namedKey = z.union([requiredText(255), keyed]);
/** Furthest instant of a calendar that JavaScript has, epoch ms. */
const FURTHEST = 8_640_000_000_000_000;
const instant = z.union([z.int().min(-FURTHEST).max(FURTHEST), z.string()]);

const lineSchema = (amount: z.ZodNumber) =>
  z.strictObject({
    sku: namedKey.optional(),
    name: nameText(255).optional(),
    quantity: z.int().default(1),
    amount: amount.optional(),
    // A category without a key, and every brand, is known by its name.
    category: z.union([requiredName(255), keyed]).optional(),
    brand: requiredName(255).optional(),
    store: namedKey.optional(),
  });

const orderInputSchema = (amount: z.ZodNumber) =>
  z.strictObject({
    externalId: requiredText(255),
    customerKey: requiredText(255),
    orderedAt: instant,
    amount: amount.optional(),
    amountMinor: z.int().optional(),
    status: requiredText(64).default("paid"),
    refunded: amount.refine((value) => value >= 0, { message: "must not be negative" }).default(0),
    refundedAt: instant.optional(),
    lines: z.array(lineSchema(amount)).max(10_000).default([]),
    buyer: customerFactsSchema.optional(),
  });

type OrderOutput = z.output<ReturnType<typeof orderInputSchema>>;

/** An order ready to be written, but for the ids of its customer and labels. */
export interface PreparedOrder {
  readonly externalId: string;
  readonly customerKey: string;
  readonly buyer: z.output<typeof customerFactsSchema>;
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
 * @returns a function that throws {InputError} with every fault, or {z.ZodError} for faults of form
 */
export function orderReader(zone: string, currency: string): (input: unknown) => PreparedOrder {
  const schema = orderInputSchema(amountIn(currency));
  return (input) => prepareOrder(schema.parse(input), zone, currency);
}

function prepareOrder(order: OrderOutput, zone: string, currency: string): PreparedOrder {
  const minor = (amount: number) => majorToMinor(amount, currency);
  const orderedAt = readInstant(order.orderedAt, zone, "orderedAt");
  const refundedAt = order.refundedAt === undefined ? null : readInstant(order.refundedAt, zone, "refundedAt");
  const lines = order.lines.map((line) => ({
    sku: keyOf(line.sku) ?? null,
    name: line.name || nameOf(line.sku) || null,
    quantity: line.quantity,
    amountMinor: minor(line.amount ?? 0) ?? 0,
  }));
  const given = order.amountMinor ?? (order.amount === undefined ? undefined : minor(order.amount));
  const amountMinor = given ?? lines.reduce((sum, line) => sum + line.amountMinor, 0);
  if (given === undefined && !order.lines.some((line) => line.amount !== undefined)) {
    throw fault("amount", "amount.missing", "an order needs an amount, or lines with amounts");
  }
  if (!Number.isSafeInteger(amountMinor)) throw fault("amount", "amount.range", "must stay below 2^53 minor units");
  const labels = labelsOf(order.lines);
  const refundedMinor = minor(order.refunded) ?? 0;
  const hash = rowHash([
    order.customerKey,
    orderedAt,
    amountMinor,
    refundedMinor,
    refundedAt,
    order.status,
    JSON.stringify(lines),
    ...labels.map(({ kind, key }) => `${kind}:${key}`).sort(),
  ]);
  const { externalId, customerKey, status } = order;
  const buyer = order.buyer ?? customerFactsSchema.parse({});
  return {
    externalId,
    customerKey,
    buyer,
    orderedAt,
    amountMinor,
    refundedMinor,
    refundedAt,
    status,
    lines,
    labels,
    rowHash: hash,
  };
}

function labelsOf(lines: readonly z.output<ReturnType<typeof lineSchema>>[]): readonly LabelMention[] {
  const labels = new Map<string, LabelMention>();
  const add = (kind: LabelMention["kind"], value: NamedKey | undefined) => {
    const key = keyOf(value);
    if (key === undefined) return;
    const name = nameOf(value);
    const id = `${kind}\u0000${key}`;
    if (name !== undefined || !labels.has(id)) labels.set(id, { kind, key, name });
  };
  for (const line of lines) {
    add("store", line.store);
    add("category", line.category);
    add("brand", line.brand);
    add("sku", line.sku);
  }
  return [...labels.values()];
}

function readInstant(value: number | string, zone: string, path: string): number {
  const at = typeof value === "number" ? value : parseInstant(value, zone);
  if (at === undefined)
    throw fault(path, "time.invalid", "must be YYYY-MM-DD HH:mm:ss, an ISO instant or epoch milliseconds");
  return at;
}

function fault(path: string, code: string, message: string): InputError {
  return new InputError([{ path, code, message }]);
}

function keyOf(value: NamedKey | undefined): string | undefined {
  return typeof value === "object" ? value.key : value;
}

function nameOf(value: NamedKey | undefined): string | undefined {
  return typeof value === "object" ? value.name : undefined;
}
