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
