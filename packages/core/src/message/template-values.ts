import type { InputIssue } from "../errors.js";
import { isLocalDate } from "../local-time.js";
import { hasControlCharacters, normaliseText } from "../text.js";
import type { TemplateVariable } from "./template.js";

/** Values of a template's variables as somebody gives them: texts, or numbers. */
export type TemplateValues = Readonly<Record<string, unknown>>;

interface ValueFault {
  readonly code: string;
  readonly message: string;
}

/** What is wrong with a value of a variable; undefined: nothing. */
export function valueFault(variable: TemplateVariable, value: unknown): ValueFault | undefined {
  if (typeof value !== "string" && typeof value !== "number") {
    return { code: "variable.type", message: "must be a text or a number; nested values are not looked into" };
  }
  const text = String(value);
  if (text.length > variable.maxLength) {
    return { code: "variable.too-long", message: `at most ${variable.maxLength} characters` };
  }
  if (
    hasControlCharacters(text.replace(/\r\n/g, "\n")) ||
    (!variable.isMultiline && /[\t\n\r\u2028\u2029]/.test(text))
  ) {
    return { code: "variable.lines", message: "must be one line without control characters" };
  }
  switch (variable.type) {
    case "number":
      return Number.isFinite(Number(text)) && text.trim() !== "" ? undefined : typeFault("a number");
    case "date":
      return isLocalDate(text) ? undefined : typeFault("an existing day, YYYY-MM-DD");
    case "url":
      return isHttps(text) ? undefined : typeFault("an https URL");
    case "text":
      return undefined;
  }
}

/**
 * Values of all variables, by declaration: strict about what is missing, what nobody declared, and what has another type.
 * Braces inside a value stay text.
 *
 * @param path of the values in the input
 */
export function readValues(
  variables: Readonly<Record<string, TemplateVariable>>,
  given: TemplateValues,
  path: string,
): { readonly values: Readonly<Record<string, string>> } | { readonly issues: readonly InputIssue[] } {
  const issues: InputIssue[] = [];
  const values: Record<string, string> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const value = Object.hasOwn(given, name) ? (given[name] ?? variable.default) : variable.default;
    if (value === undefined) {
      issues.push({ path: `${path}.${name}`, code: "variable.missing", message: "is missing" });
      continue;
    }
    const fault = valueFault(variable, value);
    if (fault) issues.push({ path: `${path}.${name}`, ...fault });
    else values[name] = normaliseText(String(value).replace(/\r\n/g, "\n"));
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(variables, name)) continue;
    issues.push({
      path: `${path}.${name}`,
      code: "variable.unknown",
      message: "the template declares no such variable",
    });
  }
  return issues.length > 0 ? { issues } : { values };
}

/** Values that a preview shows: each variable's example, its default, or its name. */
export function exampleValues(variables: Readonly<Record<string, TemplateVariable>>): Readonly<Record<string, string>> {
  const examples: Readonly<Record<TemplateVariable["type"], string>> = {
    text: "",
    number: "1",
    date: "2026-01-01",
    url: "https://example.com/",
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, { type, example, default: value }]) => [
      name,
      example ?? value ?? (examples[type] || `[${name}]`),
    ]),
  );
}

function typeFault(what: string): ValueFault {
  return { code: "variable.type", message: `must be ${what}` };
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}
