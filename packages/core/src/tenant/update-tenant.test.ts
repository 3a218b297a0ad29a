import { expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { virtualClock } from "../testing/index.js";

/** Monday 1 June 2026, 09:00 in Shanghai. */
const NINE = Date.UTC(2026, 5, 1, 1);
const HOUR = 3_600_000;

function merchant() {
  const clock = virtualClock(NINE);
  const kit = createRecallKit({ stores: memoryStores(), clock, logger: silentLogger, secretKey: "x".repeat(32) });
  const rule = {
    name: "召回",
    segment: { everybody: true },
    slots: [{ weekday: 1 as const, time: "10:00" }],
    validFrom: "2026-01-01",
    validTo: "2026-12-31",
    content: { text: "喵～" },
    channel: "none",
  };
  return { clock, kit, rule };
}

test("a tenant's slots move with its zone; a rule's own zone stays", async () => {
  const { kit, rule } = merchant();
  const follows = await kit.rules.create(rule);
  const own = await kit.rules.create({ ...rule, name: "own", timeZone: "Asia/Shanghai" });
  // 10:00 in Tokyo is 09:00 in Shanghai: this Monday's has just passed.
  await kit.update({ timeZone: "Asia/Tokyo" });
  expect((await kit.rules.get(follows.id)).nextDueAt).toBe(NINE + 7 * 24 * HOUR);
  expect((await kit.rules.get(own.id)).nextDueAt).toBe(NINE + HOUR);
  await kit.update({ timeZone: "Asia/Kolkata" });
  expect((await kit.rules.get(follows.id)).nextDueAt).toBe(NINE + 3.5 * HOUR);
});

test("a slot that came due in the old zone is planned before the zone changes", async () => {
  const { clock, kit, rule } = merchant();
  const { id } = await kit.rules.create(rule);
  await clock.advance(HOUR);
  await kit.update({ timeZone: "Europe/London" });
  const { items } = await kit.occurrences.list({ ruleId: id });
  expect(items).toMatchObject([{ nominal: "2026-06-01T10:00", timeZone: "Asia/Shanghai", dueAt: NINE + HOUR }]);
});

test("only what is given changes, and every fault is told at once", async () => {
  const { kit } = merchant();
  expect(await kit.update({ name: " 宠本本 ", currency: "EUR" })).toMatchObject({
    name: "宠本本",
    currency: "EUR",
    timeZone: "Asia/Shanghai",
  });
  await expect(kit.update({ name: " ", timeZone: "Mars/Base", currency: "eur" })).rejects.toMatchObject({
    code: "input.invalid",
    issues: [{ path: "name" }, { path: "timeZone" }, { path: "currency" }],
  });
  await expect(kit.forTenant(9).update({ name: "nobody" })).rejects.toMatchObject({ code: "tenant.not-found" });
});

test("a new tenant has the usual zone and currency unless it names others", async () => {
  const { kit } = merchant();
  const plain = await kit.tenants.create({ name: "二店" });
  expect(plain).toMatchObject({ name: "二店", timeZone: "Asia/Shanghai", currency: "CNY", createdAt: NINE });
  const abroad = await kit.tenants.create({ name: "Hamburg", timeZone: "Europe/Berlin", currency: "EUR" });
  expect(await kit.forTenant(abroad.id).tenant()).toEqual(abroad);
  expect((await kit.tenants.list()).items.map(({ id }) => id)).toEqual([1, plain.id, abroad.id]);
  await expect(kit.tenants.create({ name: "", timeZone: "x", currency: "yuan" })).rejects.toMatchObject({
    issues: [{ path: "name" }, { path: "timeZone" }, { path: "currency" }],
  });
});

test("the currency stays once there are orders, whose amounts it gives their meaning", async () => {
  const { kit } = merchant();
  await kit.update({ currency: "JPY" });
  const order = { externalId: "o1", externalKey: "c1", orderedAt: NINE };
  expect(await kit.orders.ingest([{ ...order, amount: 1200 }])).toMatchObject({ inserted: 1, amountMinor: 1200 });
  const fractions = await kit.orders.ingest([{ ...order, externalId: "o2", lines: [{ amount: 0.5 }] }]);
  expect(fractions.rejected).toMatchObject([{ path: "lines.0.amount" }]);
  await expect(kit.update({ currency: "CNY", name: "b" })).rejects.toMatchObject({ code: "tenant.currency-fixed" });
  expect(await kit.update({ currency: "JPY", name: "c" })).toMatchObject({ currency: "JPY", name: "c" });
});
