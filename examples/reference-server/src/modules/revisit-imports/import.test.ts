import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, systemClock } from "@recallkit/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations, modules } from "../../app.js";
import { personDataOf } from "../../frame/server-module.js";
import { type Engine, engines } from "../../testing/engines.js";
import { institutionOf } from "../institutions/service.js";
import { importInitial, importPending, type TreeOptions, type TreeOutcome } from "./import-tree.js";
import { findingsOf } from "./store.js";
import { CUSTOMER, customersOf, INSTITUTIONS, ITEM, RECORD, recordsOf, writeTree } from "./testing.js";

const NO_WAIT: TreeOptions = { wait: async () => {} };

async function chain(engine: Engine) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-chain-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stores = await engine.open(folder);
  await stores.migrate(moduleMigrations);
  const kit = createRecallKit({ stores, personData: personDataOf(modules) });
  onTestFinished(() => kit.close());
  const parts = { stores, kit, clock: systemClock };
  const tree = join(folder, "import");
  return {
    folder,
    tree,
    stores,
    kit,
    initial: (files: Readonly<Record<string, unknown>>, options = {}) =>
      writeTree(join(tree, "initial"), files).then(() => importInitial(parts, tree, { ...NO_WAIT, ...options })),
    pending: (files: Readonly<Record<string, unknown>>, options = {}) =>
      writeTree(join(tree, "incremental/pending"), files).then(() =>
        importPending(parts, tree, { ...NO_WAIT, ...options }),
      ),
    async of(code: string) {
      const institution = await institutionOf(stores, code);
      if (!institution) throw new Error("no such institution");
      return kit.forTenant(institution.tenantId);
    },
    async findings(outcome: TreeOutcome | undefined) {
      if (!outcome || !("fileId" in outcome)) throw new Error("the file was not read");
      return (await findingsOf(stores, outcome.fileId)).map(({ index, line, path, code, isRejected }) => [
        index,
        line,
        path,
        code,
        isRejected,
      ]);
    },
  };
}

