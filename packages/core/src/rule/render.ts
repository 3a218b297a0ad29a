import { localDateOf } from "../local-time.js";
import { sha256Hex } from "../text.js";
import type { MessageContent } from "./content.js";
import type { RuleDefinition } from "./rule.js";
import { renderTemplate } from "./template.js";

/** Names that every rule may use beside its own variables. */
export const BUILT_IN_VARIABLES = ["merchant_name", "rule_name", "date"] as const;

/** The content of an occurrence with its variables filled in: the same for everybody in it and for every attempt. */
export function renderContent(
  definition: RuleDefinition,
  occurrence: { readonly dueAt: number; readonly timeZone: string },
  merchantName: string,
): MessageContent {
  const values = {
    ...definition.variables,
    merchant_name: merchantName,
    rule_name: definition.name,
    date: localDateOf(occurrence.dueAt, occurrence.timeZone),
  };
  const { text, image, miniProgram } = definition.content;
  return {
    ...(text !== undefined && { text: renderTemplate(text, values) }),
    ...(image !== undefined && { image }),
    ...(miniProgram !== undefined && {
      miniProgram: { ...miniProgram, title: renderTemplate(miniProgram.title, values) },
    }),
  };
}

/** SHA-256 of rendered content; a batch keeps it, since a repeat must say the same. */
export function contentHash(content: MessageContent): string {
  const { text, image, miniProgram: card } = content;
  return sha256Hex(
    JSON.stringify([
      text ?? null,
      image ?? null,
      card ? [card.title, card.image, card.page, card.appId ?? null] : null,
    ]),
  );
}
