import { SIMPLIFIED } from "./simplified.js";

/** A text as rules read it, with the place of each of its characters in the original. */
export interface FoldedText {
  /** Normalised. */
  readonly text: string;
  /** Where the original of a character begins, by index in `text`, UTF-16 units. */
  startOf(index: number): number;
  /** Where the original of the character before this index ends. */
  endOf(index: number): number;
}

/** Letters of other alphabets that look like Latin ones. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ а: "a", в: "b", е: "e", к: "k", м: "m", н: "h", о: "o", р: "p", с: "c", т: "t", у: "y", х: "x", ѕ: "s", і: "i" },
  ...{ α: "a", β: "b", ε: "e", ι: "i", κ: "k", ν: "v", ο: "o", ρ: "p", τ: "t", υ: "u", χ: "x" },
};

/** What is never read: blanks, marks on letters, and characters without a width. */
const UNREAD = /[\s\p{M}\p{Cf}\p{Cc}\u3164\u115f\u1160\uffa0\u2800]/u;
/** What words are made of; signs of money and of shares belong to them. */
const IN_WORDS = /[\p{L}\p{N}%‰$€£¥]/u;

/** Without blanks and what has no width; one form for full width, case, old and new characters. Punctuation stays. */
export function foldText(text: string): FoldedText {
  return fold(text, (character) => !UNREAD.test(character));
}

/** As {@link foldText}, and without punctuation: words in it stand together whatever was put between their characters. */
export function foldWords(text: string): FoldedText {
  return fold(text, (character) => IN_WORDS.test(character));
}

function fold(text: string, isKept: (character: string) => boolean): FoldedText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const original of text) {
    const end = at + original.length;
    for (const character of original.normalize("NFKC").toLowerCase()) {
      const read = LOOK_ALIKES[character] ?? SIMPLIFIED.get(character) ?? character;
      if (!isKept(read)) continue;
      parts.push(read);
      for (let unit = 0; unit < read.length; unit += 1) {
        starts.push(at);
        ends.push(end);
      }
    }
    at = end;
  }
  return {
    text: parts.join(""),
    startOf: (index) => starts[index] ?? text.length,
    endOf: (index) => ends[index - 1] ?? 0,
  };
}