const DOCUMENT = {
  "common/institutions.json": INSTITUTIONS,
  "institutions/BJ-HA-001/customers.json": [CUSTOMER],
  "institutions/BJ-HA-001/consumption_records.json": [RECORD],
};

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const onEngine = engine.missing === undefined ? test : test.skip;

  onEngine("the document's examples import as printed, and a second time nothing changes", async () => {
    const { initial, of } = await chain(engine);
    const first = await initial(DOCUMENT);
    expect(first).toMatchObject({ hasFaults: false, counts: { rows: 3, inserted: 3, rejected: 0 } });
    const kit = await of("BJ-HA-001");
    expect((await kit.tenant()).name).toBe("北京XX医美诊所");
    const person = await kit.customers.export("BJ-HA-001-C0001");
    expect(person).toMatchObject({
      customer: { name: "张三", bornOn: "1990-05-15", identities: { mobile: "+8613800138000" } },
    });
    expect(JSON.stringify(person)).toContain("皮肤敏感，注意产品选择");
    const keys = async (kind: "call" | "category" | "sku") =>
      (await kit.labels.list(kind)).items.map(({ key, name }) => [key, name]);
    expect(await keys("call")).toEqual([
      ["tag:标签=抗衰老", "抗衰老"],
      ["tag:标签=敏感肌", "敏感肌"],
    ]);
    expect(await keys("category")).toEqual([["PRJ-001", "水光针"]]);
    const bought = { labels: { category: ["PRJ-001"] }, lapse: { minDays: 0, maxDays: 3650 } };
    expect(await kit.audience.count({ segment: bought })).toBe(1);
    const second = await initial(DOCUMENT);
    expect(second.files.map(({ state }) => state)).toEqual(["unchanged", "unchanged", "unchanged"]);
    expect(second.counts).toMatchObject({ rows: 3, unchanged: 3, inserted: 0, updated: 0 });
  });

  onEngine("two institutions with their catalogues; files written anew with the same rows change nothing", async () => {
    const { initial, of, stores } = await chain(engine);
    const files = {
      "common/institutions.json": [...INSTITUTIONS, { institution_code: "SH-ML-002", name: "上海YY医美门诊部" }],
      "common/doctors.json": [{ doctor_code: "DOC-001", name: "李医生", title: "主任医师" }],
      "common/projects.json": [{ project_code: "PRJ-001", name: "水光针", price: 2800 }],
      "common/products.json": [{ product_code: "PRD-001", name: "精华液" }],
      "institutions/BJ-HA-001/customers.json": customersOf("BJ-HA-001", 30),
      "institutions/BJ-HA-001/consumption_records.json": recordsOf("BJ-HA-001", 40, 30),
      "institutions/SH-ML-002/customers.json": customersOf("SH-ML-002", 20),
      "institutions/SH-ML-002/consumption_records.json": recordsOf("SH-ML-002", 20, 20),
    };
    const first = await initial(files, { chunkRows: 7 });
    expect(first).toMatchObject({ hasFaults: false, counts: { rows: 115, inserted: 115 } });
    const sums = async () =>
      stores.sql
        .selectFrom("rk_orders")
        .select(({ fn }) => [fn.countAll<number>().as("orders"), fn.sum<number>("amount_minor").as("amount")])
        .executeTakeFirst();
    const before = await sums();
    expect([Number(before?.orders), Number(before?.amount)]).toEqual([60, 60 * 270_000]);
    const anew = Object.fromEntries(Object.entries(files).map(([name, rows]) => [name, JSON.stringify(rows)]));
    const second = await initial(anew);
    expect(second.counts).toMatchObject({ rows: 115, unchanged: 115, inserted: 0, updated: 0 });
    expect(await sums()).toEqual(before);
    expect(await (await of("SH-ML-002")).customers.export("SH-ML-002-C0001")).toBeDefined();
  });

  onEngine("files of a day: new and changed rows, given fields only, each file put away", async () => {
    const { initial, pending, of, tree } = await chain(engine);
    await initial(DOCUMENT);
    const result = await pending({
      "2026-01-15/customers_add.json": [{ ...CUSTOMER, customer_code: "BJ-HA-001-C0002", person: { name: "李四" } }],
      "2026-01-15/customers_update.json": [
        { customer_code: "BJ-HA-001-C0001", vip_level: "钻石卡", tags: ["抗衰老"], notes: null },
      ],
      "2026-01-16/consumption_records_update.json": [
        { order_number: RECORD.order_number, payment_method: "支付宝" },
        { order_number: "BJ-HA-001-ORD-NONE", status: "refunded" },
      ],
    });
    expect(result.files.map(({ name, state }) => [name, state])).toEqual([
      ["pending/2026-01-15/customers_add.json", "done"],
      ["pending/2026-01-15/customers_update.json", "done"],
      ["pending/2026-01-16/consumption_records_update.json", "done"],
    ]);
    expect(result.counts).toMatchObject({ rows: 4, inserted: 1, updated: 2, rejected: 1 });
    const kit = await of("BJ-HA-001");
    const told = JSON.stringify(await kit.customers.export("BJ-HA-001-C0001"));
    expect(told).toContain("钻石卡");
    expect(told).toContain("张三");
    expect(told).toContain("支付宝");
    expect(told).not.toContain("皮肤敏感，注意产品选择");
    expect(told).not.toContain("敏感肌");
    const incremental = join(tree, "incremental");
    expect(await readdir(join(incremental, "pending"))).toEqual([]);
    expect((await readdir(join(incremental, "processed/2026-01-15"))).sort()).toEqual([
      "customers_add.json",
      "customers_update.json",
    ]);
    const failed = join(incremental, "failed/2026-01-16");
    expect((await readdir(failed)).sort()).toEqual([
      "consumption_records_update.json",
      "consumption_records_update.report.json",
      "consumption_records_update.report.txt",
    ]);
    const report = JSON.parse(await readFile(join(failed, "consumption_records_update.report.json"), "utf8"));
    expect(report).toMatchObject({
      counts: { rows: 2, rejected: 1 },
      findings: [
        { index: 1, line: 6, row: "BJ-HA-001-ORD-NONE", path: "order_number", code: "revisit-import.unknown-record" },
      ],
    });
    const words = await readFile(join(failed, "consumption_records_update.report.txt"), "utf8");
    expect(words).toContain("没有这条消费记录");
    // The same file again changes nothing.
    const again = await pending({
      "2026-01-17/customers_update.json": [
        { customer_code: "BJ-HA-001-C0001", vip_level: "钻石卡", tags: ["抗衰老"], notes: null },
      ],
    });
    expect(again.counts).toMatchObject({ unchanged: 1, updated: 0 });
  });
});

const [engine] = engines;
if (!engine) throw new Error("there are engines");

