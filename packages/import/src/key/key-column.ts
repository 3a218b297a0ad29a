/** What is wrong with a key. */
export type KeyFault = "key.damaged" | "key.masked";

/** How the keys of a column are read. */
export interface KeyReading {
  /** All keys are numbers and some end with `.0`, which a program added that took them for measures: 17850.0 is 17850. */
  readonly dropsPointZero: boolean;
  /** Keys of more than 15 digits all end with zeros there: Excel keeps 15 digits, and different ones look alike. */
  readonly lostDigits: boolean;
}

/** Reads a column's keys. @returns the key, or what is wrong with it */
export type ReadKey = (text: string) => { readonly key: string } | KeyFault;

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;
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
  let others = 0;
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
        others += 1;
        const fault = keyFault(text);
        if (fault) faults[fault] += 1;
      }
    },
    faults,
    reading: () => ({
      dropsPointZero: pointZero > 0 && others === 0,
      // Three zeros come about by chance once in a thousand files.
      lostDigits: longKeys > 0 && zeroDigits >= 3,
    }),
  };
}

/** What is wrong with a key by itself; undefined: nothing. */
export function keyFault(text: string): KeyFault | undefined {
  if (SCIENTIFIC.test(text) && /e\+|\.\d+e/i.test(text)) return "key.damaged";
  return MASKED.test(text) ? "key.masked" : undefined;
}

/** Makes the reader of a column of keys. */
export function keyReader({ dropsPointZero, lostDigits }: KeyReading): ReadKey {
  return (text) => {
    const key = dropsPointZero ? text.replace(/\.0+$/, "") : text;
    if (/^\d+$/.test(key)) return lostDigits && /^\d{15}0+$/.test(key) && LONG.test(key) ? "key.damaged" : { key };
    return keyFault(key) ?? { key: key.normalize("NFC") };
  };
}
