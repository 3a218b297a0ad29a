/** Languages of what people read. */
export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** One sentence in every language. */
export type Sentence = Readonly<Record<Language, string>>;

/** Sentences one after the other, each language by itself. */
export function joined(sentences: readonly Sentence[], between: Sentence = { zh: "；", en: "; " }): Sentence {
  const of = (language: Language) => sentences.map((sentence) => sentence[language]).join(between[language]);
  return { zh: of("zh"), en: of("en") };
}

/** The same in every language: figures, keys, codes. */
export function alike(text: string): Sentence {
  return { zh: text, en: text };
}

/** Characters that turn the direction of everything after them. */
const TURNS = /[\u202A-\u202E\u2066-\u2069]/g;

/** A name as a part of a sentence: it can't turn the words around it. */
export function inSentence(name: string): string {
  return name.replace(TURNS, "");
}
