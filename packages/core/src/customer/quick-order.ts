import { readAmount } from "../amount.js";
import { readInstant } from "../instant.js";
import { hasControlCharacters } from "../text.js";
import type { OrderOutput } from "./order-schema.js";

// Most rows of most shops are plain, and asking a schema about each field takes longer than writing the order. What is
// read here is what the schema would make of it; whatever is unusual in any way is left to the schema, which also finds
// the words for what is wrong.

/** Text that the schema would take as it is: printable ASCII without blanks around it. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;
const MOST_LINES = 10_000;

type Amounts = Pick<OrderOutput, "amount" | "amountMinor">;
type LineOutput = OrderOutput["lines"][number];
/** Fields of a row, null as absent. */
type Fields = Readonly<Record<string, unknown>>;

const ORDER_FIELDS = new Set(
  "externalId externalKey orderedAt amount amountMinor status refunded refundedMinor refundedAt lines buyer".split(" "),
);
const LINE_FIELDS = new Set("sku name quantity amount amountMinor category brand store".split(" "));
const KEY_FIELDS = new Set(["key", "name"]);

/** Thrown to leave a row to the schema; one object, so that no stack is taken. */
const UNUSUAL = Symbol("left to the schema");

/**
 * Makes a reader of plain orders.
 *
 * @returns what the schema of orders gives for them; undefined: ask the schema
 */
export function quickOrderReader(zone: string, currency: string): (input: unknown) => OrderOutput | undefined {
  const instant = rememberedInstants(zone);
  const major = (value: unknown): number => readAmount(value, currency) ?? unusual();
  return (input) => {
    try {
      return order(input);
    } catch (error) {
      if (error === UNUSUAL) return undefined;
      throw error;
    }
  };

  function order(input: unknown): OrderOutput {
    const row = fieldsOf(input, ORDER_FIELDS);
    if (isGiven(row.buyer)) unusual();
    // Field by field: an object that is spread together takes several times as long.
    const read: OrderOutput = {
      externalId: text(row.externalId, 255),
      externalKey: text(row.externalKey, 255),
      orderedAt: instant(row.orderedAt),
      status: isGiven(row.status) ? text(row.status, 64) : "paid",
      lines: isGiven(row.lines) ? linesOf(row.lines) : [],
    };
    readAmounts(row, read);
    readRefunds(row, read);
    if (isGiven(row.refundedAt)) read.refundedAt = instant(row.refundedAt);
    return read;
  }

  function linesOf(given: unknown): LineOutput[] {
    if (!Array.isArray(given) || given.length > MOST_LINES) return unusual();
    const lines: LineOutput[] = [];
    for (const one of given) lines.push(line(one));
    return lines;
  }

  function line(given: unknown): LineOutput {
    const row = fieldsOf(given, LINE_FIELDS);
    const read: LineOutput = { quantity: isGiven(row.quantity) ? whole(row.quantity) : 1 };
    readAmounts(row, read);
    if (isGiven(row.sku)) read.sku = named(row.sku);
    if (isGiven(row.name)) read.name = text(row.name, 255);
    if (isGiven(row.category)) read.category = named(row.category);
    if (isGiven(row.brand)) read.brand = text(row.brand, 255);
    if (isGiven(row.store)) read.store = named(row.store);
    return read;
  }

  function readAmounts({ amount, amountMinor }: Fields, read: Amounts): void {
    if (isGiven(amount)) {
      if (isGiven(amountMinor)) unusual();
      read.amount = major(amount);
    } else if (isGiven(amountMinor)) read.amountMinor = whole(amountMinor);
  }

  function readRefunds(row: Fields, read: Pick<OrderOutput, "refunded" | "refundedMinor">): void {
    const given: Amounts = {};
    readAmounts({ amount: row.refunded, amountMinor: row.refundedMinor }, given);
    if ((given.amount ?? given.amountMinor ?? 0) < 0) unusual();
    if (given.amount !== undefined) read.refunded = given.amount;
    if (given.amountMinor !== undefined) read.refundedMinor = given.amountMinor;
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function unusual(): never {
  throw UNUSUAL;
}

/** A plain object without fields that nobody knows. */
function fieldsOf(value: unknown, known: ReadonlySet<string>): Fields {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return unusual();
  for (const name in value) if (!known.has(name)) unusual();
  return value as Fields;
}

function text(value: unknown, most: number): string {
  if (typeof value !== "string" || value.length > most) return unusual();
  if (PLAIN.test(value)) return value;
  const isAsItIs =
    value.length > 0 &&
    value.normalize("NFC") === value &&
    value.trim() === value &&
    !hasControlCharacters(value) &&
    !/[\t\n\u2028\u2029]/.test(value);
  return isAsItIs ? value : unusual();
}

function named(value: unknown): string | { key: string; name?: string } {
  if (typeof value === "string") return text(value, 255);
  const { key, name } = fieldsOf(value, KEY_FIELDS);
  return isGiven(name) ? { key: text(key, 255), name: text(name, 255) } : { key: text(key, 255) };
}

function whole(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : unusual();
}

/** Neighbouring rows mostly share their time, and reading wall time takes far longer than finding it. */
function rememberedInstants(zone: string): (value: unknown) => number {
  let [last, at] = ["", 0];
  return (value) => {
    if (typeof value === "string" && value === last) return at;
    const read = readInstant(value, zone);
    if (typeof read !== "number") return unusual();
    if (typeof value === "string") [last, at] = [value, read];
    return read;
  };
}
