import { InputError } from "@recallkit/core";
import { openTable, type TableSource } from "@recallkit/import";
import { MAX_ROWS } from "./schema.js";

/** What headers call the fields, in lower case without blanks. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  user_name: ["user_name", "username", "name", "用户名", "用户", "姓名", "昵称"],
  contact: ["contact", "mobile", "phone", "email", "external_userid", "联系方式", "手机号", "手机", "电话", "邮箱"],
  contact_type: ["contact_type", "联系类型", "触达方式", "渠道"],
  product: ["product", "产品", "产品名称", "商品", "商品名称"],
  product_type: ["product_type", "产品类型", "商品类型", "类目"],
  coupon_id: ["coupon_id", "优惠券"],
};

/** Words for ways to reach somebody. */
const TYPES: Readonly<Record<string, string>> = {
  短信: "mobile",
  手机: "mobile",
  手机号: "mobile",
  sms: "mobile",
  企业微信: "wecom",
  企微: "wecom",
  邮件: "email",
  邮箱: "email",
};

/**
 * Reads a list of users from a file: CSV in any usual encoding, .xlsx, also packed. Columns are known by their headers; those
 * that say nothing to a recall are passed over.
 *
 * @throws {InputError} `user_name` or `contact` has no column, or the file has more than 10 000 rows
 * @throws {RecallKitError} the file can't be read, with the codes of imports
 */
export async function rowsOfFile(file: TableSource): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const table = await openTable(file);
  try {
    const fields = table.columns.map(fieldOf);
    const missing = ["user_name", "contact"].filter((field) => !fields.includes(field));
    if (missing.length > 0) {
      throw new InputError(
        missing.map((field) => ({ path: field, code: "recall-task.column", message: `no column is named ${field}` })),
      );
    }
    const rows: Record<string, unknown>[] = [];
    for await (const row of table.rows()) {
      if (rows.length === MAX_ROWS) {
        const message = `a task takes at most ${MAX_ROWS} rows`;
        throw new InputError([{ path: "", code: "recall-task.rows", message }]);
      }
      // A row that is none stands for itself, and is refused by its place.
      rows.push("cells" in row ? rowOf(fields, row.cells) : {});
    }
    return rows;
  } finally {
    await table.close();
  }
}

function fieldOf(header: string): string | undefined {
  const plain = header.toLowerCase().replace(/\s/g, "");
  return Object.keys(HEADERS).find((field) => HEADERS[field]?.includes(plain));
}

function rowOf(fields: readonly (string | undefined)[], cells: readonly string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [place, field] of fields.entries()) {
    const cell = cells[place]?.trim() ?? "";
    if (field === undefined || cell === "" || row[field] !== undefined) continue;
    if (field === "contact_type") row[field] = TYPES[cell] ?? cell.toLowerCase();
    else row[field] = field === "coupon_id" ? Number(cell) : cell;
  }
  return row;
}
