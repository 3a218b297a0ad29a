import { localDateOf } from "../local-time.js";
import { sha256Hex } from "../text.js";
import type { MessageContent } from "./content.js";
import type { RuleDefinition } from "./rule.js";
import { renderTexts, textsOf, unknownVariables, variablesOf } from "./template.js";

/** Names that every rule may use beside its own variables. */
export const BUILT_IN_VARIABLES = ["merchant_name", "rule_name", "date"] as const;

/** Names whose values differ from person to person; only personal channels can say them. */
export const PERSONAL_VARIABLES = ["customer_name"] as const;

/** Names of a link, its code, and the way out: each person's own on a personal channel, one for the whole batch on others. */
export const LINK_VARIABLES = ["recall_link", "recall_code", "unsubscribe_link"] as const;

/** Values of variables by name. */
export type Values = Readonly<Record<string, string>>;

/**
 * The values that everybody of an occurrence shares, the same for every attempt. A variable of the rule that has the name of
 * a personal one is its value for people who have none.
 */
export function sharedValues(
  definition: Pick<RuleDefinition, "name" | "variables">,
  occurrence: { readonly dueAt: number; readonly timeZone: string },
  merchantName: string,
): Values {
  return {
    ...definition.variables,
    merchant_name: merchantName,
    rule_name: definition.name,
    date: localDateOf(occurrence.dueAt, occurrence.timeZone),
  };
}

/** The personal variables that content uses. */
export function personalVariablesOf(content: MessageContent): readonly string[] {
  const used = variablesIn(content);
  return PERSONAL_VARIABLES.filter((name) => used.has(name));
}

/** The variables of links that content uses, but for those that the rule gives a value of its own. */
export function linkVariablesOf(
  content: MessageContent,
  variables: RuleDefinition["variables"] = {},
): readonly (typeof LINK_VARIABLES)[number][] {
  const used = variablesIn(content);
  return LINK_VARIABLES.filter((name) => used.has(name) && !Object.hasOwn(variables, name));
}

/** Every variable that content uses. */
export function variablesIn(content: MessageContent): ReadonlySet<string> {
  return new Set(Array.from(textsOf(content), ([, text]) => variablesOf(text)).flat());
}

/**
 * Content with its variables filled in. In the part `html` values are written as text.
 *
 * @throws {RangeError} a variable has no value
 */
export function renderContent(content: MessageContent, values: Values): MessageContent {
  return renderTexts(content, values);
}

/**
 * Content as far as it is the same for everybody: personal variables stand as they were written, and so do those of links
 * that nothing gives a value.
 *
 * @param others variables that differ from person to person as well. @default none
 */
export function renderShared(content: MessageContent, values: Values, others: readonly string[] = []): MessageContent {
  const own = { ...placeholdersOf(LINK_VARIABLES), ...values };
  return renderContent(content, { ...own, ...placeholdersOf([...PERSONAL_VARIABLES, ...others]) });
}

/** Variables that stand as they were written. */
export function placeholdersOf(names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, `{{${name}}}`]));
}

/** Texts of content with variables that nobody gives a value to, by path. */
export function contentVariableFaults(
  content: MessageContent,
  known: readonly string[],
): readonly { readonly path: string; readonly name: string }[] {
  return Array.from(textsOf(content)).flatMap(([path, text]) =>
    unknownVariables(text, known).map((name) => ({ path, name })),
  );
}

/** Marks hashes of this form; those of earlier releases have none, and can't be compared. */
const FORM = "2:";

/** Hash of content as far as everybody shares it; a batch keeps it, since a repeat must say the same. */
export function contentHash(content: MessageContent): string {
  return FORM + sha256Hex(JSON.stringify(content, sorted));
}

/** Whether a kept hash shows that content would now say something else. */
export function isOtherContent(kept: string | null, hash: string): boolean {
  return kept?.startsWith(FORM) === true && kept !== hash;
}

/** Keys in one order, whatever order content was written in. */
function sorted(_: string, part: unknown): unknown {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}
