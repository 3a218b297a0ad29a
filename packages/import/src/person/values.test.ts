import { describe, expect, test } from "vitest";
import { readAttribute } from "./attribute.js";
import { birthdayColumn, readBirthday } from "./birthday.js";
import { readEmail } from "./email.js";
import { readMobile } from "./mobile.js";

describe("a mobile number", () => {
  test.each([
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "+86 138 0013 8000",
    "86-13800138000",
    "8613800138000",
    "008613800138000",
    "(+86)13800138000",
    "１３８００１３８０００",
    "13800138000.0",
    "13800138000,",
    "telephone:13800138000",
    "N'13800138000'",
    "86 13800138000",
    "手机：13800138000",
    "13800138000（本人）",
    "13,800,138,000",
    "86+13800138000",
    "[13800138000]",
    "13800138000#",
    "13800138000 / -",
    "本人13800138000",
    "13800138000（微信同号）",
    "13800138000微信同号",
    "Mob.13800138000",
    "WhatsApp +86 13800138000",
  ])("may be written %s", (text) => expect(readMobile(text)).toEqual({ mobile: "+8613800138000" }));
  test.each([
    ["138****8000", "mobile.masked"],
    ["1.38E+10", "mobile.damaged"],
    ["13800138000/13900139000", "mobile.several"],
    ["13800138000 13900139000", "mobile.several"],
    ["021-61234567", "mobile.invalid"],
    ["400-820-8820", "mobile.invalid"],
    ["0912345678", "mobile.invalid"],
    ["13800138000-1234", "mobile.invalid"],
    ["13800138000转1234", "mobile.invalid"],
    ["0", "mobile.invalid"],
    ["call me", "mobile.invalid"],
    ["12345678901", "mobile.invalid"],
  ])("%s is %s", (text, fault) => expect(readMobile(text)).toBe(fault));
  test("of another country names it, or is at home there", () => {
    expect(readMobile("+852 9123 4567")).toEqual({ mobile: "+85291234567" });
    expect(readMobile("0085291234567")).toEqual({ mobile: "+85291234567" });
    expect(readMobile("0912345678", "TW")).toEqual({ mobile: "+886912345678" });
  });
});

test("an e-mail address is one, and whole", () => {
  expect(readEmail("A@Example.COM")).toEqual({ email: "A@Example.COM" });
  expect(readEmail("Amy <amy@example.com>")).toEqual({ email: "amy@example.com" });
  expect(["a@b", "用户@例子.公司", "a@exa mple.com", "a.@example.com"].map(readEmail)).toEqual(
    Array(4).fill("email.invalid"),
  );
  expect(["a@example.com;", "a@example.com。", '"a@example.com"', "a@example.com,"].map(readEmail)).toEqual(
    Array(4).fill({ email: "a@example.com" }),
  );
  expect(readEmail("a@example.com;b@example.com")).toBe("email.several");
  expect(readEmail("a***b@example.com")).toBe("email.masked");
});

describe("a birthday", () => {
  test.each([
    "1990-05-01",
    "1990-5-1",
    "1990/5/1",
    "1990年5月1日",
    "19900501",
    "1990.05.01",
    "1990-05-01 00:00:00",
    "1990-05-01T00:00:00Z",
    "5/1/1990",
    "May 1, 1990",
    "1990-05-01 ",
    "32994",
  ])("may be written %s", (text) =>
    expect(readBirthday(text.trim(), "mdy", "Asia/Shanghai")).toEqual({ bornOn: "1990-05-01" }),
  );
  test.each([
    ["5月1日", "birthday.no-year"],
    ["05-01", "birthday.no-year"],
    ["5/1", "birthday.no-year"],
    ["农历五月初一", "birthday.lunar"],
    ["1990年正月初一", "birthday.lunar"],
    ["0000-00-00", "birthday.invalid"],
    ["1990-02-30", "birthday.invalid"],
    ["1800-01-01", "birthday.invalid"],
    ["5/1/05", "birthday.ambiguous"],
    ["641779200", "birthday.invalid"],
    ["1990", "birthday.ambiguous"],
    ["1990年", "birthday.ambiguous"],
    ["0506", "birthday.no-year"],
    ["506", "birthday.no-year"],
    ["1990-05-01T22:30:00Z", "birthday.ambiguous"],
  ] as const)("%s is %s", (text, fault) => expect(readBirthday(text, "mdy", "Asia/Shanghai")).toBe(fault));
  test("of two digits is of the last century where the other is to come", () => {
    expect(readBirthday("5/1/85", "mdy", "Asia/Shanghai")).toEqual({ bornOn: "1985-05-01" });
    expect(readBirthday("5/1/45", "mdy", "Asia/Shanghai")).toEqual({ bornOn: "1945-05-01" });
  });
  test.each(["1990-05-05T16:00:00.000Z", "1990-05-05T15:00:00Z", "1990-05-06T00:00:00Z", "1990-05-06T00:00:00+08:00"])(
    "stored as the instant %s is the day that begins then",
    (text) => expect(readBirthday(text, undefined, "Asia/Shanghai")).toEqual({ bornOn: "1990-05-06" }),
  );
  test("whose order nobody knows isn't guessed", () =>
    expect(readBirthday("5/1/1990", undefined, "Asia/Shanghai")).toBe("birthday.ambiguous"));
  test("finds its order in the column", () => {
    const column = birthdayColumn();
    ["1/5/1990", "13/5/1990"].forEach((text, line) => {
      column.see(line, text);
    });
    expect(column.verdict()).toMatchObject({ reading: "dmy" });
  });
});

test("attributes have the type they are said to have", () => {
  expect(readAttribute("金卡", "text", "UTC")).toBe("金卡");
  expect(["12", "1,200.5", "-3", "1,200", "x"].map((text) => readAttribute(text, "number", "UTC"))).toEqual([
    12,
    1200.5,
    -3,
    undefined,
    undefined,
  ]);
  expect(["是", "0", "TRUE", "maybe"].map((text) => readAttribute(text, "boolean", "UTC"))).toEqual([
    true,
    false,
    true,
    undefined,
  ]);
  expect(["2024-1-5", "20240105", "1/5/2024"].map((text) => readAttribute(text, "date", "UTC"))).toEqual([
    "2024-01-05",
    "2024-01-05",
    undefined,
  ]);
  expect(
    ["2024-01-05T16:00:00Z", "1704470400"].map((text) => readAttribute(text, "date", "Asia/Shanghai")),
    "an instant is on the day of the zone",
  ).toEqual(["2024-01-06", "2024-01-06"]);
});
