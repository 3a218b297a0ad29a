import { expect, test } from "vitest";
import { headerForm } from "./header-form.js";

test("width, case, punctuation, units and traditional characters don't matter", () => {
  expect(["訂單編號", "订单编号", "订单 编号："].map(headerForm)).toEqual(Array(3).fill("订单编号"));
  expect(headerForm("Ｏrder_No.")).toBe("orderno");
  expect(headerForm("實付金額（元）")).toBe("实付金额");
});
