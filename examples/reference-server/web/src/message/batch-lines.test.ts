import { expect, test } from "vitest";
import { batchLines } from "./batch-lines";

test("a line is an address with values of its own, in the order of the variables", () => {
  const { lines } = batchLines("13800138000,张三,A1\n\n13800138001\t李四\r\n13800138002，，A3", ["name", "no"]);
  expect(lines).toEqual([
    { recipient: "13800138000", variables: { name: "张三", no: "A1" } },
    { recipient: "13800138001", variables: { name: "李四" } },
    { recipient: "13800138002", variables: { no: "A3" } },
  ]);
});

test("an address that comes again is counted, and the first line holds", () => {
  const { lines, repeated } = batchLines("a@b.cn,x\na@b.cn,y\na@b.cn", ["name"]);
  expect([lines, repeated]).toEqual([[{ recipient: "a@b.cn", variables: { name: "x" } }], 2]);
});

test("a value that no variable stands for is told by its line", () => {
  expect(batchLines("a,1\nb,1,2\n\nc,,,", ["one"]).tooLong).toEqual([2, 4]);
});
