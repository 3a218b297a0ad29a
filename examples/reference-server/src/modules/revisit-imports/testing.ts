import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The document's rows, as it prints them. */
export const INSTITUTIONS = [
  {
    institution_code: "BJ-HA-001",
    name: "北京XX医美诊所",
    type: "诊所",
    address: "北京市朝阳区...",
    phone: "010-12345678",
    email: "contact@example.com",
    status: "active",
  },
];

/** The document's customer. */
export const CUSTOMER = {
  customer_code: "BJ-HA-001-C0001",
  person: { name: "张三", gender: "女", birthday: "1990-05-15", phone: "13800138000" },
  vip_level: "金卡",
  source: "朋友推荐",
  tags: ["敏感肌", "抗衰老"],
  notes: "皮肤敏感，注意产品选择",
};

/** The document's item. */
export const ITEM = {
  item_type: "project",
  item_code: "PRJ-001",
  item_name: "水光针",
  quantity: 1,
  unit_price: 2800.0,
  discount: 0.9,
  actual_price: 2520.0,
};

/** The document's consumption record. */
export const RECORD = {
  order_number: "BJ-HA-001-ORD-20260115-0001",
  customer_code: "BJ-HA-001-C0001",
  order_date: "2026-01-15",
  items: [ITEM],
  total_amount: 2520.0,
  payment_method: "微信支付",
  status: "completed",
};

/** Writes files of a tree; a text is written as it is, everything else as JSON. */
export async function writeTree(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

/** Customers of an institution. */
export function customersOf(code: string, count: number) {
  return Array.from({ length: count }, (_, n) => ({
    ...CUSTOMER,
    customer_code: `${code}-C${String(n + 1).padStart(4, "0")}`,
    person: {
      name: `客户${n}`,
      gender: n % 2 === 0 ? "女" : "男",
      birthday: `19${60 + (n % 40)}-0${1 + (n % 9)}-1${n % 10}`,
      phone: `13${code.startsWith("BJ") ? 8 : 9}${String(n).padStart(8, "0")}`,
    },
  }));
}

/** Consumption records of an institution's customers, each of two items. */
export function recordsOf(code: string, count: number, customers: number) {
  return Array.from({ length: count }, (_, n) => ({
    ...RECORD,
    order_number: `${code}-ORD-20260115-${String(n + 1).padStart(4, "0")}`,
    customer_code: `${code}-C${String((n % customers) + 1).padStart(4, "0")}`,
    items: [
      ITEM,
      {
        ...ITEM,
        item_type: "product",
        item_code: "PRD-001",
        item_name: "精华液",
        quantity: 2,
        unit_price: 100,
        actual_price: 180,
      },
    ],
    total_amount: 2700,
  }));
}
