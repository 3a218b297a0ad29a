import { cleanCell } from "../cell/cell-text.js";
import { placeOf } from "../mapping/find-columns.js";
import type { SkipRule } from "../mapping/mapping.js";

/** Makes what tells for which reason a row is passed over; rules of columns that the table doesn't have are idle. */
export function skipTest(
  columns: readonly string[],
  rules: readonly SkipRule[] = [],
): (cells: readonly string[]) => string | undefined {
  const found = rules.flatMap((rule) => {
    const at = placeOf(columns, rule.column);
    return at < 0 ? [] : [{ ...rule, at }];
  });
  if (found.length === 0) return () => undefined;
  return (cells) =>
    found.find(({ at, startsWith, isBlank }) => {
      const text = cleanCell(cells[at] ?? "");
      return (isBlank === true && text === "") || (startsWith !== undefined && text.startsWith(startsWith));
    })?.reason;
}
