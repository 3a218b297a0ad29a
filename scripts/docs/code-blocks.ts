// The code blocks of READMEs and guides, and what each is held to: a file that tests run, or a run of its own.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { filesBelow, root } from "../workspace.mjs";
import { markdownFiles, textOf } from "./markdown.ts";

/** A fenced block with the comment right before it: `<!-- example: path -->`, `<!-- output: path -->`, `<!-- run: server -->`. */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly mark?: { readonly kind: string; readonly value: string };
}

/** Pages whose code is run. Chinese pages show the code of their English page, which another test holds them to. */
export function pagesWithCode(): string[] {
  return markdownFiles().filter(
    (path) =>
      /(^|\/)README\.md$|^docs\/guides\//.test(path) &&
      !path.endsWith(".zh-CN.md") &&
      !path.startsWith("docs/decisions"),
  );
}

/** Blocks of a page in order, without the indentation that a list gives them. */
export function blocksOf(page: string, text: string = textOf(page)): CodeBlock[] {
  const blocks = text.matchAll(/(?:^ *<!-- ([a-z]+): (.+?) -->\n)?\n?^( *)```([\w-]*)\n([\s\S]*?)^\3```$/gm);
  return Array.from(
    blocks,
    ({ index, 0: whole, 1: kind, 2: value, 3: indent = "", 4: language = "", 5: code = "" }) => ({
      page,
      line: text.slice(0, index + whole.indexOf("```")).split("\n").length,
      language,
      code: dedent(code, indent),
      ...(kind && value && { mark: { kind, value } }),
    }),
  );
}

function dedent(code: string, indent: string): string {
  return code
    .split("\n")
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
}

/** Whether a block is a file, or some lines of it that may stand further in there. */
export function isPartOf(code: string, file: string): boolean {
  const wanted = code.trimEnd().split("\n");
  const lines = file.split("\n");
  return lines.some((line, start) => {
    const indent = /^ */.exec(line)?.[0] ?? "";
    return wanted.every((text, n) => (lines[start + n] ?? "") === (text === "" ? "" : indent + text));
  });
}

/** Files that the tests of the same package run: the tests, all they import by relative paths, and programs that they start by name. */
function isRunByTests(file: string): boolean {
  const sources = `${file.split("/").slice(0, 2).join("/")}/src`;
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path) || !existsSync(join(root, path))) return;
    reached.add(path);
    const text = readFileSync(join(root, path), "utf8");
    for (const [, imported, started = ""] of text.matchAll(/(?:from|import\(?) ?"(\.[^"]+)"|"(\.[^"]+\.ts)"/g))
      visit(posix.join(dirname(path), imported ?? started).replace(/\.js$/, ".ts"));
  };
  for (const path of filesBelow(sources)) if (path.endsWith(".test.ts")) visit(path);
  return reached.has(file);
}

/** Commands that other checks run, each with the check. */
const RUN_ELSEWHERE: readonly (readonly [command: RegExp, check: string])[] = [
  [/^npm (start|test)$/, "npm run test:nodes, in fresh clones"],
  [/^npm run [a-z:-]+$/, "a script of the workspace, which CI runs"],
  [/^npm init -y$/, "npm run release:check"],
  [/^(npm|pnpm) (install|add|i) /, "npm run release:check, for the packages of this project"],
  [/^node examples\/reference-server\/dist\/main\.js$/, "the walk-throughs that are marked `run: server`"],
  [/^PORT=\d+ npm start -- --role \w+$/, "the tests of the server's processes"],
  [/^(npx )?recallkit serve\b/, "the tests of the server's processes"],
  [
    /^export (NODE_ENV|SECRET_KEY|BOOTSTRAP_PASSWORD|DATABASE_URL|REDIS_URL|RABBITMQ_URL|TRUST_PROXY)=/,
    "the tests of the server's configuration",
  ],
  [/^npx esbuild /, "scripts/packages/bundles.test.ts, by esbuild's own API"],
];

/** What is wrong with a block, or nothing. */
export function faultOf({ language, code, mark }: CodeBlock): string | undefined {
  if (mark?.kind === "example") {
    if (!existsSync(join(root, mark.value))) return `${mark.value} does not exist`;
    if (!isPartOf(code, readFileSync(join(root, mark.value), "utf8")))
      return `is not in ${mark.value} as it stands here`;
    return isRunByTests(mark.value) || isPort(mark.value) ? undefined : `no test of its package runs ${mark.value}`;
  }
  if (language === "json") return jsonFault(code);
  if (language === "text" && mark?.kind === "output") return undefined;
  if (/^(sh|bash)$/.test(language)) {
    if (mark?.kind === "run")
      return ["server", "cli", "production"].includes(mark.value) ? undefined : `nothing runs "${mark.value}"`;
    // scripts/deployment/backup-restore.test.ts takes them from the page.
    if (mark?.kind === "backup" || mark?.kind === "restore") return undefined;
    const uncovered = commandsOf(code).find((command) => !RUN_ELSEWHERE.some(([known]) => known.test(command)));
    return uncovered === undefined
      ? undefined
      : `nobody runs \`${uncovered}\`; mark the block with <!-- run: server --> or <!-- run: cli -->`;
  }
  if (language === "mermaid") return undefined;
  return "is held to nothing; show lines of a tested file and mark the block with <!-- example: path -->";
}

/** A port is an interface: the compiler and the suites hold it. */
function isPort(path: string): boolean {
  return path.startsWith("packages/core/src/ports/");
}

function jsonFault(code: string): string | undefined {
  try {
    JSON.parse(code);
    return undefined;
  } catch (error) {
    return `is no JSON: ${error instanceof Error ? error.message : error}`;
  }
}

/** Commands of a block without comments, one per line that is not continued. */
function commandsOf(code: string): string[] {
  return code
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)# .*$/, "").trim())
    .filter((line) => line !== "");
}
