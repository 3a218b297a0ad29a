import type { Intent, IntentAnswer, IntentClassifier } from "../ports/intent-classifier.js";
import { foldWords } from "../script/gate/fold.js";
import { DEFAULT_INTENT_EXAMPLES } from "./default-examples.js";
import { DEFAULT_INTENT_RULES } from "./default-rules.js";
import { INTENTS } from "./intents.js";
import { type IntentExample, likenessOf } from "./likeness.js";

/** Words that speak for an intent. */
export interface IntentRule {
  /** What they speak for. */
  readonly intent: Intent;
  /**
   * Any of them. Width, case, blanks, punctuation and old forms of characters don't matter; `…` stands for up to eight
   * characters: `修…没有`.
   */
  readonly words: readonly string[];
  /** The rule is void where one of these stands too. @default none */
  readonly without?: readonly string[] | undefined;
  /** True: the message is the word and nothing else. @default false */
  readonly whole?: boolean | undefined;
  /** How much they say, above 0; 1 is a hint, 2 is clear, 3 decides. @default 2 */
  readonly weight?: number | undefined;
}

/** Options of {@link ruleIntents}. */
export interface RuleIntentsOptions {
  /** @default DEFAULT_INTENT_RULES */
  readonly rules?: readonly IntentRule[] | undefined;
  /** Messages of one's own, beside {@link DEFAULT_INTENT_EXAMPLES}: each of them weighs as much. @default none */
  readonly examples?: readonly IntentExample[] | undefined;
}

/** Longest part of a message that is read, characters: what somebody wants stands at its beginning or its end. */
const READ = 400;
const GAP = ".{0,8}";
/** Weight from which words decide. */
const CLEAR = 2;
const FREE = { prompt: 0, completion: 0 } as const;

/** How sure likeness alone can be: less than a clear word. */
const MOST_LIKE = 0.75;
const SHIPPED: readonly IntentExample[] = INTENTS.flatMap((intent) =>
  DEFAULT_INTENT_EXAMPLES[intent].map((text) => ({ text, intent })),
);
const fold = (text: string) => foldWords(text).text;

interface Compiled {
  readonly intent: Intent;
  readonly words: readonly { readonly word: string; readonly pattern: RegExp }[];
  readonly without: RegExp | undefined;
  readonly weight: number;
}

/**
 * Reads messages by words. Each rule that fits adds its weight to its intent; further words of the same rule add a quarter each.
 * The confidence grows with the weight and falls with the weight of the next intent. Where no clear word stands, the message is
 * held against examples, and what it is like counts.
 */
export function ruleIntents(options: RuleIntentsOptions = {}): IntentClassifier {
  const { rules = DEFAULT_INTENT_RULES, examples = [] } = options;
  const compiled = rules.map(compile);
  const likeness = likenessOf([...SHIPPED, ...examples], fold);
  // What somebody has put right stays right.
  const own = new Map(examples.map(({ text, intent }) => [fold(text), intent]));
  return {
    name: "rules",
    async classify({ text }): Promise<IntentAnswer> {
      const told = text.length > 2 * READ ? text.slice(0, READ) + text.slice(-READ) : text;
      const folded = fold(told);
      const answered = { kind: "classified", engine: "rules", model: null, tokens: FREE } as const;
      if (folded === "") return { ...answered, intent: "chat", confidence: 0.7, reason: "no words" };
      const known = own.get(folded);
      if (known !== undefined) return { ...answered, intent: known, confidence: 0.95, reason: "an example" };
      const [best, next] = rank(compiled, folded);
      if (best && best.weight >= CLEAR) {
        const margin = (best.weight - (next?.weight ?? 0)) / best.weight;
        const confidence = round((1 - 0.4 ** best.weight) * (0.5 + margin / 2));
        return { ...answered, intent: best.intent, confidence, reason: best.words.slice(0, 5).join("、") };
      }
      const [like] = likeness(folded);
      if (!like) return { ...answered, intent: "chat", confidence: 0.1, reason: "no rule fits" };
      return { ...answered, intent: like.intent, confidence: round(MOST_LIKE * like.share), reason: "like examples" };
    },
  };
}

/** Intents by the weight of the rules that fit, the heaviest first. */
function rank(rules: readonly Compiled[], folded: string) {
  const found = INTENTS.map((intent) => ({ intent, weight: 0, words: [] as string[] }));
  for (const { intent, words, without, weight } of rules) {
    const met = words.filter(({ pattern }) => pattern.test(folded)).map(({ word }) => word);
    const sum = found.find((one) => one.intent === intent);
    if (met.length === 0 || sum === undefined || without?.test(folded)) continue;
    sum.weight += weight * (1 + Math.min(met.length - 1, 2) / 4);
    sum.words.push(...met);
  }
  return found.toSorted((a, b) => b.weight - a.weight);
}

function round(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}

function compile({ intent, words, without = [], whole = false, weight = 2 }: IntentRule): Compiled {
  const source = (word: string) =>
    word
      .split("…")
      .map(fold)
      .filter((part) => part !== "")
      .join(GAP);
  const usable = words.filter((word) => source(word) !== "");
  const forbidden = without.map(source).filter((part) => part !== "");
  return {
    intent,
    weight,
    // Only letters, digits and signs of money are left, of which `$` means something in patterns.
    words: usable.map((word) => {
      const pattern = source(word).replaceAll("$", "\\$");
      return { word, pattern: new RegExp(whole ? `^(?:${pattern})$` : pattern, "u") };
    }),
    without: forbidden.length > 0 ? new RegExp(forbidden.join("|").replaceAll("$", "\\$"), "u") : undefined,
  };
}
