import { type ScheduledJob, serverModule } from "../../frame/server-module.js";
import { jobRoutes, jobTopic, xxlJobRoutes } from "./routes.js";
import { jobTexts } from "./texts.js";
import { jobVariables } from "./variables.js";

const DAY_MS = 86_400_000;
const AT_ONCE = 1000;
const KEPT_DAYS = 180;

/** Removes runs that have outlived their time. */
const jobsHousekeeping: ScheduledJob = {
  name: "jobs-retention",
  title: "清理任务运行记录 / clean the history of jobs up",
  schedule: { cron: "40 4 * * *" },
  async run({ stores, clock, config }, { signal }) {
    const before = clock.now() - (config.logRetentionDays ?? KEPT_DAYS) * DAY_MS;
    let runs = 0;
    for (let count = 1; count > 0 && !signal.aborted; runs += count) count = await stores.jobs.purge(before, AT_ONCE);
    return { runs };
  },
};

/** Work that comes back at its times. */
export const jobsModule = serverModule({
  name: "jobs",
  routes: [...jobRoutes, ...xxlJobRoutes],
  permissions: {
    "jobs:read": { summary: "查看定时任务 / see jobs" },
    // They are of the whole installation.
    "jobs:write": { summary: "运行、暂停定时任务 / run and pause jobs", from: "platform" },
  },
  tags: { "任务调度 / Jobs": "定时任务与运行记录 / jobs and their history" },
  topics: { job: jobTopic },
  texts: jobTexts,
  config: jobVariables,
  jobs: [jobsHousekeeping],
  commands: () => import("./commands/index.js"),
});
