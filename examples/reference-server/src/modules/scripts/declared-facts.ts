import { isConsented, normaliseText, type ScriptFacts } from "@recallkit/core/ports";
import type { ScriptGate } from "@recallkit/core/script";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { PersonFacts } from "./script.js";
import type { ScriptSettings, WidenedFact } from "./settings.js";

/** Purpose of the consent that lets more than the usual facts leave for a model; it is given apart from that to marketing. */
export const WIDENED_PURPOSE = "script_facts";

/** Written by others in their own words: quoted, never among the facts. */
const QUOTED: readonly WidenedFact[] = ["notes", "tags"];
const MOST_FACT = 64;
const MOST_QUOTED = 500;
const NO_LIMITS = { maxBytes: 100_000 };

/** What may be said, and what was held back. */
export interface DeclaredFacts {
  readonly facts: ScriptFacts;
  readonly quoted: Readonly<Record<string, string>>;
}

/**
 * The facts that may be told to whoever writes: the usual five, and of others those that the institution has declared with a
 * reason. A value that breaks a rule by itself is left out, as if it were not known.
 */
export function declaredFacts(
  given: PersonFacts,
  { widened }: Pick<ScriptSettings, "widened">,
  hasConsent: boolean,
  gate: ScriptGate,
): DeclaredFacts {
  const facts: Record<string, string | number> = {};
  const quoted: Record<string, string> = {};
  const take = (name: string, value: string | null | undefined) => {
    const text = normaliseText(value ?? "");
    if (text === "" || text.length > MOST_FACT || /[\n\r{}<>]/.test(text)) return;
    // Words in a registered name are not a claim; a link or a price in it is none the less.
    if (gate.check(text, { facts: { [name]: text }, limits: NO_LIMITS }).verdict === "pass") facts[name] = text;
  };
  take("salonName", given.salonName);
  take("surname", given.surname);
  take("title", given.title);
  take("vipLevel", given.vipLevel);
  const days = given.daysToBirthday;
  if (Number.isInteger(days) && days >= 0 && days <= 366) facts.daysToBirthday = days;
  if (!hasConsent) return { facts, quoted };
  for (const { fact } of widened) {
    const value = given.widened?.[fact];
    if (value === undefined) continue;
    if (QUOTED.includes(fact)) quoted[fact] = normaliseText(value).slice(0, MOST_QUOTED);
    else take(fact, value);
  }
  return { facts, quoted };
}

/** Whether somebody has agreed that more than the usual facts are told to a model. */
export async function hasWidenedConsent(
  stores: Pick<SqlStores, "consents">,
  tenantId: number,
  customerId: number | null,
): Promise<boolean> {
  if (customerId === null) return false;
  const words = await stores.consents.current(tenantId, [customerId]);
  return isConsented(words.filter(({ purpose, channel }) => purpose === WIDENED_PURPOSE && channel === "*"));
}
