import { ConflictError, type InputIssue } from "@recallkit/core";
import { isLocalDate, sha256Hex, startOfDay } from "@recallkit/core/ports";
import { DAY_ORDERS, instantReader, readPhone } from "@recallkit/import";
import * as z from "zod";
import type { ReadOutcome, RowKind } from "../../../frame/row-import.js";
import { type CallOutcome, isInterested, outcomeFaults } from "../calls/call.js";
import { createCallBody } from "../calls/schema.js";
import { placeOf } from "../calls/store.js";
import { merchantNamed } from "../merchant.js";
import { getTask, holdTask } from "../tasks/store.js";
import { hasEnded } from "../tasks/task.js";
import { resultIn, yesIn } from "./call-words.js";
import { columnsField, needed, numberIn, parsedMapping, readRow } from "./mapping.js";
import { undatedDays } from "./undated.js";
import { type ImportedCall, writeCalls } from "./write-calls.js";

const FIELDS = [
  {
    name: "phone_number",
    words: ["phone", "mobile", "called number", "手机号", "手机", "电话", "电话号码", "被叫号码"],
  },
  { name: "call_time", words: ["time", "started at", "date", "拨打时间", "通话时间", "呼叫时间"] },
  { name: "duration", words: ["seconds", "talk time", "时长", "通话时长"] },
  { name: "result", words: ["status", "结果", "通话结果", "状态"] },
  { name: "interested", words: ["interest", "意向", "是否有意向"] },
  { name: "notes", words: ["note", "remark", "备注", "通话备注"] },
  { name: "customer_name", words: ["name", "姓名", "客户姓名"] },
  { name: "company", words: ["公司"] },
  { name: "agent", words: ["seat", "坐席", "客服"] },
  { name: "call_no", words: ["call id", "通话编号", "流水号"] },
];
const mappingSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal("calls"),
  columns: columnsField(FIELDS),
  task_id: z.int().min(1).optional(),
  /** Order of day and month in dates. */
  dateFormat: z.enum(DAY_ORDERS).optional(),
  /** Tags by name, and the columns that their values stand in. */
  tags: z.record(z.string().min(1).max(64), z.string().min(1).max(255)).optional(),
  /** The rows name nobody. */
  anonymous: z.boolean().optional(),
  /** The rows are in the order of time and tell month and weekday in these columns; none is before `from`. */
  undated: z.strictObject({ month: z.string(), weekday: z.string(), from: z.string().refine(isLocalDate) }).optional(),
});
type CallMapping = z.output<typeof mappingSchema>;

const body = createCallBody
  .pick({
    phone_number: true,
    duration: true,
    result: true,
    notes: true,
    customer_name: true,
    company: true,
    tags: true,
  })
  .extend({
    agent: createCallBody.shape.agent,
  });

/** Files of calls; they are of the task that the mapping names by `task_id`. */
export const callsKind: RowKind<ImportedCall> = {
  kind: "calls",
  fields: FIELDS,
  parse: (told) => parsedMapping(mappingSchema, told),
  missing(mapping) {
    const { columns, anonymous, undated, task_id } = mapping as CallMapping;
    return [
      ...(anonymous || "phone_number" in columns ? [] : ["phone_number"]),
      ...(undated || "call_time" in columns ? [] : ["call_time"]),
      ...("result" in columns || "duration" in columns ? [] : ["result"]),
      ...(task_id === undefined ? ["task_id"] : []),
    ];
  },
  otherColumns(mapping) {
    const { tags = {}, undated } = mapping as CallMapping;
    const tagged = Object.entries(tags).map(([name, column]) => [`tags.${name}`, column]);
    return Object.fromEntries([
      ...tagged,
      ...(undated
        ? [
            ["undated.month", undated.month],
            ["undated.weekday", undated.weekday],
          ]
        : []),
    ]);
  },
  async begin(context, tenantId, told) {
    const merchant = await merchantNamed(context, tenantId);
    const mapping = parsedMapping(mappingSchema, told);
    const taskId = needed(mapping.task_id, "task_id");
    await getTask(merchant.stores, tenantId, taskId);
    const timeOf = timeReader(mapping, merchant.timeZone);
    const keyOf = keyReader(taskId);
    return {
      read: (cells) => readCall(cells, mapping, { timeOf, keyOf, zone: merchant.timeZone }),
      async write(rows) {
        const task = await holdTask(merchant.stores, tenantId, taskId);
        if (hasEnded(task)) throw new ConflictError("dial-task.ended", `dial task ${taskId} takes no calls any more`);
        return writeCalls(merchant, task, rows);
      },
    };
  },
};

