import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { OrderInput } from "./order.js";

const newKit = () => createRecallKit({ stores: memoryStores(), logger: silentLogger });
const AT = Date.UTC(2026, 0, 31, 2);

describe("rows of a database", () => {
  test("are taken as drivers hand them out: Dates, numeric text, bigints and nulls", async () => {
    const kit = newKit();
    const customers = await kit.customers.upsert([
      { externalKey: "c1", name: null, bornOn: null, mobile: "+8613800138000", email: null, city: null },
    ]);
    expect(customers).toMatchObject({ inserted: 1, rejected: [] });
    const row: Omit<OrderInput, "externalId" | "amount" | "orderedAt"> = {
      externalKey: "c1",
      status: null,
      refundedAt: null,
      buyer: { name: null },
      lines: [
        { sku: "1", name: null, quantity: null, amount: "12.5000", category: null, store: { key: "w", name: null } },
      ],
    };
    const orders = await kit.orders.ingest([
      { ...row, externalId: "1", orderedAt: new Date(AT), amount: "12.50", refunded: null },
      { ...row, externalId: "2", orderedAt: "2026-01-31 10:00:00", amountMinor: 1250n, lines: null },
      { ...row, externalId: "3", orderedAt: String(AT), amount: null },
      { ...row, externalId: "4", orderedAt: BigInt(AT), amount: 12.5, buyer: null },
    ]);
    expect(orders).toMatchObject({ inserted: 4, rejected: [], amountMinor: 5000 });
    const record = await kit.customers.export("c1");
    expect(record.orders.map(({ orderedAt }) => orderedAt)).toEqual([AT, AT, AT, AT]);
    await kit.suppressions.add({ externalKey: "c1", address: null, channel: null, reason: "opt_out" });
  });

  test("go back in by the names under which they come out", async () => {
    const kit = newKit();
    await kit.orders.ingest([
      { externalId: "1", externalKey: "c1", orderedAt: AT, amount: "9.90", lines: [{ sku: "s" }] },
    ]);
    const { customer, orders } = await kit.customers.export("c1");
    const again = orders.map(({ id: _, source: __, labels: ___, ...order }) => ({
      ...order,
      externalKey: customer.externalKey,
    }));
    expect(await kit.orders.ingest(again)).toMatchObject({ unchanged: 1, rejected: [] });
  });

  test("are refused with row, path, code and a sentence", async () => {
    const kit = newKit();
    const row = { externalId: "1", externalKey: "c1", orderedAt: AT, amount: 1 };
    const { rejected } = await kit.orders.ingest([
      row,
      { ...row, orderedAt: 1_769_824_800 },
      { ...row, amount: "1,00" },
      { ...row, amountMinor: 100 },
      { ...row, refunded: 1, refundedMinor: 100 },
    ]);
    expect(rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
      [1, "orderedAt", "time.looks-like-seconds"],
      [2, "amount", "amount.invalid"],
      [3, "amountMinor", "amount.given-twice"],
      [4, "refundedMinor", "amount.given-twice"],
    ]);
    const born = new Date(0) as unknown as string;
    expect((await kit.customers.upsert([{ externalKey: "c", bornOn: born }])).dropped).toEqual([
      { index: 0, path: "bornOn", code: "invalid_type", message: expect.stringContaining("a Date is an instant") },
    ]);
  });
});

/** Every field of what hosts hand in. */
const FIELDS = {
  customer: "externalKey name bornOn timeZone externalUserId mobile email openid unionid customerCode userName city",
  order: "externalId externalKey orderedAt amount amountMinor status refunded refundedMinor refundedAt lines buyer",
  line: "sku name quantity amount amountMinor category brand store",
  label: "externalKey kind key name",
  rule: "name segment slots validFrom validTo timeZone content variables messageClass caps channel catchUpMs expireAfterMs overlap onUnknown batchPauseMs alert",
  segment: "lapse labels labelMode everybody",
} as const;
const WRONG = [
  true,
  7,
  "",
  "x\u0000",
  [],
  [[7]],
  {},
  { a: 1 },
  { key: 7 },
  new Map(),
  Number.NaN,
  1n,
  () => 1,
  Symbol("a"),
];

test("no wrong value of any field gets words of the library behind the schemas", async () => {
  const kit = newKit();
  const found: { readonly path: string; readonly message: string }[] = [];
  const issuesOf = async (work: Promise<unknown>) => {
    const answer: unknown = await work.catch((error: unknown) => error);
    const { issues = [], rejected = [] } = Object(answer);
    found.push(...issues, ...rejected);
  };
  for (const value of WRONG) {
    const each = (fields: string) => fields.split(" ").map((field) => ({ [field]: value }) as never);
    const order = { externalId: "1", externalKey: "c", orderedAt: AT };
    await issuesOf(kit.customers.upsert([value as never, ...each(FIELDS.customer)]));
    await issuesOf(
      kit.orders.ingest([value as never, ...each(FIELDS.order).map((row: object) => ({ ...order, ...row }))]),
    );
    await issuesOf(kit.orders.ingest(each(FIELDS.line).map((line) => ({ ...order, amount: 1, lines: [line] }))));
    await issuesOf(kit.labels.assign([value as never, ...each(FIELDS.label)]));
    await issuesOf(kit.labels.put([value as never, ...each(FIELDS.label)]));
    for (const input of each(FIELDS.rule)) await issuesOf(kit.rules.create(input));
    for (const segment of each(FIELDS.segment)) await issuesOf(kit.audience.count({ segment }));
    for (const input of each("channel address externalKey reason")) await issuesOf(kit.suppressions.add(input));
    for (const input of each("addresses staff requestId")) await issuesOf(kit.sendTest(1, input));
    for (const input of each("name timeZone currency")) await issuesOf(kit.update(input));
    for (const input of each("externalKey channel purpose status wording source evidence at"))
      await issuesOf(kit.consents.record(input));
    for (const input of each("caps consent")) await issuesOf(kit.contactPolicy.set(input));
    for (const input of each("since states ruleId cursor limit")) await issuesOf(kit.occurrences.list(input));
  }
  expect(found.length).toBeGreaterThan(500);
  const bare = found.filter(({ message }) => /^Invalid|^Unrecognized|^Too (big|small)|^Expected/.test(message));
  expect(bare).toEqual([]);
});
