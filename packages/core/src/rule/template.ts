const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

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
