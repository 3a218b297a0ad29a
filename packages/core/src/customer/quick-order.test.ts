import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutNullsDeep } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";
import { orderInputSchema } from "./order-schema.js";
import { quickOrderReader } from "./quick-order.js";

const ZONE = "Asia/Shanghai";
/** What stands in rows: nearly always something right, now and then anything. */
const odd = fc.constantFrom<unknown>(
  ...[
    "",
    " ",
    " a",
    "a\u0000",
    "a\tb",
    "a\u2028b",
    "e\u0301",
    "猫 粮",
    "\ufeffa",
    "x".repeat(256),
    "1.00",
    "-3",
    "1e3",
  ],
  ...[
    null,
    undefined,
    -0,
    0.1,
    -5,
    2 ** 53,
    Number.NaN,
    12n,
    true,
    [],
    {},
    new Date(0),
    new Date(Number.NaN),
    new Map(),
  ],
  ...[{ key: "k" }, { key: "k", name: null }, { key: " k", name: "n" }, { key: "k", more: 1 }, { toFixed: () => "1" }],
);
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: odd });
const words = fc.constantFrom("A1", "猫粮 2kg", "Blue Cup", "é", "x".repeat(255));
const keyed = fc.oneof(words, fc.record({ key: words, name: words }), fc.record({ key: words }));
const amount = fc.constantFrom("12.50", "0", 3, 0.29, 5n, "-1.00");
const line = fc.record(
  {
    sku: mostly(keyed),
    name: mostly(words),
    quantity: mostly(fc.integer()),
    amount: mostly(amount),
    amountMinor: fc.constantFrom<unknown>(undefined, undefined, undefined, null, undefined, 5),
    category: mostly(keyed),
    brand: mostly(words),
    store: mostly(keyed),
  },
  { requiredKeys: [] },
);
const input = fc.record(
  {
    externalId: mostly(words),
    externalKey: mostly(words),
    orderedAt: mostly(fc.constantFrom("2026-01-05 09:00:00", "2026-02-30", 1_767_225_600_000, 1e9, "1767225600000")),
    amount: mostly(amount),
    amountMinor: fc.constantFrom<unknown>(undefined, undefined, undefined, undefined, null, 1250, 12n),
    status: mostly(fc.constantFrom("paid", "交易成功", "x".repeat(65))),
    refunded: mostly(fc.constantFrom("1.00", null)),
    refundedMinor: fc.constantFrom<unknown>(undefined, undefined, undefined, undefined, undefined, 0, -1),
    refundedAt: mostly(fc.constant(1_767_225_600_000)),
    lines: mostly(fc.array(mostly(line), { maxLength: 3 })),
    buyer: fc.constantFrom<unknown>(undefined, undefined, undefined, null, undefined, { city: "上海" }),
  },
  { requiredKeys: ["externalId", "externalKey", "orderedAt"] },
);

test("whatever is read quickly is what the schema makes of it", () => {
  const quick = quickOrderReader(ZONE, "CNY");
  const schema = orderInputSchema(ZONE, "CNY");
  let taken = 0;
  fc.assert(
    fc.property(input, (row) => {
      const read = quick(row);
      if (read === undefined) return;
      taken += 1;
      expect({ value: read }).toEqual(checkInput(schema, withoutNullsDeep(row)));
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test("plain rows are read quickly, with their lines, names and nulls", () => {
  const quick = quickOrderReader(ZONE, "CNY");
  const row = { externalId: "o", externalKey: "c", orderedAt: "2026-01-05 09:00:00", amount: "12.50", refunded: null };
  const lines = [{ sku: { key: "1", name: "猫粮" }, quantity: 2, amount: 12.5, store: "s", brand: null }];
  expect(quick({ ...row, lines })).toMatchObject({ status: "paid", amount: 1250, lines: [{ amount: 1250 }] });
  expect(quick({ ...row, amount: "x" })).toBeUndefined();
  expect(quick(Object.create(row))).toBeUndefined();
});
