import { decimalOf, readAmountText } from "../amount/amount-text.js";
import type { OrderField } from "../mapping/field.js";
import type { LevelEvidence } from "./level-evidence.js";
import { MAX_ORDER_ROWS } from "./order-rows.js";
import type { ReturningKeys } from "./returning-keys.js";
import { seenHashes } from "./seen-hashes.js";
import { textHash } from "./text-hash.js";

/** Watches how the rows of orders stand in the files. */
export interface RunWatch {
  see(number: string, file: number, cells: readonly string[], cell: (field: OrderField) => string): void;
  /** The files have ended. */
  end(): void;
  /**
   * What identical rows are: told twice where orders come again as a whole and never otherwise ("once"); not to be told where all
   * orders have all their rows twice side by side ("unclear"); else undefined.
   */
  repeats(): "once" | "unclear" | undefined;
}

interface OpenRun {
  readonly number: string;
  readonly file: number;
  readonly amounts: string[];
  readonly refunds: string[];
  readonly items: string[];
  readonly products: (number | undefined)[];
  readonly texts: string[];
}

export interface WatchedLevels {
  readonly amount: LevelEvidence;
  readonly refunded: LevelEvidence;
}

/** Begins before the first row. */
export function startRunWatch(returning: ReturningKeys, levels: WatchedLevels): RunWatch {
  const seenKeys = seenHashes();
  const seenContents = seenHashes();
  const seenFigures = seenHashes();
  const counts = { again: 0, goesOn: 0, doubled: 0, single: 0, withIds: 0 };
  let open: OpenRun | undefined;
  const close = () => {
    if (!open) return;
    const { number, file, amounts, refunds, items, products, texts } = open;
    const key = numberForm(number);
    const contents = texts.length === 1 ? (texts[0] ?? "") : texts.toSorted().join("\u0002");
    const isKnown = returning.see(key);
    const isHere = seenKeys.add(textHash(`${file}\u0001${key}`));
    const isAgain = seenContents.add(textHash(`${key}\u0001${contents}`));
    const [amount = "", refund = ""] = [amounts[0], refunds[0]];
    // What is given back differs from what was paid, and says nothing about whose figure that is.
    const isPaid = amount !== "" && !/^\(|-/.test(amount);
    const wasPaid = isPaid && seenFigures.add(textHash(`p${key}`));
    const hasAmount = seenFigures.add(textHash(`a${key}\u0001${amount}`));
    const hasRefund = refund !== "" && seenFigures.add(textHash(`r${key}\u0001${refund}`));
    if (isKnown && isHere) {
      counts[isAgain ? "again" : "goesOn"] += 1;
      if (!isAgain && wasPaid) levels.amount.seeReturn(hasAmount);
      if (!isAgain && isFigure(refund)) levels.refunded.seeReturn(hasRefund);
    }
    if (texts.length > 1) {
      levels.amount.see({ figures: amounts, items, products });
      if (refunds.some(isFigure))
        levels.refunded.see({ figures: refunds.map((text) => (isFigure(text) ? text : text && "0")), items });
    }
    counts[isDoubled(texts) ? "doubled" : "single"] += 1;
    open = undefined;
  };
  return {
    see(number, file, cells, cell) {
      if (open?.number !== number || open.file !== file) {
        close();
        open = { number, file, amounts: [], refunds: [], items: [], products: [], texts: [] };
      }
      if (open.texts.length >= MAX_ORDER_ROWS) return;
      if (cell("line_id") !== "") counts.withIds += 1;
      open.texts.push(cells.join("\u0001"));
      open.amounts.push(cell("amount"));
      open.refunds.push(cell("refunded"));
      open.items.push(cell("line_id") || `${cell("sku")}\u0001${cell("description")}`);
      open.products.push(productOf(cell("quantity"), cell("unit_price")));
    },
    end: close,
    repeats() {
      if (counts.again > 0 && counts.goesOn === 0) return "once";
      return counts.doubled > 0 && counts.single === 0 && counts.withIds === 0 ? "unclear" : undefined;
    },
  };
}

/** 1001.0 and 1001 may be one order; that they are counted together only lets it wait longer. */
export function numberForm(number: string): string {
  return number.normalize("NFC").replace(/^(\d+)\.0+$/, "$1");
}

function isFigure(text: string): boolean {
  return text !== "" && !/^[^\d]*0*(?:[.,]0*)?[^\d]*$/.test(text);
}

function isDoubled(texts: readonly string[]): boolean {
  if (texts.length < 2) return false;
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts.values()].every((count) => count > 1);
}

function productOf(quantity: string, price: string): number | undefined {
  if (price === "") return undefined;
  const figures = readAmountText(price)?.figures;
  const value = figures === undefined ? undefined : (decimalOf(figures, ".") ?? decimalOf(figures, ","));
  return value === undefined ? undefined : Number(value) * Number(quantity === "" ? 1 : quantity);
}
