/** Codes of the errors that this package adds to those of core. */
export type SchedulerErrorCode = "job.not-found" | "job.running" | "job.run-ended";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly scheduler: SchedulerErrorCode;
  }
}
