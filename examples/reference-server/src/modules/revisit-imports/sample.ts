import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeSampleInstitutions } from "../revisit/service.js";
import type { ImportParts } from "./import-file.js";
import { importInitial } from "./import-tree.js";
import type { FileCounts } from "./store.js";

const INSTITUTIONS = ["BJ-HA-001", "SH-ML-002"];
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
/** Of each institution's people, the first ones. */
const PEOPLE = 40;

const pick = <T>(all: readonly T[], n: number): T => all[n % all.length] as T;
const two = (n: number) => String(n).padStart(2, "0");

/** Two institutions with made-up people, and what these bought; a second time nothing changes. */
export async function loadSampleInstitutions(parts: ImportParts): Promise<FileCounts> {
  await makeSampleInstitutions(parts.kit, { now: parts.clock.now() });
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

/** Catalogues and purchases by the files of the tree. */
function sampleTree(): Readonly<Record<string, readonly object[]>> {
  const own = INSTITUTIONS.map((code) => {
    const records = Array.from({ length: PEOPLE }, (_, n) =>
      Array.from({ length: 1 + (n % 3) }, (_, k) => record(code, `${code}-C${String(n + 1).padStart(4, "0")}`, n, k)),
    );
    return [`institutions/${code}/consumption_records`, records.flat()] as const;
  });
  return {
    "common/doctors": DOCTORS,
    "common/projects": PROJECTS,
    "common/products": PRODUCTS,
    ...Object.fromEntries(own),
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
