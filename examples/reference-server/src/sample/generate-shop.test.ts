import { localDateOf } from "@recallkit/core/ports";
import { describe, expect, test } from "vitest";
import { cities, products } from "./catalogue.js";
import { generateSampleShop } from "./generate-shop.js";

const now = Date.parse("2026-03-10T15:00:00+08:00");
const shop = generateSampleShop({ now, timeZone: "Asia/Shanghai" });

describe("the sample shop", () => {
  test("has 5 000 customers and 20 000 orders, each under a key of its own", () => {
    expect(new Set(shop.customers.map(({ externalKey }) => externalKey)).size).toBe(5000);
    expect(new Set(shop.orders.map(({ externalId }) => externalId)).size).toBe(20_000);
    expect(new Set(shop.orders.map(({ externalKey }) => externalKey)).size).toBe(5000);
  });

  test("is the same for one seed all day long, and another for another seed", () => {
    const evening = Date.parse("2026-03-10T23:59:59+08:00");
    expect(generateSampleShop({ now: evening, timeZone: "Asia/Shanghai" })).toEqual(shop);
    expect(generateSampleShop({ now, timeZone: "Asia/Shanghai", seed: 7 })).not.toEqual(shop);
    expect(localDateOf(evening, "Asia/Shanghai")).toBe("2026-03-10");
  });

  test("has orders before today only, back to more than half a year", () => {
    const instants = shop.orders.map(({ orderedAt }) => Number(orderedAt));
    expect(Math.min(...instants)).toBeLessThan(Date.parse("2025-09-01T00:00:00+08:00"));
    expect(Math.max(...instants)).toBeLessThan(Date.parse("2026-03-10T00:00:00+08:00"));
    expect(Math.max(...instants)).toBeGreaterThan(Date.parse("2026-03-09T00:00:00+08:00"));
  });

  test("sells to every city and every product at its price", () => {
    expect(new Set(shop.customers.map(({ city }) => city))).toEqual(new Set(cities.map(({ name }) => name)));
    const lines = shop.orders.flatMap((order) => order.lines ?? []);
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(products.map(({ name }) => name)));
    const prices = new Map(products.map(({ name, price }) => [name, price]));
    const wrong = lines.filter(({ name, amount, quantity }) => {
      return Math.abs(Number(amount) - (prices.get(name ?? "") ?? 0) * Number(quantity)) > 1e-9;
    });
    expect(wrong).toEqual([]);
  });

  test("knows most customers, not all, on WeCom", () => {
    const friends = shop.customers.filter(({ externalUserId }) => externalUserId !== undefined);
    expect(friends.length).toBeGreaterThan(4700);
    expect(friends.length).toBeLessThan(4900);
    expect(friends.every(({ externalUserId }) => /^wm[A-Za-z]+\d{5}$/.test(externalUserId ?? ""))).toBe(true);
  });
});
