import { silentLogger, systemClock, systemIds, systemRandom } from "@recallkit/core";
import { formatLocal, type JobRunState } from "@recallkit/core/ports";
import type { JobStatus, Scheduler } from "@recallkit/scheduler";
import { modules } from "../../../app.js";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting, withKit } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";
import { openScheduler } from "../service.js";
import { jobShape, runShape } from "../shapes.js";

/** `jobs list|show|history|run|pause|resume`; the work itself is done by a running server. */
export const addJobs: AddCommand = (program, { say, action }) => {
  const jobs = program.command("jobs").description(say("定时任务", "jobs that come back at their times"));
  const name = [`<name>`, say("任务名", "name of the job")] as const;
  jobs
    .command("list")
    .description(say("列出任务、下次时间与最近一次运行", "list jobs, their next time and their last run"))
    .action(action((context) => list(context)));
  jobs
    .command("show")
    .description(say("一个任务", "one job"))
    .argument(...name)
    .action(action((context, job: string) => show(context, job)));
  jobs
    .command("history")
    .description(say("运行记录，最新的在前", "what was run, newest first"))
    .argument(...name)
    .option("--limit <n>", say("条数，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 20)
    .action(action((context, job: string, { limit }: { readonly limit: number }) => history(context, job, limit)));
  jobs
    .command("run")
    .description(say("立即运行，由运行中的服务执行", "run now; a running server does the work"))
    .argument(...name)
    .option("--parameter <text>", say("交给任务的参数", "what is handed to the work"))
    .action(
      action((context, job: string, flags: { readonly parameter?: string }) => run(context, job, flags.parameter)),
    );
  for (const verb of ["pause", "resume"] as const) {
    jobs
      .command(verb)
      .description(
        verb === "pause" ? say("暂停", "let it fire no more by itself") : say("恢复", "let it go on from now"),
      )
      .argument(...name)
      .action(action((context, job: string) => setPaused(context, job, verb)));
  }
};

/** What the audit log is told. */
interface Changed {
  readonly action: string;
  readonly job: string;
}

/** Works with the jobs of the command's database; none of them runs here. */
function withScheduler(
  context: CommandContext,
  work: (scheduler: Scheduler, clock: Clock) => Promise<Changed | null>,
  within: typeof withKit = withKit,
): Promise<void> {
  return within(context, async (kit, { stores }) => {
    const clock = clockOf(await timeZoneOf(context, kit, undefined));
    const ports = { clock: systemClock, random: systemRandom, ids: systemIds, logger: silentLogger };
    const scheduler = openScheduler({
      ...ports,
      stores,
      modules,
      role: "api",
      context() {
        throw new Error("the command line runs no jobs");
      },
    });
    const changed = await work(scheduler, clock);
    if (changed) await noteChange(context, { stores, clock: systemClock }, changed.action, changed.job);
  });
}

type Clock = (at: number | null | undefined) => string;

const clockOf =
  (zone: string): Clock =>
  (at) =>
    at == null ? "–" : formatLocal(at, zone);

const RUN_STATES: Readonly<Record<JobRunState, string>> = {
  pending: "等待运行",
  running: "运行中",
  succeeded: "成功",
  failed: "失败",
  skipped: "跳过",
  cancelled: "已取消",
};

function line({ say }: CommandContext, clock: Clock, { name, schedule, isPaused, next, lastRun }: JobStatus) {
  return [
    name,
    scheduleText(schedule, say),
    isPaused ? say("已暂停", "paused") : clock(next[0]),
    lastRun ? runText(lastRun.state, say) : "–",
    clock(lastRun?.endedAt),
  ];
}

function runText(state: JobRunState, say: CommandContext["say"]): string {
  return say(RUN_STATES[state], state);
}

/** An interval in the largest unit that it is a whole number of; cron expressions stay. */
function scheduleText(schedule: string, say: CommandContext["say"]): string {
  const ms = Number(/^every (\d+) ms$/.exec(schedule)?.[1]);
  if (!(ms > 0)) return schedule;
  const [size, zh, en] = UNITS.find(([unit]) => ms % unit === 0) ?? [1, "毫秒", "ms"];
  return say(`每 ${ms / size} ${zh}`, `every ${ms / size} ${en}`);
}

const UNITS = [
  [3_600_000, "小时", "h"],
  [60_000, "分钟", "min"],
  [1000, "秒", "s"],
] as const;

function header({ say }: CommandContext): readonly string[] {
  return [
    say("任务", "job"),
    say("时间表", "schedule"),
    say("下次", "next"),
    say("最近一次", "last run"),
    say("结束于", "ended"),
  ];
}

function show(context: CommandContext, job: string): Promise<void> {
  return withScheduler(
    context,
    async (scheduler, clock) => {
      const status = await scheduler.get(job);
      context.answer(jobShape(status), () => alignedTable([header(context), line(context, clock, status)]));
      return null;
    },
    withExisting,
  );
}

function list(context: CommandContext): Promise<void> {
  return withScheduler(
    context,
    async (scheduler, clock) => {
      const jobs = await scheduler.list();
      context.answer({ jobs: jobs.map(jobShape) }, () =>
        alignedTable([header(context), ...jobs.map((job) => line(context, clock, job))]),
      );
      return null;
    },
    withExisting,
  );
}

function history(context: CommandContext, job: string, limit: number): Promise<void> {
  return withScheduler(
    context,
    async (scheduler, clock) => {
      await scheduler.get(job);
      const { items } = await scheduler.history({ job, limit });
      const rows = items.map((run) => [
        `#${run.id}`,
        clock(run.dueAt),
        run.cause,
        runText(run.state, context.say),
        run.reason ?? "",
        run.result ?? "",
      ]);
      context.answer({ runs: items.map(runShape) }, () =>
        rows.length === 0 ? context.say("还没有运行过", "never run") : alignedTable(rows),
      );
      return null;
    },
    withExisting,
  );
}

function run(context: CommandContext, job: string, parameter: string | undefined): Promise<void> {
  return withScheduler(context, async (scheduler) => {
    const runs = await scheduler.trigger(job, { parameter, requestedBy: "cli" });
    context.answer({ runs: runs.map(runShape) }, () =>
      runs.map(({ id, state }) => `#${id} ${runText(state, context.say)}`).join("\n"),
    );
    return { action: "jobs.run", job };
  });
}

function setPaused(context: CommandContext, job: string, verb: "pause" | "resume"): Promise<void> {
  return withScheduler(context, async (scheduler, clock) => {
    const status = await scheduler[verb](job);
    context.answer(jobShape(status), () => alignedTable([line(context, clock, status)]));
    return { action: `jobs.${verb}`, job };
  });
}
