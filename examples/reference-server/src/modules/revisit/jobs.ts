import { RecallKitError } from "@recallkit/core";
import { addDays, localDateOf, startOfDay } from "@recallkit/core/ports";
import type { ServerContext } from "../../frame/context.js";
import type { ScheduledJob } from "../../frame/server-module.js";
import { allInstitutions, type Institution, institutionOfTenant } from "../institutions/service.js";
import { insertAbsent } from "./engine.js";
import { revisitFigures } from "./figures.js";
import { openDesk } from "./open-desk.js";
import { beginRun, resumeRun, workRun } from "./run.js";
import { abandonedRuns } from "./run-store.js";
import { settleRevisits } from "./settle.js";
import { revisitTables } from "./tables.js";

/** Hours of the institution's day, ms since midnight. */
const DAILY_RUN = 9 * 3_600_000;
const DAILY_REPORT = 8 * 3_600_000;
/** Zones differ by quarters of an hour; each institution's hour is met to the minute. */
const QUARTERS = "0,15,30,45 * * * *";
const SKIPS_KEPT_DAYS = 90;
const ACTOR = "job";

/** What comes once a day in the zone of each institution. */
export const revisitJobs: readonly ScheduledJob[] = [
  {
    name: "revisit-daily",
    title: "每日生日回访（各机构 09:00） / daily revisits, 09:00 of each institution",
    schedule: { cron: QUARTERS, zone: "UTC" },
    run: (context, { signal }) => runDaily(context, signal),
  },
  {
    name: "revisit-report",
    title: "回访日报（各机构 08:00） / daily report, 08:00 of each institution",
    schedule: { cron: QUARTERS, zone: "UTC" },
    run: (context) => reportDaily(context),
  },
  {
    name: "revisit-health",
    title: "回访健康检查（每 30 分钟） / health of revisits, every 30 minutes",
    schedule: { cron: "0,30 * * * *", zone: "UTC" },
    run: (context, { signal }) => checkHealth(context, signal),
  },
];

/**
 * Begins the daily run of every institution whose hour has come and that has had none today, and goes on with runs that were
 * left. A day on which no process ran is made up for by the next run: its window still holds whoever's birthday is to come.
 */
export async function runDaily(
  context: ServerContext,
  signal: AbortSignal,
): Promise<{ readonly runs: number; readonly failed: number }> {
  let failed = 0;
  let runs = await resumeAll(context, signal);
  for (const institution of await allInstitutions(context.stores)) {
    if (signal.aborted) break;
    try {
      if (institution.status !== "active" || !(await isHour(context, institution, DAILY_RUN))) continue;
      const desk = openDesk(context, institution, ACTOR);
      if (await hasRunToday(context, institution)) continue;
      const { run, isNew } = await beginRun(desk, { kind: "daily" });
      if (!isNew) continue;
      runs += 1;
      if ((await workRun(desk, run, { signal })) === "failed") failed += 1;
    } catch (error) {
      // One institution's fault is not another's.
      failed += 1;
      const code = RecallKitError.is(error) ? error.code : "bug";
      context.logger.error("revisits.daily_failed", { tenantId: institution.tenantId, code });
    }
  }
  return { runs, failed };
}

async function resumeAll(context: ServerContext, signal: AbortSignal): Promise<number> {
  let resumed = 0;
  for (const run of await abandonedRuns(context.stores, context.clock.now())) {
    const institution = await institutionOfTenant(context.stores, run.tenantId);
    if (!institution || signal.aborted) continue;
    if (await resumeRun(openDesk(context, institution, run.actor), run, { signal })) resumed += 1;
  }
  return resumed;
}

async function isHour(context: ServerContext, { tenantId }: Institution, ms: number): Promise<boolean> {
  const { timeZone } = await context.kit.forTenant(tenantId).tenant();
  const now = context.clock.now();
  return now >= startOfDay(localDateOf(now, timeZone), timeZone) + ms;
}

async function hasRunToday(context: ServerContext, { tenantId }: Institution): Promise<boolean> {
  const { timeZone } = await context.kit.forTenant(tenantId).tenant();
  const row = await revisitTables(context.stores)
    .selectFrom("rk_revisit_runs")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("run_key", "=", `daily:${localDateOf(context.clock.now(), timeZone)}`)
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes the figures of yesterday down, once for each institution and day; old lists of skipped people go. */
export async function reportDaily(context: ServerContext): Promise<{ readonly reports: number }> {
  const { stores, kit, clock, config } = context;
  let reports = 0;
  for (const institution of await allInstitutions(stores)) {
    if (!(await isHour(context, institution, DAILY_REPORT))) continue;
    const { tenantId } = institution;
    const { timeZone } = await kit.forTenant(tenantId).tenant();
    const now = clock.now();
    const day = addDays(localDateOf(now, timeZone), -1);
    const reported = revisitTables(stores).selectFrom("rk_revisit_reports").select("local_day");
    const of = reported.where("tenant_id", "=", tenantId).where("local_day", "=", day);
    if (await of.executeTakeFirst()) continue;
    const period = { from: day, to: day };
    const daysAhead = config.birthdayReminderDaysAhead;
    const figures = await revisitFigures(stores, { tenantId, timeZone }, { period, now, daysAhead });
    const row = { tenant_id: tenantId, local_day: day, figures: JSON.stringify(figures), created_at: now };
    await insertAbsent(stores, "rk_revisit_reports", [row]);
    await forgetSkips(context, tenantId, now);
    reports += 1;
  }
  return { reports };
}

async function forgetSkips({ stores }: ServerContext, tenantId: number, now: number): Promise<void> {
  await revisitTables(stores)
    .deleteFrom("rk_revisit_skips")
    .where("tenant_id", "=", tenantId)
    .where("run_id", "in", ({ selectFrom }) =>
      selectFrom("rk_revisit_runs")
        .select("id")
        .where("tenant_id", "=", tenantId)
        .where("started_at", "<", now - SKIPS_KEPT_DAYS * 86_400_000),
    )
    .execute();
}

/** Brings revisits up to what became of them, and goes on with runs that were left. */
export async function checkHealth(
  context: ServerContext,
  signal: AbortSignal,
): Promise<{ readonly institutions: number; readonly settled: number; readonly resumed: number }> {
  const { stores, kit, clock } = context;
  const resumed = await resumeAll(context, signal);
  let settled = 0;
  const institutions = await allInstitutions(stores);
  for (const { tenantId } of institutions) {
    const { timeZone } = await kit.forTenant(tenantId).tenant();
    const now = clock.now();
    settled += await settleRevisits(stores, tenantId, { today: localDateOf(now, timeZone), now });
  }
  return { institutions: institutions.length, settled, resumed };
}
