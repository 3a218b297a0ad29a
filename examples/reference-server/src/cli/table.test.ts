import { expect, test } from "vitest";
import { alignedTable, displayWidth } from "./table.js";

test("Chinese characters take two columns", () => {
  expect(displayWidth("推送 push")).toBe(9);
  expect(displayWidth("")).toBe(0);
});

test("columns line up, figures to the right", () => {
  const rows = [
    ["推送人数", "pushed", "1000"],
    ["率", "rate", "5"],
  ];
  expect(alignedTable(rows, "right")).toBe("推送人数  pushed  1000\n率        rate       5");
  expect(alignedTable(rows)).toBe("推送人数  pushed  1000\n率        rate    5");
});
