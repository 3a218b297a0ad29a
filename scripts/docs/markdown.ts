// Reads the Markdown of the checkout: which files there are, and their links, headings, code blocks and tables.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { FILES_URL } from "../packages/project.mjs";
import { filesBelow, root } from "../workspace.mjs";

/** Every Markdown file that somebody wrote for readers, relative to the root; the API reference is made, links and all. */
export function markdownFiles(): string[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = ["docs", "packages", "examples"].flatMap((folder) => filesBelow(folder));
  return [...atRoot, ...below.filter((path) => path.endsWith(".md") && !path.startsWith("docs/api/"))];
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Contents of the fenced blocks, in order; the language line is left out. */
export function codeBlocks(text: string): string[] {
  return Array.from(text.matchAll(/^```[^\n]*\n([\s\S]*?)^```$/gm), (match) => match[1] ?? "");
}

/** Targets of links and images inside the checkout or the page, outside code. */
export function localLinks(text: string): string[] {
  return linkTargets(text).filter((target) => !/^[a-z]+:/i.test(target));
}

/** Files of the checkout to which the page leads by their address on the web, with `#` and heading where it names one. */
export function linkedFiles(text: string): string[] {
  return linkTargets(text).flatMap((target) => (target.startsWith(FILES_URL) ? [target.slice(FILES_URL.length)] : []));
}

/** Targets of links and images outside code. */
function linkTargets(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
  return Array.from(prose.matchAll(/\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)/g), (match) => match[1] ?? "");
}

/** What is wrong with a link of a file, or nothing. */
export function linkFault(file: string, target: string): string | undefined {
  const [path = "", anchor] = decodeURI(target).split("#");
  const meant = path === "" ? file : relative(root, join(root, dirname(file), path));
  if (meant.startsWith("..")) return `${file}: ${target} leaves the checkout`;
  if (!existsSync(join(root, meant))) return `${file}: ${target} does not exist`;
  if (anchor === undefined || !meant.endsWith(".md")) return undefined;
  return anchors(textOf(meant)).has(anchor) ? undefined : `${file}: ${target} names no heading`;
}

/** Names by which headings are linked to. */
function anchors(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#{1,6} +(.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = ""]) =>
      heading
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
  );
}

/** Cells of the rows of the tables under a heading (`### Batch`), without header and rule lines. */
export function tableRows(text: string, heading: string): string[][] {
  const [, section = ""] = text.split(new RegExp(`^${heading}$`, "m"));
  const lines = (section.split(/^#+ /m)[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
  return lines
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((_, index, rows) => !isRule(rows[index]) && !isRule(rows[index + 1]));
}

function isRule(cells: readonly string[] | undefined): boolean {
  return cells?.every((cell) => /^:?-+:?$/.test(cell)) ?? false;
}

/** Words in backquotes. */
export function quoted(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), (match) => match[1] ?? "");
}
