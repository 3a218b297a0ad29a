import type { OrderInput, OrderLineInput } from "@recallkit/core";
import { minorToMajor, roundToMinor, type TenThousandths, toSafeMinor } from "@recallkit/core/ports";
import { guestKey } from "../person/customer-key.js";
import { type Fault, fault, isFault } from "../reading/fault.js";
import type { OrderLine } from "./line-reader.js";
import { type FigureOptions, type OrderFigures, orderFigures } from "./order-figures.js";
import type { SourceRow } from "./order-rows.js";

/** An order of a file, and rows that told what others had told. */
export interface FoundOrder {
  readonly rows: readonly SourceRow[];
  readonly repeated: number;
  readonly found: AssembledOrder;
}

export interface AssembleOptions extends FigureOptions {
  readonly currency: string;
  readonly readLine: (row: SourceRow) => OrderLine | Fault;
  /** A wrong optional value is a fault of its row. */
  readonly isStrict: boolean;
  /** Put before a customer key it gives a WeCom external_userid. @default none is given */
  readonly externalUserIdPrefix?: string | undefined;
}

/** An order ready for the kit. */
export interface TakenOrder {
  readonly kind: "order";
  readonly input: OrderInput;
  readonly lines: readonly OrderLine[];
  /** Something was given back, but the file doesn't say how much. */
  readonly isRefundUnknown: boolean;
}

/** An order ready for the kit, or the rows that keep it from being one. */
export type AssembledOrder = TakenOrder | { readonly kind: "rejected"; readonly faults: ReadonlyMap<SourceRow, Fault> };

/**
 * Makes one order of its rows. Cells that are blank on further rows carry on from the others; amounts are added exactly and
 * rounded once.
 *
 * @param externalId its number, or how one is made for a file that has none
 */
export function assembleOrder(
  rows: readonly SourceRow[],
  externalId: string | ((line: OrderLine, figures: OrderFigures) => string),
  options: AssembleOptions,
): AssembledOrder {
  const faults = new Map<SourceRow, Fault>();
  const lines: OrderLine[] = [];
  for (const row of rows) {
    const line = options.readLine(row);
    if (isFault(line)) faults.set(row, line);
    else if (options.isStrict && line.wrong[0]) faults.set(row, fault(line.wrong[0].path, line.wrong[0].code));
    else lines.push(line);
  }
  if (faults.size > 0 || lines.length === 0) return { kind: "rejected", faults };
  const rejected = (row: OrderLine, found: Fault): AssembledOrder => ({
    kind: "rejected",
    faults: new Map([[row.row, found]]),
  });
  const head = lines.find((line) => line.externalKey !== "") ?? guest(lines);
  if (!head) return rejected(lines[0] as OrderLine, fault("customer_key", "customer.missing"));
  const stranger = lines.find((line) => line.externalKey !== "" && line.externalKey !== head.externalKey);
  if (stranger) return rejected(stranger, fault("customer_key", "order.customer-differs"));
  const figures = orderFigures(lines, options);
  if ("fault" in figures) return rejected(figures.row, figures.fault);
  const amountMinor = toSafeMinor(roundToMinor(figures.amount, options.currency));
  const refunded = majorOf(figures.refunded, options.currency);
  if (amountMinor === undefined || refunded === undefined) return rejected(head, fault("amount", "amount.range"));
  const buyer = buyerOf(lines, head.externalKey, options.externalUserIdPrefix);
  const input: OrderInput = {
    externalId: typeof externalId === "string" ? externalId : externalId(head, figures),
    externalKey: head.externalKey,
    orderedAt: figures.orderedAt,
    amountMinor,
    status: figures.status,
    ...(refunded > 0 && { refunded }),
    ...(figures.refundedAt !== undefined && { refundedAt: figures.refundedAt }),
    lines: figures.bought.map((line) => lineInput(line, figures, options)),
    // Of whom nothing is told is looked up once in a run.
    ...(Object.keys(buyer).length > 0 && { buyer }),
  };
  return { kind: "order", input, lines, isRefundUnknown: figures.isRefundUnknown };
}

/** The first row of an order without a customer, known by the address that it has. */
function guest(lines: readonly OrderLine[]): OrderLine | undefined {
  for (const line of lines) {
    const found = guestKey(line.person.facts);
    if (typeof found === "object") return { ...line, externalKey: found.key };
  }
  return undefined;
}

function lineInput(line: OrderLine, { amount: total, bought }: OrderFigures, options: AssembleOptions): OrderLineInput {
  const { quantity, sku, description, category, brand, store } = line;
  const isOwn = options.hasAmount && options.amountLevel === "line";
  const own = isOwn ? line.amount : (line.lineAmount ?? (bought.length === 1 ? total : undefined));
  const amount = own === undefined ? undefined : majorOf(own, options.currency);
  return {
    ...(quantity !== undefined && { quantity }),
    ...(amount !== undefined && { amount }),
    ...(sku && { sku }),
    ...(description && { name: description }),
    ...(category && { category }),
    ...(brand && { brand }),
    ...(store && { store }),
  };
}

/** What the rows say about the buyer; of several values the first. */
function buyerOf(
  lines: readonly OrderLine[],
  key: string,
  prefix: string | undefined,
): NonNullable<OrderInput["buyer"]> {
  const facts = lines.map(({ person }) => person.facts).toReversed();
  const given = prefix === undefined ? {} : { externalUserId: prefix + key };
  const own = Object.assign({}, ...lines.map(({ attributes }) => attributes).toReversed());
  return Object.assign(given, ...facts, Object.keys(own).length > 0 && { attributes: own });
}

function majorOf(value: TenThousandths, currency: string): number | undefined {
  const minor = toSafeMinor(roundToMinor(value, currency));
  return minor === undefined ? undefined : minorToMajor(minor, currency);
}
