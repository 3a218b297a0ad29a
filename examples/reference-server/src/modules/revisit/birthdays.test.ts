import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { virtualClock } from "@recallkit/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moduleMigrations } from "../../app.js";
import { engines } from "../../testing/engines.js";
import { nearDays, nearPeople, refreshBirthdays, setBirthday } from "./birthdays.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recallkit-birthdays-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const START = Date.parse("2026-12-28T01:00:00Z");

for (const engine of engines) {
  test.skipIf(engine.missing)(`${engine.name}: who is near is found by day, over the end of the year`, async () => {
    const clock = virtualClock(START);
    const stores = await engine.open(folder, { clock });
    await stores.migrate(moduleMigrations);
    const kit = createRecallKit({ stores, channels: [], clock, logger: silentLogger });
    const person = (externalKey: string, bornOn?: string) => ({ externalKey, name: "张三", ...(bornOn && { bornOn }) });
    await kit.customers.upsert([
      person("a", "1990-12-28"),
      person("b", "1990-01-04"),
      person("c", "1990-01-05"),
      person("d", "2026-12-30"),
      person("e"),
      person("f", "1990-06-01"),
    ]);
    const of = { tenantId: kit.tenantId };
    const idOf = async (key: string) => (await stores.customers.findByKeys(kit.tenantId, [key]))[0]?.id ?? 0;
    const near = async () => {
      await refreshBirthdays(stores, clock, kit.tenantId);
      const { people } = await nearPeople(stores, kit.tenantId, nearDays("2026-12-28", 7, {}), {
        afterId: 0,
        limit: 100,
      });
      return people.map(({ customerCode, birthdayOn, birthdayYear }) => [customerCode, birthdayOn, birthdayYear]);
    };
    const a = ["a", "2026-12-28", 2026];
    const b = ["b", "2027-01-04", 2027];
    expect(await near()).toEqual([a, b]);

    // Lunar 11/24 of 2026 is 1 January 2027; what was said stands above the day of birth.
    await setBirthday(stores, clock, { ...of, customerId: await idOf("e") }, { calendar: "lunar", month: 11, day: 24 });
    await setBirthday(stores, clock, { ...of, customerId: await idOf("f") }, { calendar: "solar", month: 12, day: 31 });
    await kit.customers.upsert([person("c", "1990-01-03"), person("a", "1990-12-27"), person("f", "1990-06-02")]);
    const later = [
      ["c", "2027-01-03", 2027],
      ["e", "2027-01-01", 2026],
      ["f", "2026-12-31", 2026],
    ];
    expect(await near()).toEqual([b, ...later]);

    await setBirthday(stores, clock, { ...of, customerId: await idOf("f") }, null);
    expect(await near()).toEqual([b, ...later.slice(0, 2)]);
    await expect(
      setBirthday(stores, clock, { ...of, customerId: 1 }, { calendar: "solar", month: 2, day: 30 }),
    ).rejects.toMatchObject({ issues: [{ code: "birthday.invalid" }] });
    await kit.close();
  });
}
