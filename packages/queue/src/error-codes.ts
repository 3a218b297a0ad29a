/** Codes of the errors that this package adds to those of core. */
export type QueueErrorCode = "queue.arguments-differ";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly queue: QueueErrorCode;
  }
}
