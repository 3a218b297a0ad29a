// Writes docs/errors.md from the catalogue, with the Chinese texts that the server answers with.
import { textsOf } from "../../examples/reference-server/src/frame/messages.ts";
import { CATALOGUE, type CatalogueRow, INTRO } from "./error-catalogue.ts";

/** The page as it has to be; `npm run docs` writes it. */
export function errorPage(): string {
  const sections = CATALOGUE.map(({ title, intro, rows }) =>
    [`## ${title}`, ...(intro === "" ? [] : [intro]), table(rows)].join("\n\n"),
  );
  return `${["# Errors", INTRO, ...sections].join("\n\n")}\n`;
}

function table(rows: readonly CatalogueRow[]): string {
  const hasTexts = rows.some(({ code }) => textsOf(code) !== undefined);
  const header = hasTexts
    ? ["Code", "Meaning", "中文", "What to do", "Again"]
    : ["Code", "Meaning", "What to do", "Again"];
  const lines = rows.map(({ code, meaning, action, again }) => [
    `\`${code}\``,
    meaning,
    ...(hasTexts ? [textsOf(code)?.zh ?? "–"] : []),
    action,
    again,
  ]);
  return [header, header.map(() => "---"), ...lines].map((cells) => row(cells)).join("\n");
}

function row(cells: readonly string[]): string {
  return cells.every((cell) => cell === "---") ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`;
}
