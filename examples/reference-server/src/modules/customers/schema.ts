import { LABEL_KINDS } from "@recallkit/core";
import { normaliseText } from "@recallkit/core/ports";
import { cursorPage, instantField, pageFields, says } from "@recallkit/http";
import * as z from "zod";

const text = z.string().transform(normaliseText).pipe(z.string().min(1).max(255));

const kind = z.enum(LABEL_KINDS).describe("city 城市、store 分仓、category 二级品类、brand 品牌、sku");

const labelSchema = z.strictObject({ kind, key: z.string(), name: z.string() });
export const labelsPage = cursorPage(labelSchema);
export const labelsQuery = z.strictObject({
  kind,
  limit: pageFields.limit,
  cursor: z.string().min(1).max(255).optional().describe("上一页的 next_cursor / next_cursor of the page before"),
});
export const putLabelsBody = z.strictObject({
  labels: z
    .array(z.strictObject({ kind, key: text, name: text.optional() }))
    .min(1)
    .max(1000),
});
export const ingestAnswer = z.strictObject({
  inserted: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.strictObject({ index: z.int(), path: z.string(), message: z.string() })),
});

const channel = z
  .string()
  .refine(
    (name) => /^(\*|[a-z][a-z0-9_-]{0,63})$/.test(name),
    says("应为渠道名，或 * 表示全部渠道", "must be the name of a channel, or * for all"),
  );

export const suppressionSchema = z.strictObject({
  id: z.int(),
  channel: z.string(),
  address: z.string().nullable().describe("仅 admin 和 platform 可见全文 / in full for admin and platform only"),
  customer_key: z.string().nullable(),
  customer_id: z.int().nullable().describe("已导入的客户 / the customer, once they are known"),
  waiting: z.boolean().describe("该客户尚未导入，导入时生效 / the customer is not known yet; it holds when they come"),
  reason: z.string(),
  created_at: instantField,
});
export const suppressionsPage = cursorPage(suppressionSchema);
export const suppressionsQuery = z.strictObject({ ...pageFields, channel: channel.optional() });
const suppressionEntry = z
  .strictObject({
    channel: channel.optional().describe("默认 *，全部渠道 / default *: all channels"),
    address: text.optional().describe("渠道上的地址 / address on the channel"),
    customer_key: text.optional().describe("客户导入编号 / import key of the customer"),
    reason: text.describe("例如 opt_out、complaint"),
  })
  .refine(({ address, customer_key }) => (address === undefined) !== (customer_key === undefined), {
    path: ["address"],
    ...says("address 和 customer_key 填写其中一项", "one of address and customer_key is needed"),
  });

/** Rows are checked one by one by the kit, so that a wrong one costs itself only. */
export const suppressionBody = z.union([
  suppressionEntry,
  z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(10_000)
    .describe("名单，最多 10000 行 / a list of up to 10 000 rows"),
]);

const labelRemoval = z.strictObject({ customer_key: text, kind: z.literal("city"), key: text });
export const removeLabelsBody = z.strictObject({ labels: z.array(labelRemoval).min(1).max(1000) });

export const mergeBody = z.strictObject({
  into: text.describe("保留的客户的导入编号 / import key of the customer who goes on"),
  from: text.describe(
    "并入的客户的导入编号，之后指向保留的客户 / import key of the other, which leads to the first from then on",
  ),
});
export const mergeAnswer = z.strictObject({
  customer_id: z.int(),
  orders: z.int(),
  deliveries: z.int(),
  apart: z.int().describe("两人都在其中的推送，统计不变 / pushes that both were in, whose figures stay"),
  suppressions: z.int(),
  labels: z.int(),
  identities: z.int(),
});