test("wrong rows are rejected by name and path, the others are kept", async () => {
  const { initial, findings } = await chain(engine);
  const customer = (n: number, change: object) => ({ ...CUSTOMER, customer_code: `BJ-HA-001-C${n}`, ...change });
  const { person } = CUSTOMER;
  const result = await initial({
    "common/institutions.json": [...INSTITUTIONS, { institution_code: "SH-ML-002", name: "B" }],
    "institutions/BJ-HA-001/customers.json": [
      CUSTOMER,
      customer(2, { person: { ...person, phone: "12" } }),
      customer(3, { person: { ...person, birthday: "1990-02-30", phone: null } }),
      customer(4, { person: { ...person, birthday: "2190-02-03", phone: "" } }),
      customer(5, { vip_level: 7 }),
      customer(6, { person: { ...person, phone: "13800138006" }, extra: true }),
      CUSTOMER,
      { ...CUSTOMER, customer_code: "SH-ML-002-C0001" },
      customer(9, { person, notes: "很长".repeat(200) }),
      "text",
      customer(10, { person: { name: "王五" }, tags: [], notes: "" }),
    ],
  });
  expect(result.counts).toMatchObject({ rows: 13, inserted: 5, rejected: 8, dropped: 1 });
  expect(await findings(result.files[1])).toEqual([
    [1, expect.any(Number), "person.phone", "revisit-import.phone", true],
    [2, expect.any(Number), "person.birthday", "time.invalid", true],
    [3, expect.any(Number), "person.birthday", "revisit-import.future-date", true],
    [4, expect.any(Number), "vip_level", "invalid_type", true],
    [5, expect.any(Number), "extra", "unrecognized_keys", true],
    [6, expect.any(Number), "customer_code", "revisit-import.duplicate-code", true],
    [7, expect.any(Number), "customer_code", "revisit-import.other-institution", true],
    [8, expect.any(Number), "notes", "custom", false],
    [8, expect.any(Number), "person.phone", "customer.identity-taken", false],
    [9, expect.any(Number), "", "invalid_type", true],
  ]);
});

test("sums, people and codes of records are checked; a record is taken whole or not at all", async () => {
  const { initial, findings, of } = await chain(engine);
  const record = (n: number, change: object) => ({ ...RECORD, order_number: `BJ-HA-001-ORD-${n}`, ...change });
  const result = await initial({
    ...DOCUMENT,
    "common/projects.json": [{ project_code: "PRJ-001", name: "水光针" }],
    "institutions/BJ-HA-001/consumption_records.json": [
      RECORD,
      record(1, { items: [{ ...ITEM, actual_price: 2520.02 }], total_amount: 2520.02 }),
      record(2, { items: [{ ...ITEM, actual_price: 2520.01 }], total_amount: 2520.01 }),
      record(3, { total_amount: 2600 }),
      record(4, { customer_code: "BJ-HA-001-C0404" }),
      record(5, { items: [ITEM, { ...ITEM, item_code: "PRJ-404" }], total_amount: 5040 }),
      record(6, { order_date: "2026-02-30" }),
      record(7, { order_date: "2990-01-01" }),
      record(8, { items: [] }),
      record(9, { items: [{ ...ITEM, quantity: "1" }] }),
      record(10, {
        order_date: "2026-01-15 10:30:00",
        items: [{ ...ITEM, discount: null, actual_price: 2800 }],
        total_amount: 2800,
      }),
    ],
  });
  const file = result.files.at(-1);
  expect(file).toMatchObject({ state: "done", rows: 11, inserted: 3, rejected: 8 });
  expect((await findings(file)).map(([index, , path, code]) => [index, path, code])).toEqual([
    [1, "items.0.actual_price", "revisit-import.amount-mismatch"],
    [3, "total_amount", "revisit-import.total-mismatch"],
    [4, "customer_code", "customer.not-found"],
    [5, "items.1.item_code", "revisit-import.unknown-item"],
    [6, "order_date", "time.invalid"],
    [7, "order_date", "revisit-import.future-date"],
    [8, "items", "too_small"],
    [9, "items.0.quantity", "invalid_type"],
  ]);
  const exported = await (await of("BJ-HA-001")).customers.export("BJ-HA-001-C0001");
  expect(JSON.stringify(exported)).not.toContain("ORD-5");
  // Whom a record names may come later: the same file is looked at again while something was wrong with it.
  await initial({
    "institutions/BJ-HA-001/customers.json": [
      CUSTOMER,
      { ...CUSTOMER, customer_code: "BJ-HA-001-C0404", person: { name: "赵六" } },
    ],
  });
  const again = await initial({});
  expect(again.files.at(-1)).toMatchObject({ inserted: 0, unchanged: 4, rejected: 7 });
});

