// Shops written in random dialects: what is read is the very shop, or nothing with the reason. Never a wrong figure.
import { expect, test } from "vitest";
import { inspect } from "../inspect/inspect.js";
import type { OrderMapping } from "../mapping/mapping.js";
import { readOrders } from "../order/read-orders.js";
import { tableOf } from "../testing/table-of.js";

/** Numbers that look random and are the same every time. */
function dice(seed: number) {
  let state = seed * 2654435761;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
  const upTo = (most: number) => Math.floor(next() * (most + 1));
  return { upTo, pick: <T>(values: readonly T[]): T => values[upTo(values.length - 1)] as T };
}
type Dice = ReturnType<typeof dice>;

interface ShopOrder {
  no: string;
  customer: string;
  at: number;
  status: string;
  refunded: number;
  items: { sku: string; cents: number }[];
}

function shopOf({ upTo, pick }: Dice): ShopOrder[] {
  const days = pick([3, 11, 200]);
  return Array.from({ length: 3 + upTo(25) }, (_, at) => {
    const items = Array.from({ length: pick([1, 1, 1, 2, 3]) }, (_, n) => ({
      sku: `S${n}${upTo(9)}`,
      cents: pick([100, 12_50, 1234_00, 1_000_00, 99_99, 1_234_567_89]) + upTo(3) * 100,
    }));
    const total = items.reduce((sum, { cents }) => sum + cents, 0);
    const status = pick(["paid", "shipped", "completed", "cancelled", "pending", "partially_refunded", "refunded"]);
    const refunded =
      status === "refunded" ? total : status === "partially_refunded" ? Math.max(1, Math.floor(total / 2)) : 0;
    const instant = Date.UTC(2024, pick([0, 2, 4, 11]), 1 + (upTo(days) % 28), upTo(23), upTo(59), 0);
    return { no: String(9000 + at), customer: `c${upTo(9)}`, at: instant, status, refunded, items };
  });
}

