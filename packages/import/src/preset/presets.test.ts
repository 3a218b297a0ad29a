import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inspect } from "../inspect/inspect.js";
import { tableOfLines } from "../testing/table-of.js";
import { PRESETS, presetMapping } from "./presets.js";

const context = { zone: "Asia/Shanghai", currency: "CNY" };

describe("a preset", () => {
  test.each(PRESETS)("%s finds its own columns, and none of another file's", (name) => {
    const file = JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), "utf8"));
    expect(presetMapping(name, Object.values(file.columns)).columns).toEqual(file.columns);
    expect(presetMapping(name, ["no such column"]).columns).toEqual({});
  });
  test("whose column is called otherwise in a shop takes the one that is there", async () => {
    const table = tableOfLines(
      "订单号,订单状态,买家手机号,下单时间,商品名称,订单实付金额,退款状态,已退款金额",
      "E1,交易完成,13800138000,2026-01-05 09:00:00,猫粮,150.00,,0.00",
    );
    const { preset, mapping, missing } = await inspect(table, { ...context, kind: "orders" });
    expect([preset, missing]).toEqual(["youzan", []]);
    expect(mapping.columns).toMatchObject({
      ordered_at: "下单时间",
      refunded: "已退款金额",
      refund_status: "退款状态",
    });
  });
  test("whose needed column is nowhere says which field is missing", async () => {
    const table = tableOfLines("订单号,订单状态,买家手机号,订单实付金额", "E1,交易完成,13800138000,150.00");
    expect((await inspect(table, { ...context, kind: "orders" })).missing).toEqual(["ordered_at"]);
  });
});
