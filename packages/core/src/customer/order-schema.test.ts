import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../errors.js";
import { rowHash } from "../text.js";
import type { OrderInput } from "./order.js";
import { orderHash, orderReader } from "./order-schema.js";

const order: OrderInput = { externalId: "o1", externalKey: "c1", orderedAt: 1_000, amount: 10 };
const read = (changes: object) => orderReader("Asia/Shanghai", "CNY")({ ...order, ...changes }, true);
const prepare = (changes: object) => {
  const result = read(changes);
  if ("issues" in result) throw new InputError(result.issues);
  return result.value;
};

function pathOf(changes: object): string | undefined {
  const result = read(changes);
  return "issues" in result ? result.issues[0]?.path : undefined;
}

describe("an order", () => {
  test("fills in its defaults", () => {
    expect(prepare({})).toMatchObject({
      amountMinor: 1000,
      refundedMinor: 0,
      refundedAt: null,
      status: "paid",
      lines: [],
      labels: [],
      buyer: {},
    });
  });

  test("has the amount given, in major or minor units, else the sum of its lines", () => {
    const lines = [{ amount: 0.1 }, { amount: 0.2 }, { sku: "gift" }];
    expect(prepare({ amount: undefined, lines }).amountMinor).toBe(30);
    expect(prepare({ amount: 5, lines }).amountMinor).toBe(500);
    expect(prepare({ amount: null, amountMinor: 501 }).amountMinor).toBe(501);
    expect(prepare({ amount: null, lines: [{ amountMinor: 30n }, { amount: "0.70" }] }).amountMinor).toBe(100);
    expect(prepare({ amount: 0 }).amountMinor).toBe(0);
    expect(prepare({ amount: -3.5 }).amountMinor).toBe(-350);
  });

  test("has the hash of its facts as JSON, whatever stands in them", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
      fc.constantFrom('"', "\\", "猫粮"),
    );
    const facts = fc.record({
      sku: fc.option(text),
      name: fc.option(text),
      quantity: fc.integer(),
      amountMinor: fc.integer(),
    });
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 3 }), (lines) => {
        const facts = { ...prepare({}), lines };
        const { externalKey, orderedAt, amountMinor, refundedMinor, refundedAt, status } = facts;
        const given = [externalKey, orderedAt, amountMinor, refundedMinor, refundedAt, status, JSON.stringify(lines)];
        expect(orderHash(facts)).toBe(rowHash(given));
      }),
      { seed: 9 },
    );
  });

  test("is placed at a wall time of the tenant's zone, an instant or epoch milliseconds", () => {
    expect(prepare({ orderedAt: "2026-06-01 10:00:00" }).orderedAt).toBe(Date.UTC(2026, 5, 1, 2));
    expect(prepare({ orderedAt: "2026-06-01T10:00:00Z" }).orderedAt).toBe(Date.UTC(2026, 5, 1, 10));
    expect(prepare({ refunded: 1, refundedAt: "2024-02-29" }).refundedAt).toBe(Date.UTC(2024, 1, 28, 16));
  });

  test("carries each label once, with the better name", () => {
    const lines = [
      { sku: "1", brand: "蓝氏", category: { key: "k1" }, store: "w1" },
      { sku: { key: "1", name: "猫粮 5kg" }, brand: " 蓝氏 ", category: { key: "k1", name: "猫粮" } },
    ];
    expect(prepare({ lines }).labels).toEqual([
      { kind: "store", key: "w1", name: undefined },
      { kind: "category", key: "k1", name: "猫粮" },
      { kind: "brand", key: "蓝氏", name: undefined },
      { kind: "sku", key: "1", name: "猫粮 5kg" },
    ]);
  });

  test("keeps its lines", () => {
    const lines = [
      { sku: { key: "1", name: "猫粮" }, amount: 2.5, quantity: -2 },
      { name: "loose", sku: "2" },
    ];
    expect(prepare({ lines }).lines).toEqual([
      { sku: "1", name: "猫粮", quantity: -2, amountMinor: 250 },
      { sku: "2", name: "loose", quantity: 1, amountMinor: 0 },
    ]);
  });

  test("has names on one line, whatever breaks they hold", () => {
    const line = {
      sku: { key: "1", name: "猫\t粮" },
      name: " LED \t\r\n  lamp ",
      category: { key: "k1", name: "a\u2028b" },
      store: { key: "w1", name: "x\u000by" },
    };
    const { lines, labels } = prepare({
      lines: [line, { brand: "蓝\n氏", category: "干\t粮" }],
      buyer: { name: "a\tb" },
    });
    expect(lines[0]?.name).toBe("LED lamp");
    expect(labels.map(({ kind, key, name }) => `${kind} ${key} ${name}`)).toEqual([
      "store w1 x y",
      "category k1 a b",
      "sku 1 猫 粮",
      "category 干 粮 undefined",
      "brand 蓝 氏 undefined",
    ]);
    expect(prepare({ lines: [{ name: "two  blanks" }] }).lines[0]?.name).toBe("two  blanks");
  });

  test("changes its hash with its facts, not with the order of its labels or their names", () => {
    const line = { sku: "1", store: "w1" };
    const { rowHash } = prepare({ lines: [line] });
    expect(prepare({ lines: [{ store: { key: "w1", name: "仓" }, sku: "1" }] }).rowHash).toBe(rowHash);
    const others = [
      { amount: 11 },
      { orderedAt: 1001 },
      { status: "completed" },
      { refunded: 1 },
      { refundedAt: 5 },
      { externalKey: "c2" },
      { lines: [{ ...line, store: "w2" }] },
      { lines: [{ ...line, quantity: 2 }] },
      { lines: [] },
    ].map((changes) => prepare({ lines: [line], ...changes }).rowHash);
    expect(new Set([rowHash, ...others]).size).toBe(others.length + 1);
  });
});

