import { foldWidth } from "../cell/cell-text.js";

/** What is wrong with a key. */
export type KeyFault = "key.damaged" | "key.masked";

/** How the keys of a column are read. */
export interface KeyReading {
  /** Some numbers end with `.0`, which a program added that took them for measures: 17850.0 is 17850. No other key ends so. */
  readonly dropsPointZero: boolean;
  /** Keys of more than 15 digits all end with zeros there: Excel keeps 15 digits, and different ones look alike. */
  readonly lostDigits: boolean;
}

/** Reads a column's keys. @returns the key, or what is wrong with it */
export type ReadKey = (text: string) => { readonly key: string } | KeyFault;

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?\s?E[+-]?\d+$/i;
/** What a spreadsheet shows instead of a value: a column that is too narrow, a formula without a result. */
const NO_VALUE = /^#+$|^#(?:REF|VALUE|DIV\/0|NAME|NUM|NULL|N\/A|ERROR|SPILL|CALC)[!?]?$/i;
/** A spreadsheet put groups into a number: 13,800,138,000. */
const GROUPED = /^\d{1,3}(?:,\d{3}){2,}$/;
const WIDE_DIGITS = /^[０-９]+$/;
const LONG = /^\d{16,}$/;
/** Stars, dots or crosses where digits or letters were taken out. */
const MASKED = /\*{2,}|[•●＊]{2,}|^.\*+.$|\d[xX]{4}\d/u;

/** Finds out, cell by cell, what happened to the keys of a column. */
export interface KeyColumn {
  see(text: string): void;
  /** Keys that are damaged or masked by themselves, beside lost digits. */
  readonly faults: Readonly<Record<KeyFault, number>>;
  reading(): KeyReading;
}

/** Begins a column of keys. */
export function keyColumn(): KeyColumn {
  const faults = { "key.damaged": 0, "key.masked": 0 };
  let pointZero = 0;
  let versions = 0;
  let longKeys = 0;
  /** How many times ten the zeros of all long keys are less probable than other digits. */
  let zeroDigits = 0;
  let lastLong = "";
  return {
    see(text) {
      if (/^\d+$/.test(text)) {
        if (!LONG.test(text) || text === lastLong) return;
        lastLong = text;
        longKeys += 1;
        zeroDigits = /^\d{15}0+$/.test(text) ? zeroDigits + text.length - 15 : Number.NEGATIVE_INFINITY;
      } else if (/^\d+\.0+$/.test(text)) pointZero += 1;
      else if (text !== "") {
        // A word such as guest tells nothing about the numbers; a version does.
        if (/\.\d+$/.test(text)) versions += 1;
        const fault = keyFault(text);
        if (fault) faults[fault] += 1;
      }
    },
    faults,
    reading: () => ({
      dropsPointZero: pointZero > 0 && versions === 0,
      // Three zeros come about by chance once in a thousand files.
      lostDigits: longKeys > 0 && zeroDigits >= 3,
    }),
  };
}

/** What is wrong with a key by itself; undefined: nothing. */
export function keyFault(text: string): KeyFault | undefined {
  if (NO_VALUE.test(text)) return "key.damaged";
  if (SCIENTIFIC.test(text) && /e\+|\.\d+\s?e/i.test(text)) return "key.damaged";
  return MASKED.test(text) ? "key.masked" : undefined;
}

/** Makes the reader of a column of keys. */
export function keyReader({ dropsPointZero, lostDigits }: KeyReading): ReadKey {
  return (text) => {
    const key = dropsPointZero
      ? text.replace(/^(\d+)\.0+$/, "$1")
      : GROUPED.test(text)
        ? text.replaceAll(",", "")
        : text;
    if (/^\d+$/.test(key)) return lostDigits && /^\d{15}0+$/.test(key) && LONG.test(key) ? "key.damaged" : { key };
    return keyFault(key) ?? { key: WIDE_DIGITS.test(key) ? foldWidth(key) : key.normalize("NFC") };
  };
}
