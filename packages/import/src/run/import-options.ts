import type { Clock, TenantKit } from "@recallkit/core";
import type { ChangePolicy } from "../mapping/mapping.js";
import type { StatusMeaning } from "../status/status-meaning.js";

/** What an import needs of a kit. */
export type ImportTarget = Pick<TenantKit, "tenant" | "rehearse" | "customers" | "orders" | "suppressions">;

/** How far an import is. The files are read twice: `judge` finds out how, `write` takes them over. */
export interface ImportProgress {
  readonly phase: "judge" | "write";
  /** Rows of the phase so far. */
  readonly rows: number;
  /** Bytes of the phase so far, and of all files; both 0 where nobody knows. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** A row that was not taken, as its file wrote it. */
export interface RejectedRow {
  /** Place of its file among those of the import, from 0. */
  readonly file: number;
  readonly line: number;
  readonly cells: readonly string[];
  /** Field, or "" for the row as a whole. */
  readonly path: string;
  readonly code: string;
  /** English. */
  readonly message: string;
}

/** Where rejected rows go. */
export interface RejectsSink {
  /** Begins anew: a rehearsal may be repeated. @param columns of the first file */
  begin(columns: readonly string[]): Promise<void>;
  add(row: RejectedRow): Promise<void>;
}

/** How rows are taken over; what is given here goes before the mapping. */
export interface ImportOptions {
  /** Finds out everything and writes nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** A wrong optional value rejects its row instead of being dropped. @default the mapping's, else false */
  readonly strict?: boolean | undefined;
  /**
   * What becomes of orders that are told differently. @default the mapping's; else known orders are replaced, which `changed`
   * tells, and orders that files of one import tell differently are refused
   */
  readonly onChange?: ChangePolicy | undefined;
  /** What becomes of an address that belongs to somebody else. @default "refuse": it is dropped */
  readonly onIdentityMove?: "refuse" | "move" | "merge" | undefined;
  /** What status words mean that nobody has explained. @default the mapping's, else "refuse" */
  readonly unknownStatus?: "refuse" | StatusMeaning | undefined;
  /** Part of the keys of orders, 1 … 64 characters. @default the mapping's, else "import" */
  readonly source?: string | undefined;
  /** IANA zone of wall times. @default the tenant's */
  readonly timeZone?: string | undefined;
  /** Tells the day after which nobody has been born. @default systemClock */
  readonly clock?: Pick<Clock, "now"> | undefined;
  /** Put before a customer key it gives a WeCom external_userid. @default none is given */
  readonly externalUserIdPrefix?: string | undefined;
  /** Ends the import with its reason between two pieces; what was taken stays. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** @default rejected rows are only counted */
  readonly rejects?: RejectsSink | undefined;
  /** Where rows wait that are too many for memory. @default the system's temporary folder */
  readonly scratchFolder?: string | undefined;
}