describe("an order is refused", () => {
  test.each([
    [{ externalId: " " }, "externalId"],
    [{ externalKey: "" }, "externalKey"],
    [{ orderedAt: "2023-02-29" }, "orderedAt"],
    [{ orderedAt: 1.5 }, "orderedAt"],
    [{ orderedAt: 9e15 }, "orderedAt"],
    [{ refundedAt: "soon" }, "refundedAt"],
    [{ amount: 0.001 }, "amount"],
    [{ amount: Number.NaN }, "amount"],
    [{ amount: 1e15 }, "amount"],
    [{ amount: undefined }, "amount"],
    [{ amount: undefined, lines: [{ sku: "1" }] }, "amount"],
    [{ amount: undefined, lines: [{ amount: 9e13 }, { amount: 9e13 }] }, "amount"],
    [{ amountMinor: 2 ** 53 }, "amountMinor"],
    [{ amountMinor: 0.5 }, "amountMinor"],
    [{ refunded: -1 }, "refunded"],
    [{ status: "" }, "status"],
    [{ lines: [{ quantity: 0.5 }] }, "lines.0.quantity"],
    [{ lines: [{ sku: { key: "" } }] }, "lines.0.sku.key"],
    [{ externalId: "o\t1" }, "externalId"],
    [{ externalKey: "c\n1" }, "externalKey"],
    [{ lines: [{ sku: "a\tb" }] }, "lines.0.sku"],
    [{ lines: [{ store: { key: "w\t1", name: "w" } }] }, "lines.0.store.key"],
    [{ lines: [{ category: { key: "k\n1" } }] }, "lines.0.category.key"],
    [{ lines: [{ name: "bell \u0007" }] }, "lines.0.name"],
    [{ lines: [{ colour: "red" }] }, "lines.0.colour"],
    [{ lines: Array.from({ length: 10_001 }, () => ({})) }, "lines"],
    [{ buyer: { mobile: "123" } }, "buyer.mobile"],
    [{ buyer: { externalKey: "c2" } }, "buyer.externalKey"],
    [{ total: 5 }, "total"],
  ])("for %j", (changes, path) => {
    expect(pathOf(changes)).toBe(path);
  });
});
