import type { ImportResult } from "@recallkit/import";
import * as z from "zod";
import { IMPORT_KINDS } from "./kinds.js";

const tally = z.strictObject({
  path: z.string(),
  code: z.string(),
  count: z.int(),
  lines: z.array(z.int()).describe("前几行的行号 / first lines"),
});

/** What an import did, or would do. */
export const figuresSchema = z.strictObject({
  kind: z.enum(IMPORT_KINDS),
  rows: z.int(),
  inserted: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  refused: z.int().describe("未写入的订单或客户 / orders or people that were not taken"),
  rejected_rows: z.int().describe("未写入的行 / rows that were not taken"),
  rejected: z.array(tally),
  dropped: z.array(tally).describe("舍弃的可选值 / optional values left out"),
  repeated: z.int().describe("重复的行 / rows told before"),
  skipped: z.record(z.string(), z.int()),
  changed_orders: z.int().describe("内容与已有不同的订单 / orders told differently than before"),
  moved: z.int().describe("换了主人的地址 / addresses that went to another person"),
  warnings: z.array(tally),
  new_customers: z.int().nullable(),
  new_labels: z.int().nullable(),
  amount_minor: z.int().nullable(),
  currency: z.string(),
});

/** Figures in the form of answers. */
export function figuresOf(result: ImportResult): z.input<typeof figuresSchema> {
  const lists = (tallies: ImportResult["rejected"]) =>
    tallies.map(({ path, code, count, lines }) => ({ path, code, count, lines: [...lines] }));
  const { kind, rows, inserted, updated, unchanged, refused, repeated, moved, currency } = result;
  return {
    kind,
    rows,
    inserted,
    updated,
    unchanged,
    refused,
    rejected_rows: result.rejectedRows,
    rejected: lists(result.rejected),
    dropped: lists(result.dropped),
    repeated,
    skipped: { ...result.skipped },
    changed_orders: result.changed.orders,
    moved,
    warnings: lists(result.warnings),
    new_customers: result.customers?.inserted ?? null,
    new_labels: result.labels?.inserted ?? null,
    amount_minor: result.amountMinor ?? null,
    currency,
  };
}
