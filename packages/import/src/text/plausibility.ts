import { isFrequent, isOrdinary } from "./frequent-characters.js";

type Script = "han" | "kana" | "hangul" | "latin" | "accented" | "cyrillic" | "greek" | "symbol" | "plain" | "noise";

/**
 * How much a text looks like something that people write: the sum over its characters beyond ASCII of the logarithm of
 * how much more often each one, beside its neighbours, occurs in real texts than in misread ones. Only characters
 * count, not the encoding, so that readings of the same bytes in several encodings can be compared.
 */
export function plausibility(text: string): number {
  const characters = [...text];
  const scripts = characters.map(scriptOf);
  return characters.reduce((sum, character, at) => {
    if (character < "\x80") return sum;
    return sum + weight(character, scripts[at] ?? "noise", sidesOf(characters, scripts, at));
  }, 0);
}

interface Sides {
  readonly before: Script;
  readonly after: Script;
  readonly lowerBefore: boolean;
  readonly lowerAfter: boolean;
}

function sidesOf(characters: readonly string[], scripts: readonly Script[], at: number): Sides {
  return {
    before: scripts[at - 1] ?? "plain",
    after: scripts[at + 1] ?? "plain",
    lowerBefore: /\p{Ll}/u.test(characters[at - 1] ?? ""),
    lowerAfter: /\p{Ll}/u.test(characters[at + 1] ?? ""),
  };
}

function weight(character: string, script: Script, { before, after, lowerBefore, lowerAfter }: Sides): number {
  const beside = (...scripts: Script[]) => Number(scripts.includes(before)) + Number(scripts.includes(after));
  switch (script) {
    case "han": {
      // Between Latin letters a Chinese character is most often an accented letter that was misread.
      if (beside("latin") === 2) return -2;
      const own = isFrequent(character) ? 2 : isOrdinary(character) ? -0.2 : -2.5;
      return own - beside("kana", "hangul", "noise", "accented");
    }
    case "hangul":
      return beside("hangul") > 0 ? 1 : -0.5;
    case "kana":
      return -1;
    case "accented":
      if (/\p{Lu}/u.test(character) && (lowerBefore || (before === "latin" && lowerAfter))) return -2;
      if (character === "ƒ") return -2;
      if (beside("accented") > 0) return -1;
      if (beside("symbol", "noise") > 0) return -1;
      return beside("latin") > 0 ? 1.5 : -0.5;
    case "cyrillic":
    case "greek":
      return beside(script) > 0 ? 0.5 : -1.5;
    case "symbol":
      return beside("accented", "noise") > 0 ? -1.5 : beside("latin") === 2 && character !== "’" ? -2 : 0.5;
    default:
      return -3;
  }
}

function scriptOf(character: string): Script {
  if (character < "\x80") return /[a-z]/i.test(character) ? "latin" : "plain";
  if (/\p{Script=Han}/u.test(character)) return "han";
  if (/[\u3040-\u30ff]/.test(character)) return "kana";
  if (/\p{Script=Hangul}/u.test(character)) return "hangul";
  if (/\p{Script=Latin}/u.test(character) && !/[\uff00-\uffef\u01cd-\u01dcªº]/.test(character)) return "accented";
  if (/\p{Script=Cyrillic}/u.test(character)) return "cyrillic";
  if (/\p{Script=Greek}/u.test(character)) return "greek";
  return SYMBOL.test(character) ? "symbol" : "noise";
}

// What stands in texts of shops: signs of money, quotes, dashes, Chinese and full width punctuation, emoji.
const SYMBOL =
  /[£¥€°®™·×“”‘’…–—№«»²³½\u00a0\u3000-\u3011\u3014\u3015\uff01-\uff5e\uffe5]|\p{Extended_Pictographic}|[\u200d\ufe0f]/u;