test("half a file is told of with its place; what stood before it is kept, and the whole file goes on", async () => {
  const { initial, pending, tree } = await chain(engine);
  await initial({ "common/institutions.json": INSTITUTIONS });
  const rows = customersOf("BJ-HA-001", 3);
  const text = JSON.stringify(rows, null, 1);
  const half = text.slice(0, text.lastIndexOf("vip_level"));
  const result = await pending({ "2026-01-15/customers_add.json": half });
  expect(result.files).toMatchObject([
    {
      state: "failed",
      rows: 2,
      inserted: 2,
      fault: { code: "revisit-import.broken-json", params: { line: expect.any(Number) } },
    },
  ]);
  expect(await readdir(join(tree, "incremental/failed/2026-01-15"))).toContain("customers_add.report.json");
  const whole = await pending({ "2026-01-15/customers_add.json": text });
  expect(whole.counts).toMatchObject({ rows: 3, inserted: 1, unchanged: 2 });
});

test("a file that somebody still writes is left for the next run", async () => {
  const { initial, pending, tree } = await chain(engine);
  await initial({ "common/institutions.json": INSTITUTIONS });
  const path = "2026-01-15/customers_add.json";
  const wait = () => writeTree(join(tree, "incremental/pending"), { [path]: JSON.stringify([CUSTOMER]) });
  const first = await pending({ [path]: "[" }, { wait });
  expect(first.files).toMatchObject([{ state: "moving" }]);
  expect((await pending({})).counts).toMatchObject({ inserted: 1 });
});

test("a folder that is none of the document's, and one of an unknown institution", async () => {
  const { initial, folder, stores, kit } = await chain(engine);
  await expect(importInitial({ stores, kit, clock: systemClock }, folder, NO_WAIT)).rejects.toMatchObject({
    issues: [{ code: "revisit-import.no-folder" }],
  });
  const result = await initial({ "institutions/XX-YY-999/customers.json": [CUSTOMER] });
  expect(result).toMatchObject({
    hasFaults: true,
    files: [{ state: "unknown-institution", institution: "XX-YY-999" }],
  });
});

test("two processes at the same file: one goes on, nothing is taken twice", async () => {
  const { initial, tree, stores, kit } = await chain(engine);
  await initial({ "common/institutions.json": INSTITUTIONS });
  await writeTree(join(tree, "initial"), { "institutions/BJ-HA-001/customers.json": customersOf("BJ-HA-001", 60) });
  const parts = { stores, kit, clock: systemClock };
  const results = await Promise.all([1, 2].map(() => importInitial(parts, tree, { ...NO_WAIT, chunkRows: 5 })));
  const files = results.map(({ files: [, file] }) => file);
  expect(files.map((file) => file?.state).sort()).toEqual(["done", "taken"]);
  const { n } = await stores.sql
    .selectFrom("rk_customers")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  expect(Number(n)).toBe(60);
});

test("lunar birthdays and those without a year stand above the day of birth", async () => {
  const { initial, stores, findings } = await chain(engine);
  const person = (n: number, change: object) => {
    return { customer_code: `BJ-HA-001-C${n}`, person: { name: `客户${n}`, ...change } };
  };
  const lunar = { birthday_calendar: "lunar" };
  const { files } = await initial({
    "common/institutions.json": INSTITUTIONS,
    "institutions/BJ-HA-001/customers.json": [
      person(1, { birthday: "1990-04-30", ...lunar }),
      person(2, { birthday: "05-15" }),
      person(3, { birthday: "06-01", ...lunar, birthday_is_leap_month: true }),
      person(4, { birthday: "1990-05-15" }),
      person(5, { birthday: "13-01" }),
      person(6, { birthday: "1990-05-31", ...lunar }),
    ],
  });
  expect((await findings(files[1])).map(([index, , path, code]) => [index, path, code])).toEqual([
    [4, "person.birthday", "time.invalid"],
    [5, "person.birthday", "time.invalid"],
  ]);
  const rows = await stores.sql
    .withTables<{ rk_birthdays: { customer_id: number; day_key: string; born_year: number | null; source: string } }>()
    .selectFrom("rk_birthdays")
    .select(["day_key", "born_year"])
    .where("source", "=", "given")
    .orderBy("customer_id")
    .execute();
  expect(rows.map((row) => [row.day_key, row.born_year])).toEqual([
    ["L04-30", 1990],
    ["05-15", null],
    ["R06-01", null],
  ]);
});

test("somebody who is erased is gone from what files said", async () => {
  const { initial, of, stores } = await chain(engine);
  await initial(DOCUMENT);
  const kit = await of("BJ-HA-001");
  await kit.customers.erase("BJ-HA-001-C0001");
  const rows = await stores.sql
    .withTables<{ rk_revisit_rows: { code: string } }>()
    .selectFrom("rk_revisit_rows")
    .select("code")
    .execute();
  expect(rows).toEqual([]);
});