type Cells = Readonly<Record<string, string>>;

function readCall(
  cells: Cells,
  mapping: CallMapping,
  {
    timeOf,
    keyOf,
    zone,
  }: {
    readonly timeOf: (cells: Cells) => number | undefined;
    readonly keyOf: (cells: Cells) => string;
    readonly zone: string;
  },
): ReadOutcome<ImportedCall> {
  const faults: InputIssue[] = [];
  const duration = numberIn(cells.duration);
  const result = cells.result
    ? resultIn(cells.result)
    : typeof duration === "number" && duration > 0
      ? "connected"
      : "no_answer";
  const said = "interested" in mapping.columns ? yesIn(cells.interested ?? "") : undefined;
  if ("interested" in mapping.columns && said === undefined) {
    faults.push({ path: "interested", code: "call.interested", message: "is neither yes nor no" });
  }
  const tags = Object.keys(mapping.tags ?? {}).flatMap((name) => {
    const value = cells[`tags.${name}`] ?? "";
    return value === "" ? [] : [{ tag_name: name, tag_value: value }];
  });
  const { phone_number: phone = "", call_time: _, interested: __, call_no: ___, ...texts } = cells;
  const plain = Object.fromEntries(Object.entries(texts).filter(([name]) => !name.includes(".")));
  const read = readRow(body, { ...plain, duration, result, tags, phone_number: mapping.anonymous ? undefined : phone });
  const callTime = timeOf(cells);
  // Each row moves the clock and the counter of equal rows, also one that is refused.
  const key = keyOf(cells);
  if (callTime === undefined) faults.push({ path: "call_time", code: "time.invalid", message: "is no time" });
  if (!mapping.anonymous && readPhone(phone) === undefined) {
    faults.push({ path: "phone_number", code: "call.phone", message: "is no phone number" });
  }
  if (!("value" in read)) return { faults: unique([...read.faults, ...faults]) };
  const outcome: CallOutcome = { ...read.value, interested: said === true ? true : undefined };
  faults.push(...outcomeFaults(outcome));
  if (faults.length > 0 || callTime === undefined) return { faults: unique(faults) };
  const { phone_number = null, agent = "", ...rest } = read.value;
  return {
    value: {
      ...rest,
      phone: phone_number,
      agent,
      callTime,
      ...placeOf(callTime, zone),
      key,
      isInterested: isInterested({ ...outcome, interested: said }),
    },
  };
}

/** One fault per field. */
function unique(faults: readonly InputIssue[]): readonly InputIssue[] {
  return [...new Map(faults.map((fault) => [fault.path, fault])).values()];
}

function timeReader({ dateFormat = "ymd", undated }: CallMapping, zone: string): (cells: Cells) => number | undefined {
  if (undated) {
    const dayOf = undatedDays(undated.from);
    return (cells) => {
      const day = dayOf(cells["undated.month"] ?? "", cells["undated.weekday"] ?? "");
      return day === undefined ? undefined : startOfDay(day, zone);
    };
  }
  const read = instantReader({ long: dateFormat, short: dateFormat }, zone);
  return ({ call_time: text = "" }) => {
    const at = read(text);
    return typeof at === "number" ? at : undefined;
  };
}

/** Names of calls that stay the same when the file is imported again: their own, else what the row says and how often it did. */
function keyReader(taskId: number): (cells: Cells) => string {
  const seen = new Map<string, number>();
  return (cells) => {
    if (cells.call_no) return `${taskId}/no/${cells.call_no}`.slice(0, 255);
    const hash = sha256Hex(JSON.stringify(cells)).slice(0, 24);
    const times = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, times);
    return `${taskId}/row/${hash}/${times}`;
  };
}
