import * as z from "zod";
import { OWN_KINDS } from "./kinds.js";

export const importParams = z.strictObject({
  code: z.string().min(1).max(64).describe("机构代码 / code of the institution"),
});

export const importQuery = z.strictObject({
  kind: z
    .enum(OWN_KINDS)
    .optional()
    .describe("请求体是哪种文件，默认 customers / which file the body is, customers by default"),
});

const count = z.int().min(0);

const findingSchema = z.strictObject({
  index: count.describe("数组中的位置，从 0 起 / position in the array, from 0"),
  line: count.describe("行号，从 1 起 / line, from 1"),
  row: z.string().describe("该条的编号 / code of the row"),
  path: z.string(),
  code: z.string(),
  message: z.string(),
  rejected: z.boolean().describe("false：该条已写入，仅此字段未取 / false: only this field was left out"),
});

export const importAnswer = z.strictObject({
  institution_code: z.string(),
  kind: z.enum(OWN_KINDS),
  status: z.enum(["done", "unchanged", "failed", "taken"]),
  rows: count,
  inserted: count,
  updated: count,
  unchanged: count,
  rejected: count,
  dropped: count,
  fault: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      line: count.nullable(),
      column: count.nullable(),
      offset: count.nullable(),
    })
    .nullable()
    .describe("使文件在最后一条之前结束的错误 / what ended the file before its last row"),
  findings: z.array(findingSchema).describe("最多 1000 条 / at most 1000"),
});

export const importExample: z.output<typeof importAnswer> = {
  institution_code: "BJ-HA-001",
  kind: "customers",
  status: "done",
  rows: 2,
  inserted: 1,
  updated: 0,
  unchanged: 0,
  rejected: 1,
  dropped: 0,
  fault: null,
  findings: [
    {
      index: 1,
      line: 14,
      row: "BJ-HA-001-C0002",
      path: "person.phone",
      code: "revisit-import.phone",
      message: "不是电话号码",
      rejected: true,
    },
  ],
};
