import { cursorPage, instantField, pageFields } from "@recallkit/http";
import * as z from "zod";

const definition = z
  .record(z.string(), z.unknown())
  .describe(
    "人群规则，与 SDK 相同，见 docs/guides/segments.zh-CN.md / a segment as in the SDK, see docs/guides/segments.md",
  );
const day = z.string().max(10).describe("YYYY-MM-DD");

const name = z.string().min(1).max(255);
const description = z.string().max(2000).nullish().describe("说明 / what it is for");

export const createBody = z.strictObject({ name, description, segment: definition });
export const editBody = z.strictObject({
  ...{ name, description, segment: definition },
  revision: z
    .int()
    .min(1)
    .optional()
    .describe("读取时的 revision；已被他人修改时返回 409 / as it was read; 409 after another edit"),
});

export const segmentSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  segment: definition,
  revision: z.int(),
  created_at: instantField,
  updated_at: instantField,
  archived_at: instantField.nullable(),
});
const size = z.strictObject({ day: z.string(), people: z.int(), at: instantField });
export const segmentsPage = cursorPage(
  segmentSchema.extend({
    size: size.nullable().optional().describe("最近一次计算的人数，需 sizes=true / as it was counted last"),
  }),
);
export const segmentsQuery = z.strictObject({
  ...pageFields,
  search: z.string().max(255).optional().describe("名称包含 / part of the name"),
  sizes: z
    .enum(["true", "false"])
    .optional()
    .describe("true：附最近一周内计算的人数 / with what the last week counted"),
  archived: z.enum(["true", "false"]).optional().describe("true：已归档的 / those that are archived"),
});
export const deletedAnswer = z.strictObject({ archived: z.literal(true) });

const user = z.strictObject({ id: z.int(), name: z.string() });
export const usersAnswer = z.strictObject({ rules: z.array(user), segments: z.array(user) });

const asked = {
  segment: definition.optional(),
  segment_id: z.int().min(1).optional().describe("已保存的人群 / a saved segment"),
  as_of: z
    .union([z.int(), z.string().max(40)])
    .optional()
    .describe("以此刻为准，默认现在 / as of this instant, default now"),
};
const oneOf = ({ segment, segment_id: id }: { readonly segment?: unknown; readonly segment_id?: unknown }) =>
  (segment === undefined) !== (id === undefined);
const ONE_OF = {
  path: ["segment"],
  params: { zh: "segment 和 segment_id 填写其中一项", en: "one of segment and segment_id is needed" },
};

export const validateBody = z.strictObject({ segment: definition });
const warning = z.strictObject({ code: z.string(), message: z.string() });
export const validateAnswer = z.strictObject({
  valid: z.boolean(),
  issues: z.array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() })),
  warnings: z.array(warning).describe("不认识的内容，不会选中任何人 / what nobody knows matches nobody"),
});

export const previewBody = z
  .strictObject({
    ...asked,
    people: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe("逐人判断前多少人，默认 0 / people asked about one by one, default 0"),
  })
  .refine(oneOf, ONE_OF);
export const previewAnswer = z.strictObject({
  count: z.int().describe("人数 / people"),
  steps: z
    .array(z.strictObject({ name: z.string(), count: z.int() }))
    .describe("每一步之后的人数 / people left after each"),
  sample: z.array(z.strictObject({ customer_id: z.int(), customer_key: z.string() })),
  warnings: z.array(warning),
  asked: z.int(),
  contacted: z.int().describe("其中会触达的人数 / of these, people who would get a message"),
  reasons: z.record(z.string(), z.int()),
  as_of: instantField,
});

export const explainBody = z
  .strictObject({ ...asked, customer_key: z.string().min(1).max(255).describe("客户导入编号 / import key") })
  .refine(oneOf, ONE_OF);
export const explainAnswer = z.strictObject({
  included: z.boolean(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      passed: z.boolean(),
      detail: z.string(),
      sentence: z
        .string()
        .describe("结论与依据，按请求的语言 / the verdict with what decided it, in the caller's language"),
      path: z.string().nullable().describe("在嵌套条件中的位置 / where it stands inside others"),
    }),
  ),
});

export const sizesQuery = z.strictObject({ from: day.optional(), to: day.optional() });
export const sizesAnswer = z.strictObject({
  items: z.array(size),
});
