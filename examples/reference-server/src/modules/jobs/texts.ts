import type { Texts } from "@recallkit/http";

/** Texts of the errors of jobs. */
export const jobTexts: Texts = {
  "job.not-found": { zh: "没有这个定时任务", en: "There is no such job" },
  "job.running": { zh: "任务正在运行，且不允许重叠", en: "The job is at work, and does not overlap" },
  "job.run-ended": { zh: "没有这次运行，或已结束", en: "There is no such run, or it is over" },
};
