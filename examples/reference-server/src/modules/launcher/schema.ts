import * as z from "zod";

const name = z.string();
const state = z
  .enum(["ok", "off", "failing", "skipped"])
  .describe("off 可选且未启用、skipped 按要求跳过 / optional and not enabled; left out as asked");
const line = z.strictObject({ name, state, detail: z.string() });

export const doctorSchema = z.strictObject({
  ok: z.boolean(),
  environment: z.enum(["development", "production"]),
  role: z.string(),
  /** Name to type before everything is made anew. */
  database: z.strictObject({ engine: z.enum(["sqlite", "postgres", "mysql"]), name }),
  checks: z.array(line),
});

const step = { set: name, step: z.int(), name };
export const migrationsSchema = z.strictObject({
  applied: z.int(),
  pending: z.array(
    z.strictObject({
      ...step,
      keeps_older: z.boolean().describe("旧版本可同时运行 / older versions may run beside it"),
      changes: z.array(z.strictObject({ kind: z.string(), table: z.string().nullable(), rows: z.int().nullable() })),
    }),
  ),
});
export const migratedSchema = z.strictObject({ applied: z.array(z.strictObject(step)) });

export const prepareBody = z.strictObject({
  skip: z
    .array(z.enum(["nebula", "clickhouse", "qdrant"]))
    .max(3)
    .optional(),
  sample_data: z.boolean().optional().describe("插入示例数据，生产环境拒绝 / refused in production"),
});
export const preparedSchema = z.strictObject({
  stores: z.array(line),
  sample_rows: z.int().nullable(),
});
export const backupSchema = z.strictObject({ file: z.string() });

const kind = z.enum(["initial", "incremental"]);
export const folderQuery = z.strictObject({ kind });
const file = { name, kind: z.string(), institution: z.string().nullable() };
export const folderSchema = z.strictObject({
  folder: z.string(),
  files: z.array(z.strictObject({ ...file, date: z.string().nullable(), bytes: z.int() })),
  not_read: z.array(z.string()).describe("文件名不在约定中 / not one of the names"),
});

const figures = {
  ...{ rows: z.int(), inserted: z.int(), updated: z.int(), unchanged: z.int(), rejected: z.int(), dropped: z.int() },
};
export const folderBody = z.strictObject({ kind });
export const folderAnswer = z.strictObject({
  ...figures,
  has_faults: z.boolean(),
  not_read: z.array(z.string()),
  files: z.array(
    z.strictObject({
      ...file,
      state: z.enum(["done", "unchanged", "failed", "taken", "moving", "unknown-institution"]),
      figures: z.strictObject(figures).nullable(),
      fault: z.string().nullable().describe("错误代码 / code of the fault"),
    }),
  ),
});
