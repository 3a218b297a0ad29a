/** What a number format makes of a number: nothing, a date, a time, or digits with leading zeros. */
export type CellFormat = "number" | "date" | "date-time" | "time" | { readonly digits: number };

const BUILT_IN_DATES = [14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58];
const BUILT_IN_TIMES = [18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56];
const BUILT_IN_DATE_TIME = 22;

/**
 * @param id number of the format; below 164 its meaning is fixed
 * @param code the format itself, as `yyyy\-mm\-dd;@`, if the workbook has it
 */
export function cellFormat(id: number, code: string | undefined): CellFormat {
  if (code === undefined) {
    if (id === BUILT_IN_DATE_TIME) return "date-time";
    return BUILT_IN_DATES.includes(id) ? "date" : BUILT_IN_TIMES.includes(id) ? "time" : "number";
  }
  const first = code.split(";")[0] ?? "";
  // Texts in quotes, escaped characters, fill characters, and conditions or languages in brackets tell nothing.
  const plain = first.replace(/"[^"]*"|\\.|_.|\*./g, "").replace(/\[(?!(h+|m+|s+)\])[^\]]*\]/gi, "");
  // A span of time, as [h]:mm, may be longer than a day: it is no date.
  if (/\[(h+|m+|s+)\]/i.test(plain)) return "number";
  const hasTime = /h|s/i.test(plain.replace(/general/gi, "").replace(/上午|下午|am\/pm|a\/p/gi, ""));
  const hasDate = /y|d|e(?![+-])|年|月|日/i.test(plain.replace(/general/gi, "")) || (!hasTime && /m/i.test(plain));
  if (hasDate) return hasTime ? "date-time" : "date";
  if (hasTime) return "time";
  const zeros = /^0{2,}$/.exec(plain)?.[0];
  return zeros ? { digits: zeros.length } : "number";
}
