import { describe, expect, test } from "vitest";
import { cleanCell } from "../cell/cell-text.js";
import type { DayOrder } from "./calendar-day.js";
import { instantReader, timeColumn } from "./time-column.js";

const read = (text: string, order: DayOrder = "mdy", zone = "Asia/Shanghai") => {
  const at = instantReader({ long: order, short: order }, zone)(cleanCell(text));
  return typeof at === "number" ? new Date(at).toISOString().replace(".000Z", "Z") : at;
};

describe("one cell", () => {
  test.each([
    "2024-03-07 09:05:00",
    "2024-3-7 9:05",
    "2024/03/07 09:05",
    "2024.3.7 9:05:00",
    "2024年3月7日 9时5分",
    "2024-03-07(周四) 09:05",
    "2024/03/07 - 09:05",
    "Mar 7, 2024 at 9:05 AM",
    "2024年03月07日 09:05:00",
    "2024年3月7日 星期四 上午9:05",
    "2024-03-07T09:05",
    "2024-03-07T09:05:00.0000000",
    "2024-03-07 01:05:00 UTC",
    "2024-03-07T01:05:00Z",
    "2024-03-07T09:05:00+08:00",
    "2024-03-07 09:05:00 +0800",
    "2024-03-07 09:05:00+08",
    "2024-03-06 20:05:00 -0500",
    "20240307090500",
    "202403070905",
    "20240307 09:05",
    "20240307090500000",
    "1709773500000000",
    "2024-03-07T09:05:00+08:00[Asia/Shanghai]",
    "2024-03-07 01:05:00 +0000 UTC",
    "2024-03-07 09:05 (UTC+8)",
    "Thu Mar  7 09:05:00 2024",
    "Mar 6, 2024 5:05:00 PM PST",
    "2024-03-07 09.05.00",
    "07-MAR-24 09.05.00.000000 AM",
    "20240307T010500Z",
    "45358.3784722222",
    "1709773500",
    "1709773500000",
    "1709773500.0",
    "Mar 7, 2024 9:05 AM",
    "7 March 2024 09:05",
    "7-Mar-24 9:05",
    "Thursday, March 7, 2024 9:05 am",
    "Thu, 07 Mar 2024 09:05:00 +0800",
    "Thu Mar 07 2024 09:05:00 GMT+0800 (China Standard Time)",
    "2024-03-07 上午9:05",
    "2024-03-07 09:05 AM",
    "3/7/2024 9:05:00 AM",
    "\t2024-03-07 09:05:00",
    "'2024-03-07 09:05:00",
    '="2024-03-07 09:05"',
    "２０２４-０３-０７ ０９：０５：００",
    "2024-03-07\u00a009:05",
  ])("%s is the same instant as all the others", (text) => {
    expect(read(text)).toBe("2024-03-07T01:05:00Z");
  });

  test.each([
    ["2024-01-05", "2024-01-04T16:00:00Z"],
    ["20240105", "2024-01-04T16:00:00Z"],
    ["2024010509", "2024-01-05T01:00:00Z"],
    ["45296", "2024-01-04T16:00:00Z"],
    ["2024-01-05 24:00:00", "2024-01-05T16:00:00Z"],
    ["2024-01-05 下午3:30", "2024-01-05T07:30:00Z"],
    ["2024-1-5 9点", "2024-01-05T01:00:00Z"],
    ["2024-01-05 下午12:30", "2024-01-05T04:30:00Z"],
    ["2024-01-05 12:30 AM", "2024-01-04T16:30:00Z"],
    ["2024-01-05 09:00:00.123456+08", "2024-01-05T01:00:00.123Z"],
    ["2024-02-29 10:00", "2024-02-29T02:00:00Z"],
  ])("%s is %s", (text, at) => expect(read(text)).toBe(at));

  test.each([
    "2023-02-29",
    "0000-00-00 00:00:00",
    "1900-01-00",
    "2024-13-01",
    "2024-01-05 24:01",
    "2024-01-05 25:00",
    "2024-01-05 13:00 上午",
    "yesterday",
    "12",
    "Thu Mar 07 09:05:00 CST 2024",
    "2024-01-05 09:60",
    "5/2024",
    "31/31/2024",
  ])("%s is no time", (text) => expect(read(text)).toBe("time.invalid"));

  test.each(["9999-12-31 23:59:59", "1900-01-01", "1970-01-01", "2100-01-02"])(
    "%s stands for no day of a shop",
    (text) => expect(read(text)).toBe("time.out-of-range"),
  );

  test("a wall time that a clock change skips is the first instant after the gap; one that is there twice the first", () => {
    expect(read("2024-03-31 02:30", "mdy", "Europe/Berlin")).toBe("2024-03-31T01:00:00Z");
    expect(read("2024-10-27 02:30", "mdy", "Europe/Berlin")).toBe("2024-10-27T00:30:00Z");
    expect(read("2024-10-27 12:00", "mdy", "Europe/Berlin")).toBe("2024-10-27T11:00:00Z");
    expect(read("2024-10-27 24:00", "mdy", "Europe/Berlin")).toBe("2024-10-27T23:00:00Z");
  });
});

