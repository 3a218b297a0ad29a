/**
 * Data as JSON that holds no mark: signs that open or close one are written as escapes, those of other widths too, and so are
 * breaks of lines.
 */
export function markedData(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029\u2039\u203a\u2329\u232a\u3008-\u300b\ufe64\ufe65\uff1c\uff1e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
