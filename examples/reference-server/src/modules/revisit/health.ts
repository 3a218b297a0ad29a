import { type RevisitDatabase, revisitTables } from "./tables.js";

/** So long a run that nobody is at work on may stay, ms: then nobody seems to look for them. */
const LATE_MS = 3_600_000;

/** How revisits are. */
export interface RevisitHealth {
  /** `late`: a run waits to be gone on with, and nobody does. */
  readonly status: "ok" | "late" | "unavailable";
  /** When the latest run began, epoch ms; null: never. */
  readonly lastRunAt: number | null;
}

/** Looks at the runs; never fails. */
export async function revisitHealth(database: RevisitDatabase, now: number): Promise<RevisitHealth> {
  try {
    const tables = revisitTables(database);
    const [late, last] = await Promise.all([
      tables
        .selectFrom("rk_revisit_runs")
        .select("id")
        .where("state", "=", "running")
        .where("lease_until", "<", now - LATE_MS)
        .limit(1)
        .executeTakeFirst(),
      tables.selectFrom("rk_revisit_runs").select("started_at").orderBy("id", "desc").limit(1).executeTakeFirst(),
    ]);
    return { status: late ? "late" : "ok", lastRunAt: last?.started_at ?? null };
  } catch {
    return { status: "unavailable", lastRunAt: null };
  }
}
