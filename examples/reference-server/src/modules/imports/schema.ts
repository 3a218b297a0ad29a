import { cursorPage, instantField, wholeNumber } from "@recallkit/http";
import { STATUS_MEANINGS } from "@recallkit/import";
import * as z from "zod";
import { figuresSchema } from "./figures.js";
import { IMPORT_STATES } from "./job.js";
import { IMPORT_KINDS } from "./kinds.js";

const DELIMITERS = [",", ";", "tab", "|"] as const;

const encoding = z.string().min(1).max(40).describe("utf-8、gb18030、big5、windows-1252 …");
const delimiter = z.enum(DELIMITERS);
const sheet = z.string().min(1).max(255).describe("工作表名称或序号 / name or number of the sheet");
const kind = z.enum(IMPORT_KINDS);

/** What the query of an upload may say. */
export const uploadQuery = z.strictObject({
  name: z.string().min(1).max(255).optional().describe("文件名，仅用于显示 / name of the file, for people"),
  kind: kind.optional(),
  encoding: encoding.optional(),
  delimiter: delimiter.optional(),
  skip_lines: wholeNumber(0, 10_000).optional().describe("表头之上的行数 / lines above the header"),
  sheet: sheet.optional(),
});

const reading = z.strictObject({
  encoding: encoding.optional(),
  delimiter: delimiter.optional(),
  skip_lines: z.int().min(0).max(10_000).optional(),
  sheet: sheet.optional(),
});

/** What may be said about a file: how it is opened, and what its columns mean. */
export const mappingBody = z.strictObject({
  reading: reading.optional().describe("如何打开文件 / how the file is opened"),
  mapping: z
    .looseObject({ kind })
    .optional()
    .describe("完整的列对应关系，即答复中的 guess.mapping / the whole mapping, as guess.mapping of answers"),
});

const question = z.strictObject({
  path: z.string().describe("用 mapping 的哪一项回答 / option of the mapping that answers it"),
  code: z.string(),
  message: z.string(),
  answers: z.array(z.string()),
});

const guess = z.strictObject({
  mapping: z.looseObject({ kind }),
  preset: z.string().nullable(),
  matched: z.array(
    z.strictObject({
      field: z.string(),
      column: z.string(),
      reason: z.string(),
      confidence: z.string(),
      others: z.array(z.string()),
    }),
  ),
  unused: z.array(z.string()),
  missing: z.array(z.string()).describe("没有对应列的必填字段 / needed fields without a column"),
  questions: z.array(question),
  statuses: z.array(
    z.strictObject({
      word: z.string(),
      count: z.int(),
      first_line: z.int(),
      meaning: z.enum(STATUS_MEANINGS).nullable(),
    }),
  ),
  rows: z.int(),
  file: z.strictObject({
    format: z.string(),
    packed: z.string().nullable(),
    encoding: z.string().nullable(),
    delimiter: z.string().nullable(),
    header_line: z.int(),
    sheet: z.string().nullable(),
    sheets: z.array(z.string()),
  }),
});

const importFields = {
  id: z.int(),
  name: z.string(),
  state: z.enum(IMPORT_STATES),
  is_dry_run: z.boolean().describe("正在或上一次执行的是试运行 / the run under way, or the last one, is a dry run"),
  bytes: z.int(),
  progress: z
    .strictObject({ phase: z.enum(["judge", "write"]), rows: z.int(), bytes: z.int(), total_bytes: z.int() })
    .nullable(),
  done_rows: z.int().describe("已写入的订单或客户 / orders or people written so far"),
  dry_run: figuresSchema.nullable(),
  result: figuresSchema.nullable(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  rejects: z.int().describe("可下载的被拒绝的行 / rejected rows to download"),
  created_at: instantField,
  started_at: instantField.nullable(),
  finished_at: instantField.nullable(),
};

export const importSchema = z.strictObject({
  ...importFields,
  columns: z.array(z.string()),
  guess: guess.nullable().describe("文件无法打开时为空，见 question / null while question is open"),
  question: z
    .strictObject({ asks: z.string(), code: z.string(), message: z.string(), answers: z.array(z.string()) })
    .nullable()
    .describe("须用 reading 回答 / to be answered with reading"),
});

/** Answers to whoever gives a file or a mapping: cells of the file are shown once and kept nowhere. */
export const lookSchema = importSchema.extend({
  samples: z.array(z.record(z.string(), z.string())).describe("前几行 / first rows"),
  candidates: z.array(z.strictObject({ value: z.string(), sample: z.string() })),
});

export const importsPage = cursorPage(z.strictObject(importFields));
export const removedAnswer = z.strictObject({ removed: z.literal(true) });
