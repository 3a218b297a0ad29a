import { expect, test } from "vitest";
import { leadsOf, minutes, tagsOf } from "./lead-text";

test("pasted lines become leads, whatever stands between their parts", () => {
  expect(leadsOf("13800138000,张三，某公司\n\n 13800138001\t李四\n13800138002")).toEqual([
    { phone_number: "13800138000", name: "张三", company: "某公司" },
    { phone_number: "13800138001", name: "李四" },
    { phone_number: "13800138002" },
  ]);
});

test("tags are names with values", () => {
  expect(tagsOf("预算=5万, 意向，x=a=b")).toEqual([
    { tag_name: "预算", tag_value: "5万" },
    { tag_name: "意向", tag_value: "意向" },
    { tag_name: "x", tag_value: "a=b" },
  ]);
  expect(tagsOf("")).toEqual([]);
});

test("times are minutes and seconds, and what is not known is a dash", () => {
  expect([minutes(185), minutes(0), minutes(59.6), minutes(null)]).toEqual(["3:05", "0:00", "1:00", "—"]);
});
