import { expect, test } from "vitest";
import { blankNameTest, blankTest } from "./blank-words.js";

test("words that stand for nothing are blank in any case, save as names of people and things", () => {
  const [isBlank, isBlankName] = [blankTest(), blankNameTest()];
  const words = [
    "NULL",
    "null",
    "Null",
    "\\N",
    "n/a",
    "N/A",
    "nil",
    "NaN",
    "None",
    "(null)",
    "未知",
    "—",
    "NA",
    "[null]",
    "\\\\N",
    "ＮＵＬＬ",
    "#REF!",
    "",
    '""',
    "？",
    "暂无数据",
    "保密",
    "(not set)",
  ];
  expect(words.filter((word) => !isBlank(word))).toEqual([]);
  expect(words.filter((word) => !isBlankName(word))).toEqual(["Null", "NaN", "None", "NA"]);
  expect(["Nil", "Na", "Nu", "无锡", "空海"].filter((word) => isBlankName(word))).toEqual([]);
});
