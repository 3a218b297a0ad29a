import type { ScriptFacts } from "../../ports/script-writer.js";

const DIGITS = "零一二三四五六七八九";

/** Whether words about a day or a count only say what the facts say: `7天`, `七天后`, `一周后` of 7 days to the birthday. */
export function saysFact(words: string, { daysToBirthday }: ScriptFacts): boolean {
  if (typeof daysToBirthday !== "number") return false;
  if (/^(?:一个?|1个?)(?:周|星期|礼拜)(?:后|之后|以后|内)$/.test(words)) return daysToBirthday === 7;
  if (/^(?:两个?|二|2个?)(?:周|星期|礼拜)(?:后|之后|以后|内)$/.test(words)) return daysToBirthday === 14;
  if (/^下个?(?:周|星期)$/.test(words)) return daysToBirthday > 0 && daysToBirthday < 14;
  const named = ["今", "明", "后"].findIndex((sign) => words.includes(`${sign}天`) || words.includes(`${sign}日`));
  if (named !== -1) return named === daysToBirthday;
  if (words.includes("次日")) return daysToBirthday === 1;
  const count = /^(?:还有|再过|剩下?)?(.+?)天(?:后|之后)?$/.exec(words)?.[1];
  return count !== undefined && countIn(count) === daysToBirthday;
}

/** A number of days as people write it: `7`, `七`, `十二`; undefined: it is none. */
function countIn(words: string): number | undefined {
  if (/^\d{1,3}$/.test(words)) return Number(words);
  const match = /^([一二两三四五六七八九])?(十)?([一二三四五六七八九])?$/.exec(words);
  if (!match || words === "") return undefined;
  const [, tens, ten, ones] = match;
  const digit = (sign: string | undefined) =>
    sign === undefined ? undefined : DIGITS.indexOf(sign.replace("两", "二"));
  if (ten === undefined) return ones === undefined ? digit(tens) : undefined;
  return (digit(tens) ?? 1) * 10 + (digit(ones) ?? 0);
}
