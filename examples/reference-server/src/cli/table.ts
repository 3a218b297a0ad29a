import { formatLocal } from "@recallkit/core/ports";

// East Asian wide forms and pictographs take two columns of a terminal.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

/** Rows in aligned columns. @param last where the last column stands; figures stand to the right */
export function alignedTable(rows: readonly (readonly string[])[], last: "left" | "right" = "left"): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => displayWidth(row[at] ?? ""))),
  );
  return rows
    .map((row) => {
      const cells = widths.map((width, at) => {
        const text = row[at] ?? "";
        const blanks = " ".repeat(width - displayWidth(text));
        return at === columns - 1 && last === "right" ? blanks + text : text + blanks;
      });
      return cells.join("  ").trimEnd();
    })
    .join("\n");
}

/** A fact of an answer as people read it: instants in their zone, a dash for nothing. */
export function factText(name: string, value: unknown, zone: string): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number" && /(^|_)(at|until)$/.test(name)) return formatLocal(value, zone);
  return Array.isArray(value) ? value.join(" ") || "–" : String(value);
}
