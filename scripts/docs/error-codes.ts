// Finds the machine codes in the sources: of errors, faults of input, alarms and log lines.
import ts from "typescript";
import { readSourceFile, walk } from "../structure/source-file.mjs";
import { filesBelow, root } from "../workspace.mjs";

export interface FoundCode {
  readonly code: string;
  /** Relative to the root. */
  readonly path: string;
}

const CODE = /^[a-z]+(-[a-z]+)*\.[a-z]+([_-][a-z0-9]+)*$/;
/** Tests, the lists of codes and of calls, and the console's names of words: none is given there. */
const NOT_SEARCHED =
  /reference-server\/web\/|\.test(-d)?\.ts$|\/conformance\/|\/test-[\w-]+\.ts$|\/(error-codes|public-calls)\.ts$/;
/** Texts that look like codes: paths of inputs, names of files and of calls. */
const NOT_CODES = new Set([
  "content.html",
  "content.text",
  "content.xml",
  "text.content",
  "config.ts",
  "message.send",
  "alerts.cursor",
  "audience.preview",
  "rules.obstacles",
  "occurrences.cancel",
  "occurrences.remind",
  "jobs.run",
  "evidence.export",
  "push.cancel",
  "push.remind",
]);

/**
 * Codes given to an error or to a field `code`, whatever their area, and every other text of the known areas.
 *
 * @param areas first parts of codes, as `storage` in `storage.busy`
 */
export function codesInSources(areas: ReadonlySet<string>): FoundCode[] {
  return ["packages", "examples"]
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => /\/src\/.*\.ts$/.test(path) && !NOT_SEARCHED.test(path))
    .flatMap((path) => {
      const found: FoundCode[] = [];
      walk(readSourceFile(root, path).tree, (node) => {
        if (!ts.isStringLiteralLike(node) || !CODE.test(node.text) || NOT_CODES.has(node.text)) return;
        if (isGivenAsCode(node) || areas.has(node.text.split(".")[0] ?? "")) found.push({ code: node.text, path });
      });
      return found;
    });
}

/** Whether a text is an argument of an error's constructor, of a function that makes one, or the value of a field `code`. */
function isGivenAsCode(node: ts.Node): boolean {
  for (let { parent } = node; parent && !ts.isStatement(parent); parent = parent.parent) {
    if (ts.isNewExpression(parent)) return /Error$/.test(parent.expression.getText());
    if (ts.isPropertyAssignment(parent)) return parent.name.getText() === "code";
    if (ts.isCallExpression(parent))
      return /^(super|fail|refusal|refused|fileError)$/.test(parent.expression.getText());
  }
  return false;
}
