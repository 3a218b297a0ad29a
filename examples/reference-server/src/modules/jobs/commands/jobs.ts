import { silentLogger, systemClock, systemIds, systemRandom } from "@recallkit/core";
import type { JobStatus, Scheduler } from "@recallkit/scheduler";
import { modules } from "../../../app.js";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting, withKit } from "../../../cli/database.js";
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
  work: (scheduler: Scheduler) => Promise<Changed | null>,
  within: typeof withKit = withKit,
): Promise<void> {
  return within(context, async (_, { stores }) => {
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
    const changed = await work(scheduler);
    if (changed) await noteChange(context, { stores, clock: systemClock }, changed.action, changed.job);
  });
}

const instant = (at: number | null | undefined) => (at == null ? "–" : new Date(at).toISOString());

function line({ name, schedule, isPaused, next, lastRun }: JobStatus): readonly string[] {
  return [name, schedule, isPaused ? "paused" : instant(next[0]), lastRun?.state ?? "–", instant(lastRun?.endedAt)];
}

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
    async (scheduler) => {
      const status = await scheduler.get(job);
      context.answer(jobShape(status), () => alignedTable([header(context), line(status)]));
      return null;
    },
    withExisting,
  );
}

function list(context: CommandContext): Promise<void> {
  return withScheduler(
    context,
    async (scheduler) => {
      const jobs = await scheduler.list();
      context.answer({ jobs: jobs.map(jobShape) }, () => alignedTable([header(context), ...jobs.map(line)]));
      return null;
    },
    withExisting,
  );
}

function history(context: CommandContext, job: string, limit: number): Promise<void> {
  return withScheduler(
    context,
    async (scheduler) => {
      await scheduler.get(job);
      const { items } = await scheduler.history({ job, limit });
      const rows = items.map((run) => [
        `#${run.id}`,
        instant(run.dueAt),
        run.cause,
        run.state,
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
    context.answer({ runs: runs.map(runShape) }, () => runs.map(({ id, state }) => `#${id} ${state}`).join("\n"));
    return { action: "jobs.run", job };
  });
}

function setPaused(context: CommandContext, job: string, verb: "pause" | "resume"): Promise<void> {
  return withScheduler(context, async (scheduler) => {
    const status = await scheduler[verb](job);
    context.answer(jobShape(status), () => alignedTable([line(status)]));
    return { action: `jobs.${verb}`, job };
  });
}
