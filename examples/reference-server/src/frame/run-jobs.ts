import { RecallKitError } from "@recallkit/core";
import type { ServerContext } from "./context.js";
import type { Job } from "./server-module.js";

/** Does the jobs of all modules that this process is for, until aborted; open turns are waited for. */
export async function runJobs(context: ServerContext, signal: AbortSignal): Promise<void> {
  const jobs = context.modules
    .flatMap((module) => module.jobs ?? [])
    .filter((job) => "everyMs" in job)
    .filter(({ roles }) => roles.includes(context.role));
  await Promise.all(jobs.map((job) => runJob(job, context, signal)));
}

async function runJob({ name, everyMs, run }: Job, context: ServerContext, signal: AbortSignal): Promise<void> {
  const { clock, logger } = context;
  while (!signal.aborted) {
    try {
      const figures = await run(context, signal);
      if (figures) logger.info("retention.applied", { job: name, ...figures });
    } catch (error) {
      // What stays undone is done the next time.
      logger.warn("housekeeping.failed", { job: name, code: RecallKitError.is(error) ? error.code : "bug" });
    }
    await clock.sleep(everyMs, signal);
  }
}
