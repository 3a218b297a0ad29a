import { Console } from "node:console";
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { vi } from "vitest";

const ROOT = new URL("../../../../", import.meta.url);

/** Text of a file, named from the root of the checkout. */
export function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

/** The fenced block that follows a marker `<!-- example: path -->` or `<!-- output: path -->`. */
export function markedBlock(markdown: string, kind: "example" | "output", source: string): string | undefined {
  const [, rest] = markdown.split(`<!-- ${kind}: ${source} -->\n`);
  return rest === undefined ? undefined : /^\n*```\w*\n([\s\S]*?)^```$/m.exec(rest)?.[1];
}

/** What `run` prints to standard output. */
export async function printed(run: () => Promise<unknown>): Promise<string> {
  const stdout = new PassThrough();
  vi.stubGlobal("console", new Console(stdout, new PassThrough()));
  try {
    await run();
  } finally {
    vi.unstubAllGlobals();
  }
  return String(stdout.read() ?? "");
}