describe("a column", () => {
  const verdict = (texts: readonly string[], told?: DayOrder) => {
    const column = timeColumn();
    texts.forEach((text, at) => {
      column.see(at + 2, text);
    });
    return texts.some((text) => /\b\d{4}\b/.test(text)) ? column.verdict(told) : column.shortVerdict(told);
  };
  test("with two spellings learns nothing about one from the other", () => {
    const column = timeColumn();
    ["1/5/2024", "24-13-05"].forEach((text, at) => {
      column.see(at + 2, text);
    });
    ["1/5/2024", "24-01-05"].forEach((text, at) => {
      column.see(at + 2, text);
    });
    expect(column.verdict()).toMatchObject({ kind: "ambiguous", readings: ["mdy", "dmy"] });
    expect(column.verdict("mdy")).toMatchObject({ reading: "mdy" });
    expect(column.shortVerdict("mdy")).toMatchObject({ reading: "mdy", by: "told" });
  });
  test("is day-month when one day exceeds twelve, wherever it stands", () => {
    expect(verdict(["1/5/2024", "2/5/2024", "13/5/2024"])).toMatchObject({
      kind: "decided",
      reading: "dmy",
      by: "evidence",
    });
    expect(verdict(["1/5/2024", "5/13/2024"])).toMatchObject({ kind: "decided", reading: "mdy" });
  });
  test("is asked about when both readings are possible and differ", () => {
    expect(verdict(["1/5/2024 9:00", "5/5/2024"])).toEqual({
      kind: "ambiguous",
      readings: ["mdy", "dmy"],
      cells: [{ line: 2, text: "1/5/2024 9:00", readings: { mdy: "2024-01-05", dmy: "2024-05-01" } }],
    });
    expect(verdict(["1/5/2024"], "dmy")).toEqual({ kind: "decided", reading: "dmy", by: "told" });
  });
  test("needs no answer when both readings agree", () => {
    expect(verdict(["5/5/2024", "6/6/2024"])).toMatchObject({ kind: "decided", by: "indifferent" });
    expect(verdict(["2024-01-05", "x"])).toMatchObject({ kind: "decided" });
  });
  test("contradicts itself, and what it is told", () => {
    expect(verdict(["13/5/2024", "5/13/2024"])).toMatchObject({ kind: "contradictory" });
    expect(verdict(["13/5/2024", "14/5/2024"], "mdy")).toMatchObject({ kind: "contradictory", cells: [{ line: 2 }] });
  });
  test("takes what it is told when hardly any cell contradicts", () => {
    const cells = Array.from({ length: 200 }, (_, n) => `${(n % 28) + 1}/2/2024`);
    expect(verdict([...cells, "2/13/2024"], "dmy")).toMatchObject({ kind: "decided", reading: "dmy" });
  });
  test("has years of two digits where few values stand beside many", () => {
    const days = Array.from({ length: 28 }, (_, n) => String(n + 1).padStart(2, "0"));
    expect(verdict(days.map((day) => `24-01-${day}`))).toMatchObject({ reading: "ymd" });
    expect(verdict(days.map((day) => `${day}/01/24`))).toMatchObject({ reading: "dmy" });
    expect(verdict(["24-01-05"])).toMatchObject({ kind: "ambiguous" });
    expect(verdict(["99-12-31", "98-01-02"])).toMatchObject({ reading: "ymd" });
  });
});
