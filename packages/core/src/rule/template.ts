import type { ContentPart, MessageContent } from "./content.js";

const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;
/** The part that is markup: values in it are written so that they stay text. */
const MARKUP = "html";
/** What people read of content, or open by it, at any depth; images, pages and ids are left as they are. */
const READ = new Set(["text", "subject", "title", "description", "url", MARKUP]);

/** Names of the `{{variables}}` in a text, each once, in order of appearance. */
export function variablesOf(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(VARIABLE), (match) => match[1] ?? ""))];
}

/** Names used in a text that `known` does not offer. */
export function unknownVariables(text: string, known: Iterable<string>): readonly string[] {
  const names = new Set(known);
  return variablesOf(text).filter((name) => !names.has(name));
}

/**
 * Puts values in place of `{{variables}}`. Values are text: braces inside them are not looked at again.
 *
 * @throws {RangeError} when a value is missing; callers check with {@link unknownVariables} first
 */
export function renderTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new RangeError(`no value for variable ${name}`);
    return value;
  });
}

/** A text as markup shows it, inside an element as well as inside a quoted attribute. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Content with its variables filled in; in `html` values stay text. @throws {RangeError} a variable has no value */
export function renderTexts(content: MessageContent, values: Readonly<Record<string, string>>): MessageContent {
  return mapTexts(content, (text, name) => renderTemplate(text, name === MARKUP ? escapedValues(values) : values));
}

function escapedValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, escapeMarkup(value)]));
}

/** The texts of content that may hold variables, with their dotted paths: what people read, in parts of any depth. */
export function* textsOf(part: ContentPart | MessageContent, path = "", name = ""): Generator<[string, string]> {
  if (typeof part === "string") {
    if (READ.has(name)) yield [path, part];
  } else if (typeof part === "object" && part !== null) {
    for (const [key, value] of Object.entries(part)) {
      if (value !== undefined) yield* textsOf(value, path === "" ? key : `${path}.${key}`, key);
    }
  }
}

/** Content with a change made to each text that {@link textsOf} finds; `name` is that of its part. */
function mapTexts(content: MessageContent, change: (text: string, name: string) => string): MessageContent {
  const map = (part: ContentPart, name: string): ContentPart => {
    if (typeof part === "string") return READ.has(name) ? change(part, name) : part;
    if (typeof part !== "object" || part === null) return part;
    if (isList(part)) return part.map((one) => map(one, ""));
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, value && map(value, key)]));
  };
  return Object.fromEntries(
    Object.entries(content)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => [name, map(part ?? null, name)]),
  );
}

function isList(part: object): part is readonly ContentPart[] {
  return Array.isArray(part);
}
