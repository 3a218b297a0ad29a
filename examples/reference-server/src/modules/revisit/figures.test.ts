import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sequentialIds, virtualClock } from "@recallkit/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moduleMigrations } from "../../app.js";
import type { ServerContext } from "../../frame/context.js";
import { engines } from "../../testing/engines.js";
import { putInstitution } from "../institutions/service.js";
import type { RevisitDesk } from "./desk.js";
import { revisitDays, revisitFigures, sumOf } from "./figures.js";
import { revisitHealth } from "./health.js";
import { reportDaily } from "./jobs.js";
import { institutionCustomers, upcomingBirthdays } from "./people.js";
import { revisitPersonData } from "./person-data.js";
import { beginRun, workRun } from "./run.js";
import { revisitTables } from "./tables.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recallkit-figures-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const START = Date.parse("2026-03-10T01:00:00Z");
const DAY = 86_400_000;

for (const engine of engines) {
  test.skipIf(engine.missing)(`${engine.name}: lists and figures are counted from rows`, async () => {
    const clock = virtualClock(START);
    const stores = await engine.open(folder);
    await stores.migrate(moduleMigrations);
    const kit = createRecallKit({ stores, channels: [], clock, logger: silentLogger });
    const { tenantId } = kit;
    const facts = { type: "", address: "", phone: "", email: "", status: "active" as const, rowHash: null };
    await putInstitution(stores, { tenantId, code: "A-1", name: "甲", ...facts }, START);
    await kit.customers.upsert([
      { externalKey: "a", name: "赵_一", bornOn: "1990-03-12", mobile: "+8613800000001", attributes: { gender: "女" } },
      { externalKey: "b", name: "钱二", bornOn: "1991-03-11" },
      { externalKey: "c", name: "孙三", bornOn: "1992-03-11", mobile: "+8613800000003" },
      { externalKey: "d", name: "李四", bornOn: "1993-09-01" },
    ]);
    const desk: RevisitDesk = {
      ...{ stores, kit, clock, ids: sequentialIds(), logger: silentLogger, actor: "test", daysAhead: 7 },
      isActive: true,
      isConfigured: async () => true,
      write: async () => ({ text: "生日快乐", scriptId: null, source: "model" }),
      check: async () => [],
    };
    const { run } = await beginRun(desk, { kind: "manual" });
    expect(await workRun(desk, run)).toBe("completed");

    const found = await institutionCustomers(stores, tenantId, { page: 1, size: 10, search: "赵_" });
    expect([found.total, found.items[0]]).toMatchObject([1, { phone: "+8613800000001", attributes: { gender: "女" } }]);
    expect((await institutionCustomers(stores, tenantId, { page: 2, size: 3, search: undefined })).items).toHaveLength(
      1,
    );
    const near = await upcomingBirthdays(desk, { page: 1, size: 2 });
    expect([near.total, near.items.map((one) => [one.customerCode, one.daysLeft, one.revisit?.state])]).toEqual([
      3,
      [
        ["b", 1, "found"],
        ["c", 1, "written"],
      ],
    ]);
    const zone = { tenantId, timeZone: "Asia/Shanghai" };
    const period = { from: "2026-03-10", to: "2026-03-10" };
    const figures = await revisitFigures(stores, zone, { period, now: START, daysAhead: 7 });
    expect(figures).toMatchObject({ customers: 4, upcoming: 3, runs: 1, found: 3, written: 2, writtenByModel: 2 });
    expect(sumOf([figures, figures])).toMatchObject({ customers: 8, found: 6, sent: 0 });
    expect(await revisitDays(stores, tenantId, period)).toEqual([{ day: "2026-03-10", found: 3, sent: 0 }]);
    expect(await revisitHealth(stores, START)).toEqual({ status: "ok", lastRunAt: START });

    // Reports need the stores, the kit, the clock and the setting of a server.
    const config = { birthdayReminderDaysAhead: 7 };
    const context = { stores, kit, clock, config } as unknown as ServerContext;
    await clock.advance(DAY);
    expect([await reportDaily(context), await reportDaily(context)]).toEqual([{ reports: 1 }, { reports: 0 }]);
    const report = await revisitTables(stores).selectFrom("rk_revisit_reports").selectAll().executeTakeFirstOrThrow();
    expect([report.local_day, JSON.parse(report.figures)]).toMatchObject(["2026-03-10", { found: 3 }]);
    await clock.advance(100 * DAY);
    expect(await reportDaily(context)).toEqual({ reports: 1 });
    expect(await revisitTables(stores).selectFrom("rk_revisit_skips").selectAll().execute()).toEqual([]);

    const [person] = await stores.customers.findByKeys(tenantId, ["c"]);
    const known = { tenantId, customerId: person?.id ?? 0, identities: {} };
    expect(await revisitPersonData.collect(stores, known)).toMatchObject({ revisits: [{ text: "生日快乐" }] });
    await stores.transaction((tx) => revisitPersonData.erase(tx, known));
    expect(await revisitPersonData.collect(stores, known)).toMatchObject({ birthdays: [], revisits: [{ text: null }] });
    await kit.close();
  });
}
