import { expect, test } from "vitest";
import { weekChart } from "./week-chart";

const t = (key: string, values: Record<string, unknown> = {}) => `${key} ${Object.values(values).join(" ")}`.trim();

test("seven days up to today, over the end of a year; a day without a push is a dash and a gap", () => {
  const day = { date: "2026-12-31", pushed: 1_000, accepted: 950, delivered: 612, orders: 120 };
  const { rows, option, sentence } = weekChart([day], "2027-01-02", t, "#000");
  expect(rows.map(([date]) => date)).toEqual([
    ...["2026-12-27", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"],
  ]);
  expect([rows[4], rows[5]]).toEqual([
    ["2026-12-31", "1,000", "950", "612", "120"],
    ["2027-01-01", "—", "—", "—", "—"],
  ]);
  expect(option.series[0]?.data).toEqual([null, null, null, null, 1_000, null, null]);
  expect(sentence).toBe("week.says 1,000 612 120");
});
