import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ImportParts } from "./import-file.js";
import { importInitial } from "./import-tree.js";
import type { FileCounts } from "./store.js";

const INSTITUTIONS = [
  { institution_code: "BJ-HA-001", name: "北京示例医美诊所", type: "诊所", status: "active" },
  { institution_code: "SH-ML-002", name: "上海示例医美门诊部", type: "门诊部", status: "active" },
];
const DOCTORS = ["李医生", "王医生", "陈医生"].map((name, n) => ({ doctor_code: `DOC-00${n + 1}`, name }));
const PROJECTS = [
  { project_code: "PRJ-001", name: "水光针", price: 2800 },
  { project_code: "PRJ-002", name: "光子嫩肤", price: 1980 },
  { project_code: "PRJ-003", name: "皮肤检测", price: 300 },
];
const PRODUCTS = [
  { product_code: "PRD-001", name: "修复面膜", price: 260 },
  { product_code: "PRD-002", name: "防晒乳", price: 180 },
];
const SURNAMES = ["张", "李", "王", "刘", "陈", "杨", "赵", "黄", "周", "吴"];
const GIVEN = ["雨桐", "子涵", "欣怡", "思远", "佳宁", "若曦", "俊杰", "诗涵"];
const LEVELS = ["普通", "银卡", "金卡", "钻石卡"];
const TAGS = ["敏感肌", "抗衰老", "补水", "美白", "祛痘"];
const PEOPLE = 40;

const pick = <T>(all: readonly T[], n: number): T => all[n % all.length] as T;
const two = (n: number) => String(n).padStart(2, "0");

/** Two institutions with made-up people and purchases, on numbers that nobody has; a second time nothing changes. */
export async function loadSampleInstitutions(parts: ImportParts): Promise<FileCounts> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-institutions-"));
  try {
    for (const [name, rows] of Object.entries(sampleTree())) {
      const path = join(folder, "initial", `${name}.json`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, JSON.stringify(rows), { mode: 0o600 });
    }
    return (await importInitial(parts, folder, { wait: async () => {} })).counts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rows of the sample by the files of the tree. */
export function sampleTree(): Readonly<Record<string, readonly object[]>> {
  const files: Record<string, readonly object[]> = {
    "common/institutions": INSTITUTIONS,
    "common/doctors": DOCTORS,
    "common/projects": PROJECTS,
    "common/products": PRODUCTS,
  };
  INSTITUTIONS.forEach(({ institution_code: code }, at) => {
    const people = Array.from({ length: PEOPLE }, (_, n) => customer(code, at, n));
    files[`institutions/${code}/customers`] = people;
    files[`institutions/${code}/consumption_records`] = people.flatMap((one, n) =>
      Array.from({ length: 1 + (n % 3) }, (_, k) => record(code, one.customer_code, n, k)),
    );
  });
  return files;
}

function customer(code: string, at: number, n: number) {
  return {
    customer_code: `${code}-C${String(n + 1).padStart(4, "0")}`,
    person: {
      name: `${pick(SURNAMES, n + at * 3)}${pick(GIVEN, n * 3 + at)}`,
      gender: n % 4 === 3 ? "男" : "女",
      birthday: `${1970 + ((n * 7) % 35)}-${two(1 + ((n * 5) % 12))}-${two(1 + ((n * 11) % 28))}`,
      phone: `199${String(70_000_000 + at * 1_000 + n)}`,
    },
    vip_level: pick(LEVELS, n),
    source: pick(["朋友推荐", "线上渠道", "到店咨询"], n),
    tags: [...new Set([pick(TAGS, n), pick(TAGS, n * 3 + 1)])],
    notes: "",
  };
}

function record(code: string, customerCode: string, n: number, k: number) {
  const project = pick(PROJECTS, n + k);
  const product = pick(PRODUCTS, n);
  const discount = k === 0 ? 0.9 : 1;
  const price = Math.round(project.price * discount * 100) / 100;
  return {
    order_number: `${code}-ORD-2026${two(1 + k)}${two(1 + (n % 28))}-${String(n + 1).padStart(4, "0")}`,
    customer_code: customerCode,
    order_date: `2026-${two(1 + k)}-${two(1 + (n % 28))}`,
    items: [
      {
        item_type: "project",
        item_code: project.project_code,
        item_name: project.name,
        quantity: 1,
        unit_price: project.price,
        discount,
        actual_price: price,
        doctor_code: pick(DOCTORS, n).doctor_code,
      },
      {
        item_type: "product",
        item_code: product.product_code,
        item_name: product.name,
        quantity: 2,
        unit_price: product.price,
        actual_price: product.price * 2,
      },
    ],
    total_amount: price + product.price * 2,
    payment_method: pick(["微信支付", "支付宝", "储值卡"], n),
    status: "completed",
  };
}
