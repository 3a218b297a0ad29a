import type { Language } from "@recallkit/http";
import type { Mapping, OpenTableOptions } from "@recallkit/import";
import type { RowMapping } from "../../frame/row-import.js";

/**
 * `draft`: it can be changed and started; `queued`: it waits for its tenant's turn; `running`; `done`, `failed`,
 * `cancelled`: over, though the last two can be started again and go on where they ended.
 */
export const IMPORT_STATES = ["draft", "queued", "running", "done", "failed", "cancelled"] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** Which states an action may come upon. */
export const ALLOWED = {
  change: ["draft", "failed", "cancelled"],
  start: ["draft", "failed", "cancelled"],
  cancel: ["draft", "queued", "running", "failed"],
  remove: ["draft", "done", "failed", "cancelled"],
} as const satisfies Record<string, readonly ImportState[]>;

/** What is told about opening the file; it goes before what the file tells. */
export type Reading = Pick<OpenTableOptions, "encoding" | "delimiter" | "skipLines" | "sheet">;

/** Why an import ended without an end. */
export interface ImportFailure {
  readonly code: string;
  /** Line, column and the like, for its text. */
  readonly params: Readonly<Record<string, string | number>>;
  /** English, where the code has no text of its own. */
  readonly message: string;
}

/** An import of a tenant. */
export interface ImportJob {
  readonly id: number;
  readonly tenantId: number;
  readonly state: ImportState;
  readonly isDryRun: boolean;
  /** Somebody asked for its end; the process that runs it looks here. */
  readonly isCancelled: boolean;
  /** Of the file, as its owner calls it. */
  readonly name: string;
  /** Of the file in the folder of imports. */
  readonly file: string;
  readonly bytes: number;
  readonly reading: Reading;
  /** Null while nothing is known of the file. */
  readonly mapping: Mapping | RowMapping | null;
  /** What `look` found, in the form of answers; null before. */
  readonly look: unknown;
  /** Orders or people handed to the kit so far. */
  readonly doneRows: number;
  /** What the last dry run found, in the form of answers. */
  readonly dryRun: unknown;
  readonly result: unknown;
  readonly error: ImportFailure | null;
  /** Rows in the rejects file. */
  readonly rejects: number;
  /** Of texts in the rejects file: that of who started it. */
  readonly language: Language;
  /** Who brought the file. */
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}
