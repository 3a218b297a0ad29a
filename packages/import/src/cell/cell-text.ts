// A cell as a person would read it: without what Excel, browsers and databases put around it.

/** Anything that a plain cell doesn't hold; most cells are done after this one test. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNUSUAL = /[\u0000-\u001f\u007f\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff'`=]|^\s|\s$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const INVISIBLE = /[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const ODD_BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
/** Excel's formula that keeps a text a text: `="0013"`. */
const FORMULA_GUARD = /^="(.*)"$/s;

/**
 * A cell without guards of Excel (`'0012`, `="0013"`) and of bills of WeChat Pay (a backtick), invisible signs, odd blanks and
 * blanks around it.
 *
 * An apostrophe stays where it may belong to a name: before a letter (`'t Hooft`).
 */
export function cleanCell(text: string): string {
  if (!UNUSUAL.test(text)) return text;
  const plain = text.replace(INVISIBLE, "").replace(ODD_BLANKS, " ").trim();
  const inner = FORMULA_GUARD.exec(plain)?.[1] ?? plain;
  return (/^(?:'(?=[^\p{L}']|$)|`(?!.*`))/u.test(inner) ? inner.slice(1) : inner).trim();
}

const WIDE = /[\uff01-\uff5e]/;

/** Full-width digits, letters and signs as their usual forms: `１２：３０` is `12:30`. */
export function foldWidth(text: string): string {
  if (!WIDE.test(text)) return text;
  return text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
}