const two = (n: number) => String(n).padStart(2, "0");
/** Wall times of Shanghai. */
const DATES: readonly ((y: number, m: number, d: number, h: number, n: number, at: number) => string)[] = [
  (y, m, d, h, n) => `${y}-${two(m)}-${two(d)} ${two(h)}:${two(n)}:00`,
  (y, m, d, h, n) => `${y}/${m}/${d} ${h}:${two(n)}`,
  (y, m, d, h, n) => `${y}年${m}月${d}日 ${two(h)}:${two(n)}`,
  (y, m, d, h, n) => `${m}/${d}/${y} ${h}:${two(n)}`,
  (y, m, d, h, n) => `${two(d)}/${two(m)}/${y} ${two(h)}:${two(n)}`,
  (y, m, d, h, n) => `${d}.${m}.${y} ${h}:${two(n)}`,
  (y, m, d, h, n) => `${m}/${d}/${y} ${h % 12 || 12}:${two(n)} ${h < 12 ? "AM" : "PM"}`,
  (y, m, d, h, n) => `${y}${two(m)}${two(d)}${two(h)}${two(n)}00`,
  (y, m, d, h, n) => `${two(y % 100)}-${two(m)}-${two(d)} ${two(h)}:${two(n)}`,
  (_y, _m, _d, _h, _n, at) => String(at / 1000),
  (_y, _m, _d, _h, _n, at) => String(at),
  (_y, _m, _d, _h, _n, at) => new Date(at).toISOString(),
  (y, m, d, h, n) => `${y}-${two(m)}-${two(d)} ${two(h)}:${two(n)}:00 +0800`,
  (_y, _m, _d, _h, _n, at) => String((at + 8 * 3_600_000) / 86_400_000 + 25_569),
  (y, m, d, h, n) => `${y}-${m}-${d} ${h < 12 ? "上午" : "下午"}${h % 12 || 12}:${two(n)}`,
];
const grouped = (whole: number, sign: string) => String(whole).replace(/\B(?=(\d{3})+$)/g, sign);
/** Amounts that end in .00 lose their decimals in some of them. */
const AMOUNTS: readonly ((cents: number) => string)[] = [
  (c) => (c / 100).toFixed(2),
  (c) => String(c / 100),
  (c) => `¥${grouped(Math.floor(c / 100), ",")}.${two(c % 100)}`,
  (c) => `${grouped(Math.floor(c / 100), ".")},${two(c % 100)}`,
  (c) => `${grouped(Math.floor(c / 100), " ")},${two(c % 100)}`,
  (c) => grouped(Math.floor(c / 100), ",") + (c % 100 ? `.${two(c % 100)}` : ""),
  (c) => grouped(Math.floor(c / 100), ".") + (c % 100 ? `,${two(c % 100)}` : ""),
  (c) => `${(c / 100).toFixed(2)}元`,
  (c) => `CNY ${(c / 100).toFixed(4)}`,
  (c) => (c / 100).toFixed(2).replace(/[\d.]/g, (x) => String.fromCharCode(x.charCodeAt(0) + 0xfee0)),
];
const STATUSES: readonly Record<string, string>[] = [
  {
    pending: "等待买家付款",
    paid: "买家已付款，等待卖家发货",
    shipped: "卖家已发货，等待买家确认",
    completed: "交易成功",
    cancelled: "交易关闭",
    refunded: "退款成功",
    partially_refunded: "部分退款",
  },
  {
    pending: "pending",
    paid: "PAID",
    shipped: "Fulfilled",
    completed: "Completed",
    cancelled: "voided",
    refunded: "Refunded",
    partially_refunded: "partially_refunded",
  },
  {
    pending: "on-hold",
    paid: "processing",
    shipped: "shipped",
    completed: "wc-completed",
    cancelled: "failed",
    refunded: "wc-refunded",
    partially_refunded: "Partially refunded",
  },
  {
    pending: "奇怪",
    paid: "已付款",
    shipped: "已发货",
    completed: "已完成",
    cancelled: "已取消",
    refunded: "已退款",
    partially_refunded: "部分退款",
  },
];
const HEADERS = [
  ["order_no", "customer_key", "ordered_at", "amount", "status", "sku", "refunded"],
  ["订单号", "会员编号", "下单时间", "金额", "订单状态", "商品编码", "退款金额"],
  ["Order ID", "Customer ID", "Order Date", "Order Total", "Status", "SKU", "Refund Amount"],
  ["订单编号", "买家会员名", "订单创建时间", "订单金额", "交易状态", "货号", "退款金额"],
];
const GUARDS: readonly ((text: string) => string)[] = [
  (t) => t,
  (t) => t,
  (t) => `\t${t}`,
  (t) => (/^\d/.test(t) ? `'${t}` : t),
  (t) => `="${t}"`,
  (t) => `${t}\u00a0`,
  (t) => `\ufeff${t} `,
];

