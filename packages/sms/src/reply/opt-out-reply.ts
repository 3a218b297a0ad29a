/** Replies that are nothing but a code. Over-accepting is the safe error. */
const CODES: ReadonlySet<string> = new Set(["R", "T", "TD", "N", "STOP", "UNSUBSCRIBE", "QUIT"]);
/** Words that mean it wherever they stand. */
const WORDS = /退订|拒收|退訂|拒絕接收|不要再发|取消订阅|别再发/;

/**
 * Whether a reply refuses further messages: `R`, `T`, `TD`, `N`, `STOP` and the like alone, in any width and case, with blanks
 * or punctuation about them; `取消` alone; `退订` or `拒收` anywhere.
 */
export function isOptOutReply(text: string): boolean {
  const plain = text.normalize("NFKC").replace(/[\s\p{P}\p{S}\p{Cf}]/gu, "");
  // 回T退订 and 退订回T are answered with either half.
  return CODES.has(plain.toUpperCase()) || plain === "取消" || WORDS.test(plain);
}
