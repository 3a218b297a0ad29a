import { foldWords } from "@recallkit/core/script";

/** Most terms of one text that are kept or looked for. */
const MOST_TERMS = 400;
const LATIN = /[a-z0-9]+/g;
const OTHERS = /[^a-z0-9]+/g;

/**
 * What a text is found by: every pair of neighbouring characters, and words of letters and digits whole. Most Chinese words have
 * two characters, which trigrams miss; width, case, blanks and punctuation don't count.
 */
export function termsOf(text: string): ReadonlySet<string> {
  const terms = new Set<string>();
  for (const piece of text.split(/[\s\p{P}]+/u)) {
    const folded = foldWords(piece).text;
    for (const [word] of folded.matchAll(LATIN)) if (word.length > 1) terms.add(word.slice(0, 60));
    for (const [part] of folded.matchAll(OTHERS)) {
      const characters = [...part];
      for (let at = 0; at + 1 < characters.length; at += 1) terms.add(characters.slice(at, at + 2).join(""));
    }
    if (terms.size >= MOST_TERMS) break;
  }
  return new Set([...terms].slice(0, MOST_TERMS));
}

/** Pairs that stand in any question and tell nothing of what it is about. */
const EMPTY = new Set([
  "请问",
  "你好",
  "您好",
  "怎么",
  "什么",
  "多少",
  "可以",
  "能不",
  "不能",
  "一下",
  "我想",
  "想问",
  "我的",
  "你们",
  "我要",
  "是不",
  "有没",
  "没有",
  "这个",
  "那个",
  "吗我",
  "谢谢",
  "帮我",
  "麻烦",
  "时候",
]);

/** The terms of a question that say what it is about. */
export function askedTerms(text: string): readonly string[] {
  return [...termsOf(text)].filter((term) => !EMPTY.has(term));
}