function written(shop: readonly ShopOrder[], random: Dice) {
  const { pick, upTo } = random;
  const [header, date, amount, words, guard] = [
    pick(HEADERS),
    pick(DATES),
    pick(AMOUNTS),
    pick(STATUSES),
    pick(GUARDS),
  ];
  const layout = pick(["line", "order", "first"] as const);
  const refund = pick(["column", "column", "row"] as const);
  const rows = shop.flatMap(({ no, customer, at, status, refunded, items }) => {
    const wall = new Date(at + 8 * 3_600_000);
    const time = date(
      wall.getUTCFullYear(),
      wall.getUTCMonth() + 1,
      wall.getUTCDate(),
      wall.getUTCHours(),
      wall.getUTCMinutes(),
      at,
    );
    const total = items.reduce((sum, { cents }) => sum + cents, 0);
    const lines = items.map(({ sku, cents }, n) => {
      const isBlank = layout === "first" && n > 0;
      const figure = layout === "line" ? amount(cents) : isBlank ? "" : amount(total);
      const back = refund === "row" || n > 0 ? "" : refunded ? amount(refunded) : "0";
      return [
        no,
        isBlank ? "" : customer,
        isBlank ? "" : time,
        figure,
        isBlank ? "" : (words[status] ?? ""),
        sku,
        back,
      ].map((cell) => (cell === "" ? "" : guard(cell)));
    });
    const word = status === "partially_refunded" ? words.completed : words[status];
    const negative = [no, customer, time, `-${amount(refunded)}`, words.refunded ?? "", items[0]?.sku ?? "", ""];
    if (refund === "row" && refunded > 0)
      return [...lines.map((line) => line.with(4, line[4] === "" ? "" : (word ?? ""))), negative];
    return lines;
  });
  // Sometimes rows of an order stand apart.
  const shuffled =
    layout !== "first" && upTo(4) === 0 ? rows.toSorted((a, b) => (a[5] ?? "").localeCompare(b[5] ?? "")) : rows;
  return {
    table: tableOf(header, shuffled),
    dialect: `${header[3]}/${date(2024, 1, 5, 9, 0, Date.UTC(2024, 0, 5, 1))}/${amount(123456)}/${words.paid}/${layout}/${refund}`,
  };
}

const context = { zone: "Asia/Shanghai", currency: "CNY" };

async function attempt(seed: number) {
  const random = dice(seed);
  const shop = shopOf(random);
  const { table, dialect } = written(shop, random);
  const found = await inspect(table, { ...context, kind: "orders" });
  if (found.questions.length > 0) return { dialect, asked: found.questions.map(({ code }) => code) };
  const reading = await readOrders(table, found.mapping as OrderMapping, context);
  const read = new Map<string, string>();
  let rejected = 0;
  for await (const item of reading.items()) {
    if (item.kind === "rejected") {
      rejected += 1;
      continue;
    }
    const { externalId, externalKey, orderedAt } = item.row;
    const [amountMinor, refunded] = [Number(item.row.amountMinor ?? 0), Number(item.row.refunded ?? 0)];
    const status = item.row.status ?? "";
    const isCounted = ["paid", "shipped", "completed", "partially_refunded"].includes(status);
    read.set(
      externalId,
      JSON.stringify([
        externalKey,
        orderedAt,
        amountMinor - Math.round(refunded * 100),
        isCounted && amountMinor > Math.round(refunded * 100),
      ]),
    );
  }
  const wrong = shop.filter(({ no, customer, at, status, refunded, items }) => {
    const net = items.reduce((sum, { cents }) => sum + cents, 0) - refunded;
    const isCounted = ["paid", "shipped", "completed", "partially_refunded"].includes(status) && net > 0;
    const told = read.get(no);
    return told !== undefined && told !== JSON.stringify([customer, at, net, isCounted]);
  });
  const wrongReads = wrong.map(({ no }) => `${no} ${read.get(no)}`);
  return {
    dialect,
    wrong: wrongReads,
    strangers: [...read.keys()].filter((key) => !shop.some(({ no }) => no === key)),
    rejected,
    isWhole: read.size === shop.length,
  };
}

test("shops in 600 dialects are read as they are, or not at all", { timeout: 120_000 }, async () => {
  const results = await Promise.all(
    Array.from({ length: 600 }, (_, seed) => attempt(seed + 1).then((result) => ({ seed: seed + 1, ...result }))),
  );
  expect(
    results.filter(
      (result) => "wrong" in result && ((result.wrong?.length ?? 0) > 0 || (result.strangers?.length ?? 0) > 0),
    ),
  ).toEqual([]);
  const whole = results.filter((result) => "isWhole" in result && result.isWhole).length;
  const asked = results.filter((result) => "asked" in result).length;
  // Neither refusing everything nor taking parts in silence would be an answer.
  expect(whole).toBeGreaterThan(200);
  expect(results.filter((result) => "isWhole" in result && !result.isWhole && result.rejected === 0)).toEqual([]);
  expect(whole + asked).toBeGreaterThan(540);
});
