import { expect, test } from "vitest";
import { isOptOutReply } from "../reply/opt-out-reply.js";
import { mainlandDigits, maskNumber, toE164 } from "./mobile-number.js";

test("numbers are one however they are written", () => {
  for (const text of [
    "13800138000",
    "138 0013-8000",
    "+8613800138000",
    "86 13800138000",
    "0086-13800138000",
    "１３８００１３８０００",
  ]) {
    expect(toE164(text)).toBe("+8613800138000");
  }
  expect(toE164("+852 9123 4567")).toBe("+85291234567");
  expect(["021-62345678", "95588", "+8602162345678", "12345678901", "", "abc"].map(toE164)).toEqual(
    Array(6).fill(undefined),
  );
  expect(mainlandDigits("+8613800138000")).toBe("13800138000");
  expect(mainlandDigits("+85291234567")).toBeUndefined();
});

test("numbers are masked", () => {
  expect([maskNumber("+8613800138000"), maskNumber("+85291234567"), maskNumber("+1")]).toEqual([
    "138****8000",
    "+852****4567",
    "****",
  ]);
});

test("replies that refuse are understood in any width and case, and answers are not taken for them", () => {
  for (const text of [
    "R",
    "t",
    " TD ",
    "ＴＤ",
    "n。",
    "退订",
    "我要退订！",
    "T退订",
    "stop",
    "拒收",
    "取消",
    "Ｒ．",
    "R\u200b",
  ]) {
    expect([text, isOptOutReply(text)]).toEqual([text, true]);
  }
  for (const text of ["好的", "Thanks", "取消订单可以吗", "TR", "1", ""])
    expect([text, isOptOutReply(text)]).toEqual([text, false]);
});
