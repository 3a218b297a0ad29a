import { expect, test } from "vitest";
import { statusConflicts, statusDictionary } from "./status-words.js";

test.each([
  ["交易完成", "completed"],
  ["交易成功", "completed"],
  ["已完成", "completed"],
  ["PAID", "paid"],
  ["Completed", "completed"],
  ["wc-completed", "completed"],
  ["processing", "paid"],
  ["partially_refunded", "partially_refunded"],
  ["Partially Refunded", "partially_refunded"],
  ["已发货", "shipped"],
  ["卖家已发货，等待买家确认", "shipped"],
  ["卖家已发货,等待买家确认", "shipped"],
  ["买家已付款，等待卖家发货", "paid"],
  ["等待出库", "paid"],
  ["已发货，退款成功", "refunded"],
  ["(锁定)已取消", "cancelled"],
  ["交易关闭", "cancelled"],
  ["on-hold", "pending"],
  ["voided", "cancelled"],
  ["部分退款", "partially_refunded"],
  ["ＰＡＩＤ", "paid"],
  ["已發貨", "shipped"],
  ["待付款", "pending"],
  ["妥投", "completed"],
  ["已成团，待发货", "paid"],
])("%s means %s", (word, meaning) => expect(statusDictionary()(word)).toBe(meaning));

test("no word has two meanings", () => expect(statusConflicts()).toEqual([]));

test("a word that nobody explained has none, until somebody does", () => {
  expect(statusDictionary()("等待老板点头")).toBeUndefined();
  expect(statusDictionary({ 等待老板点头: "pending", Paid: "completed" })("paid")).toBe("completed");
});
