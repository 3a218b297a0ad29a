export type { AttemptEnd } from "./attempt.js";
export type { SchedulerErrorCode } from "./error-codes.js";
export {
  defineJob,
  type Job,
  type JobFigures,
  type JobInput,
  type JobRetries,
  type JobSchedule,
  type JobTurn,
} from "./job.js";
export { cronFirings } from "./schedule/cron.js";
export { type Firings, upcoming } from "./schedule/firings.js";
export type { Misfire, MisfirePolicy } from "./schedule/plan-firing.js";
export {
  createScheduler,
  type EndedAttempt,
  type JobStatus,
  type Scheduler,
  type SchedulerOptions,
  type TriggerOptions,
} from "./scheduler.js";
