import type { OrderInput } from "@recallkit/core";
import { minorToMajor, roundToMinor, sha256Hex, toSafeMinor } from "@recallkit/core/ports";
import { outOfRange } from "./exact-amount.js";
import { isFault, type LineFault } from "./import-fault.js";
import type { StagedLine } from "./line-staging.js";
import type { OrderLineFacts, ReadOrderLine } from "./order-line.js";

/** A line with the reason why it is not taken. */
export interface RejectedLine {
  readonly line: number;
  readonly cells: readonly string[];
  readonly fault: LineFault;
}

interface RejectedOrder {
  readonly kind: "rejected";
  readonly lines: readonly RejectedLine[];
}

/** One order of the file: ready to be taken, or not with all its lines. */
export type AssembledOrder =
  | { readonly kind: "order"; readonly input: OrderInput; readonly lines: readonly StagedLine[] }
  | RejectedOrder;

export interface AssembleOptions {
  readonly read: ReadOrderLine;
  /** Of all amounts. */
  readonly currency: string;
  /** Put before the customer key it gives a WeCom external_userid. @default none is given */
  readonly externalUserIdPrefix?: string | undefined;
}

/**
 * Puts an order together: amounts are added exactly and rounded once, the earliest time counts, customer and status must agree.
 *
 * @param externalId its number, or how one is made for a file that has none
 */
export function assembleOrder(
  lines: readonly StagedLine[],
  externalId: string | ((facts: OrderLineFacts) => string),
  { read, currency, externalUserIdPrefix }: AssembleOptions,
): AssembledOrder {
  const facts: OrderLineFacts[] = [];
  const faults = new Map<number, LineFault>();
  for (const { line, cells } of lines) {
    const found = read(cells);
    const fault = isFault(found) ? found : disagreement(facts[0], found);
    if (fault) faults.set(line, fault);
    else if (!isFault(found)) facts.push(found);
  }
  const [first] = facts;
  if (!first || faults.size > 0) return rejectOrder(lines, faults);
  const amountMinor = toSafeMinor(
    roundToMinor(
      facts.reduce((sum, { amount }) => sum + amount, 0n),
      currency,
    ),
  );
  if (amountMinor === undefined)
    return rejectOrder(lines, new Map(lines.map(({ line }) => [line, outOfRange("amount")])));
  const city = facts.find((one) => one.city !== "")?.city;
  const input: OrderInput = {
    externalId: typeof externalId === "string" ? externalId : externalId(first),
    externalKey: first.customerKey,
    orderedAt: Math.min(...facts.map(({ orderedAt }) => orderedAt)),
    amountMinor,
    status: first.status,
    lines: facts.map((line) => orderLine(line, currency)),
    buyer: {
      ...(externalUserIdPrefix !== undefined && { externalUserId: externalUserIdPrefix + first.customerKey }),
      ...(city !== undefined && { city }),
    },
  };
  return { kind: "order", input, lines };
}

function disagreement(first: OrderLineFacts | undefined, other: OrderLineFacts): LineFault | undefined {
  if (first === undefined) return undefined;
  const message = "differs from an earlier line of the same order";
  if (other.customerKey !== first.customerKey) return { path: "customer_key", code: "order.customer-differs", message };
  return other.status === first.status ? undefined : { path: "status", code: "order.status-differs", message };
}

/** Rejects all lines of an order; those without a fault of their own point to one that has. */
export function rejectOrder(lines: readonly StagedLine[], faults: ReadonlyMap<number, LineFault>): RejectedOrder {
  const [guilty] = faults.keys();
  const shared = { path: "", code: "order.rejected", message: `line ${guilty} of the same order is wrong` };
  return {
    kind: "rejected",
    lines: lines.map(({ line, cells }) => ({ line, cells, fault: faults.get(line) ?? shared })),
  };
}

/** What names an order in a file without order numbers, apart from its how-manieth. */
export function naturalKey({ customerKey, orderedAt, amount }: OrderLineFacts): string {
  return sha256Hex(JSON.stringify([customerKey, orderedAt, String(amount)])).slice(0, 32);
}

function orderLine({ amount, quantity, sku, description, category, brand, store }: OrderLineFacts, currency: string) {
  return {
    quantity,
    amount: minorToMajor(toSafeMinor(roundToMinor(amount, currency)) ?? 0, currency),
    ...(sku && { sku }),
    ...(description && { name: description }),
    ...(category && { category }),
    ...(brand && { brand }),
    ...(store && { store }),
  };
}
