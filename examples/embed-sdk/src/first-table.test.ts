import { expect, onTestFinished, test, vi } from "vitest";

test("the program of the package's page prints what it says", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  await import("./first-table.js");
  expect(log.mock.calls).toEqual([["utf-8", ";", ["订单编号", "门店"]], [{ line: 3, cells: ["A1", "上海仓"] }]]);
});
