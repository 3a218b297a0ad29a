import { foldWidth } from "./cell-text.js";

/** Words that stand for nothing in exports of databases, spreadsheets and shops. */
export const BLANK_WORDS: readonly string[] = [
  "NULL",
  "\\N",
  "N/A",
  "#N/A",
  "NA",
  "nil",
  "None",
  "NaN",
  "NaT",
  "(null)",
  "<null>",
  "undefined",
  "-",
  "--",
  "---",
  "—",
  "——",
  "/",
  "无",
  "暂无",
  "空",
  "空值",
  "(空)",
  "(空白)",
  "(blank)",
  "未填",
  "未填写",
  "未设置",
  "未知",
  "不详",
  "没有",
  "暂无数据",
  "无数据",
  "未提供",
  "未绑定",
  "待补充",
  "保密",
  "n.a.",
  "[null]",
  "\\\\N",
  "unknown",
  "not set",
  "(not set)",
  "(none)",
  "(empty)",
  "TBD",
  "?",
  "??",
  "???",
  ".",
  "_",
  "*",
  "**",
  "''",
  '""',
  "#REF!",
  "#VALUE!",
  "#DIV/0!",
  "#NAME?",
  "#NUM!",
  "#NULL!",
  "#ERROR!",
];

/** Tells whether a cleaned cell says nothing. */
export type IsBlank = (text: string) => boolean;

/** Blank cells, and words that stand for nothing, in whatever case. @param words @default BLANK_WORDS */
export function blankTest(words: readonly string[] = BLANK_WORDS): IsBlank {
  const folded = new Set(words.map((word) => word.toLowerCase()));
  const longest = Math.max(0, ...words.map((word) => word.length));
  return (text) => text === "" || (text.length <= longest && folded.has(foldWidth(text).toLowerCase()));
}

/** Signs of an empty cell. Words such as 未知 say that somebody knows no better, and then a state is not the usual one. */
export const BLANK_SIGNS: readonly string[] = BLANK_WORDS.slice(0, BLANK_WORDS.indexOf("无"));

/**
 * The same for what people and things are called. Of words of letters only those in one case count, since Null and Nil are
 * names, and NA is one of two letters.
 */
export function blankNameTest(words: readonly string[] = BLANK_WORDS): IsBlank {
  const exact = new Set(
    words.flatMap((word) => {
      if (!/^[A-Za-z]+$/.test(word)) return [word, word.toLowerCase(), word.toUpperCase()];
      return word.length < 3 ? [] : [word.toUpperCase(), ...(word === "None" ? [] : [word.toLowerCase()])];
    }),
  );
  return (text) => text === "" || exact.has(foldWidth(text));
}
