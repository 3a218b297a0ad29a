import type { Attempt } from "../delivery/delivery.js";
import type { Page, PageRequest } from "../page.js";

export interface AttemptFilter extends PageRequest {
  /** Only attempts at this batch. @default at all */
  readonly batchId?: number;
  /** Only attempts at batches of this firing. @default of all */
  readonly occurrenceId?: number;
  /** Only attempts at batches of this rule. @default of all */
  readonly ruleId?: number;
  /** Only calls that send, or only questions about them. @default both */
  readonly kind?: Attempt["kind"];
  /** Started at or after, epoch ms. */
  readonly since?: number;
}

/** Provider calls, append-only. */
export interface AttemptStore {
  /** Opens the row of a call before its first byte. @returns its id */
  open(
    attempt: Pick<Attempt, "tenantId" | "batchId" | "kind" | "number" | "leaseEpoch" | "startedAt">,
  ): Promise<number>;
  /** Closes an open row; one that is closed stays as it is. @returns false when it was closed before */
  close(
    tenantId: number,
    attemptId: number,
    outcome: { readonly class: string; readonly answer: string | null; readonly endedAt: number },
  ): Promise<boolean>;
  /** Closes every open row of a batch, for example after a crash. */
  closeOpen(
    tenantId: number,
    batchId: number,
    outcome: { readonly class: string; readonly answer: string | null; readonly endedAt: number },
  ): Promise<void>;
  /** The newest call of a batch that sends. */
  latest(tenantId: number, batchId: number): Promise<Attempt | undefined>;
  /** By ascending id. */
  list(tenantId: number, filter: AttemptFilter): Promise<Page<Attempt>>;
}
