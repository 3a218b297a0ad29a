import type { Clock, Logger, TenantKit } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { RevisitChannel } from "./channels.js";

/** Somebody for whom a text is asked. */
export interface TextOrder {
  readonly customerId: number;
  readonly name: string | null;
  readonly channel: RevisitChannel;
  /** One text for all of a batch: nobody can be named. */
  readonly isShared: boolean;
  /** Days from the day of the run to the birthday, 0 … */
  readonly daysLeft: number;
  readonly birthdayYear: number;
}

/** A text that passed the checks. */
export interface RevisitText {
  readonly text: string;
  /** Where the record of it is; null: there is none. */
  readonly scriptId: number | null;
  readonly source: "model" | "template";
}

/** What is wrong with a text that somebody wrote. */
export interface TextFinding {
  readonly code: string;
  /** The words that it is about. */
  readonly words: string;
}

/** What runs and decisions work with, for one institution. */
export interface RevisitDesk {
  readonly stores: SqlStores;
  readonly kit: TenantKit;
  readonly clock: Clock;
  readonly ids: { next(): string };
  readonly logger: Logger;
  /** Who does it: `user:3`, `job`. */
  readonly actor: string;
  /** Days ahead of institutions that say nothing else. */
  readonly daysAhead: number;
  /** Nobody of an institution that is not active is greeted. */
  readonly isActive: boolean;
  /** Whether somebody sends by a channel. */
  isConfigured(channel: RevisitChannel): Promise<boolean>;
  /** Writes and checks a text; undefined: nothing that was written passed. */
  write(order: TextOrder, signal: AbortSignal): Promise<RevisitText | undefined>;
  /** Checks a text that somebody wrote. @returns what keeps it from being sent; none: it may go */
  check(text: string, order: TextOrder): Promise<readonly TextFinding[]>;
}
