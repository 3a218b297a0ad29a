import { parseInstant, type TenThousandths } from "@recallkit/core/ports";
import type { FoundColumns } from "./columns.js";
import { multiply, readAmount } from "./exact-amount.js";
import { isFault, type LineFault } from "./import-fault.js";
import type { LineField } from "./order-format.js";

/** What one line says; texts are blank when the file does not tell. */
export interface OrderLineFacts {
  readonly customerKey: string;
  /** Epoch ms. */
  readonly orderedAt: number;
  readonly amount: TenThousandths;
  readonly status: string;
  readonly quantity: number;
  readonly sku: string;
  readonly description: string;
  readonly category: string;
  readonly brand: string;
  readonly store: string;
  readonly city: string;
}

/** Reads one line, or says what is wrong with it first. */
export type ReadOrderLine = (cells: readonly string[]) => OrderLineFacts | LineFault;

/** Reads lines of a table whose columns are found. `timeZone`: of wall times; `currency`: of amounts. */
export function orderLineReader(
  columns: FoundColumns<LineField>,
  { width, timeZone, currency }: { readonly width: number; readonly timeZone: string; readonly currency: string },
): ReadOrderLine {
  const { cell } = columns;
  const hasPrice = columns.has("unit_price");
  const instantOf = rememberedInstants(timeZone);
  return (cells) => {
    const isTooWide = cells.length > width && cells.slice(width).some((extra) => extra !== "");
    if (cells.length < width || isTooWide) {
      return { path: "", code: "line.columns", message: `has ${cells.length} cells, the header has ${width}` };
    }
    const customerKey = cell(cells, "customer_key");
    if (customerKey === "") return { path: "customer_key", code: "customer.missing", message: "is blank" };
    const orderedAt = instantOf(cell(cells, "ordered_at"));
    if (orderedAt === undefined) {
      const message = "must be an existing day and time, for example 2026-01-31 10:00:00";
      return { path: "ordered_at", code: "time.invalid", message };
    }
    const amount = hasPrice
      ? multiply(cell(cells, "quantity"), cell(cells, "unit_price"), currency)
      : readAmount(cell(cells, "amount"), "amount", currency);
    if (isFault(amount)) return amount;
    return {
      customerKey,
      orderedAt,
      amount,
      status: cell(cells, "status") || "paid",
      quantity: Number(cell(cells, "quantity") || 1),
      sku: cell(cells, "sku"),
      description: cell(cells, "description"),
      category: cell(cells, "category"),
      brand: cell(cells, "brand"),
      store: cell(cells, "store"),
      city: cell(cells, "city"),
    };
  };
}

const REMEMBERED = 10_000;

/** Neighbouring lines mostly share their time, and reading one takes far longer than finding it. */
function rememberedInstants(timeZone: string): (text: string) => number | undefined {
  const known = new Map<string, number | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    if (known.size >= REMEMBERED) known.clear();
    const instant = parseInstant(text, timeZone);
    known.set(text, instant);
    return instant;
  };
}
