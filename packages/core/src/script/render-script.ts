import type { ScriptFacts } from "../ports/script-writer.js";

/** `{{name}}` or `{{name|what stands there without a value}}`. */
const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\|([^{}]*))?\}\}/g;

/** Names of variables in a text of a template, each once. */
export function scriptVariables(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(VARIABLE), (match) => match[1] ?? ""))];
}

/**
 * Fills in facts. A value that is missing or empty gives way to the fall-back; braces in values are not looked at again.
 *
 * @returns undefined: a variable has neither value nor fall-back
 */
export function renderScript(text: string, facts: ScriptFacts): string | undefined {
  let isWhole = true;
  const rendered = text.replace(VARIABLE, (_, name: string, fallBack: string | undefined) => {
    const value = Object.hasOwn(facts, name) ? String(facts[name]).trim() : "";
    if (value !== "") return value;
    if (fallBack === undefined) isWhole = false;
    return fallBack?.trim() ?? "";
  });
  return isWhole ? rendered : undefined;
}
