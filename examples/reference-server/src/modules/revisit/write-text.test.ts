import { expect, test } from "vitest";
import { surnameOf } from "./write-text.js";

test("a surname is told of names that are surely Chinese, and of no others", () => {
  const names = ["张三", "张敏静", "欧阳娜", "欧阳娜娜", "司马光"];
  expect(names.map(surnameOf)).toEqual(["张", "张", "欧阳", "欧阳", "司马"]);
  expect(["欧阳", "阿依古丽", "Anna", "张", "小明 妈", "张三（VIP）", "", null].map(surnameOf)).toEqual(
    Array(8).fill(null),
  );
});
