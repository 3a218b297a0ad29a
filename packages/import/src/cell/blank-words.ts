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
  "未填写",
];

/** Tells whether a cleaned cell says nothing. */
export type IsBlank = (text: string) => boolean;

/** Blank cells, and words that stand for nothing, in whatever case. @param words @default BLANK_WORDS */
export function blankTest(words: readonly string[] = BLANK_WORDS): IsBlank {
  const folded = new Set(words.map((word) => word.toLowerCase()));
  const longest = Math.max(0, ...words.map((word) => word.length));
  return (text) => text === "" || (text.length <= longest && folded.has(text.toLowerCase()));
}

/**
 * The same for what people and things are called: only words in the very case of the list, as long as they aren't all letters
 * in small and capital ones mixed, since Null and Nil are names.
 */
export function blankNameTest(words: readonly string[] = BLANK_WORDS): IsBlank {
  const exact = new Set(words.filter((word) => !/^[A-Za-z]+$/.test(word) || /^[A-Z]{3,}$/.test(word)));
  return (text) => text === "" || exact.has(text);
}
