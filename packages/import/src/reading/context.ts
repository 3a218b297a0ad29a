import type { Table } from "../table/table.js";

/** Files that are read as one: a later one may repeat or go on with orders of an earlier one. */
export type Tables = Table | readonly Table[];

/** What a reading needs to know beside the files and their mapping. */
export interface ReadingContext {
  /** IANA zone of wall times. */
  readonly zone: string;
  /** ISO 4217; amounts in another one are refused. */
  readonly currency: string;
  /** Epoch ms; birthdays after its day are none. @default none is too late */
  readonly now?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Put before a customer key it gives a WeCom external_userid. @default none is given */
  readonly externalUserIdPrefix?: string | undefined;
  /** Where rows wait that are too many for memory. @default the system's temporary folder */
  readonly scratchFolder?: string | undefined;
  /** Called after every 1 000 rows of a pass. */
  readonly onProgress?: ((progress: ReadingProgress) => void) | undefined;
}

/** How far a reading is. */
export interface ReadingProgress {
  readonly phase: "judge" | "read";
  readonly rows: number;
}

/** A file and its place among those that are read together. */
export interface PlacedTable {
  readonly table: Table;
  readonly file: number;
}

/** The tables of a reading, in their order. */
export function tablesOf(tables: Tables): readonly PlacedTable[] {
  return ("columns" in tables ? [tables] : tables).map((table, file) => ({ table, file }));
}

/** The day of a reading in its zone, `YYYY-MM-DD`. */
export function todayOf({ now, zone }: Pick<ReadingContext, "now" | "zone">): string {
  return now === undefined ? "9999-12-31" : new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(now);
}
