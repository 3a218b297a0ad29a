import type { InputIssue, RowRejection } from "@recallkit/core";
import type { Call } from "@recallkit/http";
import { type ReadRow, wirePath } from "./row-terms.js";

/** Rows for the kit, and what is wrong with the others. */
export interface ReadRows {
  readonly rows: readonly unknown[];
  readonly refused: readonly RowRejection[];
  /** Where a row for the kit stands in what was sent. */
  indexOf(row: number): number;
}

/** Reads what was sent, each row by itself. */
export function readRows(sent: readonly unknown[], read: (row: unknown) => ReadRow): ReadRows {
  const rows: unknown[] = [];
  const places: number[] = [];
  const refused: RowRejection[] = [];
  for (const [index, one] of sent.entries()) {
    const found = read(one);
    if ("issue" in found) refused.push({ index, ...found.issue });
    else {
      rows.push(found.row);
      places.push(index);
    }
  }
  return { rows, refused, indexOf: (row) => places[row] ?? row };
}

/** One row in an answer. */
export interface RowOutcome {
  readonly index: number;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Outcomes of the kit in the caller's terms and language, with those of rows that it never saw, in order. */
export function outcomes(
  { refused, indexOf }: ReadRows,
  ofKit: readonly RowRejection[],
  call: Pick<Call, "language" | "tell">,
): RowOutcome[] {
  const translated = ofKit.map((one) => ({ ...one, index: indexOf(one.index), path: wirePath(one.path) }));
  return [...refused, ...translated]
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, path, code, message }) => {
      return { index, path, code, message: messageOf({ path, code, message }, call) };
    });
}

/** What fields look like; codes of a schema alone say too little. */
const FIELDS: Readonly<Record<string, string>> = {
  customer_key: "必填，1-255 个字符，不含控制字符",
  order_no: "必填，1-255 个字符，不含控制字符",
  birthday: "应为存在的日期，格式 YYYY-MM-DD",
  time_zone: "应为 IANA 时区，例如 Asia/Shanghai",
  mobile: "应为 E.164 格式的手机号，例如 +8613800138000",
  email: "应为有效的邮箱地址",
  external_userid: "应为 1-64 个字符的文本",
  openid: "应为 1-64 个字符的文本",
  unionid: "应为 1-64 个字符的文本",
  customer_code: "应为 1-64 个字符的文本",
  status: "应为 1-64 个字符的文本",
  quantity: "应为整数",
  lines: "应为最多 10000 个商品行的数组",
};

function messageOf(issue: InputIssue, { language, tell }: Pick<Call, "language" | "tell">): string {
  const told = tell(issue);
  // A code with a text of its own was put into the language already.
  if (language === "en" || told !== issue.message) return told;
  if (issue.code === "unrecognized_keys") return "未知字段";
  return FIELDS[issue.path.split(".").at(-1) ?? ""] ?? "取值不正确";
}
