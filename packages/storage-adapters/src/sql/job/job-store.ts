import {
  type JobClaim,
  type JobRun,
  type JobRunFilter,
  type JobStore,
  type NewJobRun,
  pageBy,
  pageLimit,
  type StoredJob,
} from "@recallkit/core/ports";
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { toColumns } from "../columns.js";
import type { SqlContext } from "../context.js";
import type { JobRunTable, JobTable } from "./tables.js";

const JOB = ["name", "schedule", "next_at", "is_paused", "updated_at"] as const;

/** Jobs and their runs in SQL. Whoever adds or claims runs of a job holds its row. */
export function jobStore(context: SqlContext): JobStore {
  const { db, dialect, atomic } = context;

  async function jobOf(name: string, on = db): Promise<StoredJob | undefined> {
    const row = await on.selectFrom("rk_jobs").select(JOB).where("name", "=", name).executeTakeFirst();
    return row && toJob(row);
  }

  /** Waits for jobs, in one order for everybody, and holds them until the transaction ends. */
  async function hold(tx: Kysely<Database>, names: readonly string[]): Promise<void> {
    const end = dialect.holding?.exclusive;
    if (!end) return;
    for (const name of [...new Set(names)].sort()) {
      await sql`select name from rk_jobs where name = ${name} ${end}`.execute(tx);
    }
  }

  async function hasOpen(tx: Kysely<Database>, job: string): Promise<boolean> {
    const open = tx.selectFrom("rk_job_runs").select("id").where("job", "=", job).where(isOpen).limit(1);
    return (await open.executeTakeFirst()) !== undefined;
  }

  const runsOfFiring = async (tx: Kysely<Database>, { job, firing }: NewJobRun) =>
    (
      await tx
        .selectFrom("rk_job_runs")
        .selectAll()
        .where("job", "=", job)
        .where("firing", "=", firing)
        .orderBy("shard")
        .execute()
    ).map(toRun);

  async function insert(tx: Kysely<Database>, runs: readonly NewJobRun[], now: number): Promise<void> {
    for (const run of runs) {
      const fresh = { attempt: 0, owner: null, leaseUntil: null, epoch: 0, isCancelAsked: false, startedAt: null };
      const endedAt = run.state === "skipped" ? now : null;
      await dialect.insertIfAbsent(tx, "rk_job_runs", toColumns({ ...run, ...fresh, endedAt }));
    }
  }

  async function patch(on: Kysely<Database>, { id, epoch, state }: JobRun, fields: Partial<JobRun>): Promise<boolean> {
    const { numUpdatedRows } = await on
      .updateTable("rk_job_runs")
      .set(toColumns(fields))
      .where("id", "=", id)
      .where("epoch", "=", epoch)
      .where("state", "=", state)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async function runOf(id: number, on = db): Promise<JobRun | undefined> {
    const row = await on.selectFrom("rk_job_runs").selectAll().where("id", "=", id).executeTakeFirst();
    return row && toRun(row);
  }

  /** The run whose lease this is. */
  async function held(on: Kysely<Database>, id: number, epoch: number): Promise<JobRun | undefined> {
    const run = await runOf(id, on);
    return run?.state === "running" && run.epoch === epoch ? run : undefined;
  }

  async function due({ jobs, now, limit }: JobClaim, on = db): Promise<readonly JobRun[]> {
    const names = jobs.map(({ name }) => name);
    const rows = await on
      .selectFrom("rk_job_runs")
      .selectAll()
      .where((where) =>
        where.or([
          where.and([where("state", "=", "pending"), where("not_before", "<=", now)]),
          where.and([where("state", "=", "running"), where("lease_until", "<=", now)]),
        ]),
      )
      .where("job", "in", sql<string>`${dialect.list(names, "texts")}`)
      .orderBy("not_before")
      .orderBy("id")
      // Some may have to wait for another firing of their job.
      .limit(limit + LOOKED_BEYOND)
      .execute();
    return rows.map(toRun);
  }

  return {
    put: ({ name, schedule, nextAt }, now) =>
      atomic(async (tx) => {
        const job = { name, schedule, nextAt, isPaused: false, updatedAt: now };
        await dialect.insertIfAbsent(tx, "rk_jobs", toColumns(job));
        await tx
          .updateTable("rk_jobs")
          .set({ schedule, next_at: nextAt, updated_at: now })
          .where("name", "=", name)
          .where("schedule", "!=", schedule)
          .execute();
        return (await jobOf(name, tx)) ?? job;
      }),
    get: (name) => jobOf(name),
    list: async () => (await db.selectFrom("rk_jobs").select(JOB).orderBy("name").execute()).map(toJob),
    setPaused: (name, isPaused, nextAt, now) =>
      atomic(async (tx) => {
        const fields = toColumns({ isPaused, nextAt, updatedAt: now });
        await tx.updateTable("rk_jobs").set(fields).where("name", "=", name).execute();
        return jobOf(name, tx);
      }),
    fire: ({ job, expectedAt, nextAt, runs, overlap, now }) =>
      atomic(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable("rk_jobs")
          .set({ next_at: nextAt, updated_at: now })
          .where("name", "=", job)
          .where("next_at", "=", expectedAt)
          .where("is_paused", "=", 0)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        const isLeftOut = overlap === "skip" && (await hasOpen(tx, job));
        await insert(tx, isLeftOut ? runs.map(leftOut) : runs, now);
        return true;
      }),
    add: (runs, overlap, now) =>
      atomic(async (tx) => {
        const [first] = runs;
        if (!first) return [];
        await hold(tx, [first.job]);
        const there = await runsOfFiring(tx, first);
        if (there.length > 0) return there;
        if (overlap === "skip" && (await hasOpen(tx, first.job))) return undefined;
        await insert(tx, runs, now);
        return runsOfFiring(tx, first);
      }),
    async claim(claim) {
      const seen = await due(claim);
      if (seen.length === 0) return [];
      return atomic(async (tx) => {
        await hold(
          tx,
          seen.map(({ job }) => job),
        );
        const overlaps = new Set(claim.jobs.flatMap(({ name, overlap }) => (overlap === "allow" ? [name] : [])));
        const running = await tx
          .selectFrom("rk_job_runs")
          .select(["job", "firing"])
          .where("state", "=", "running")
          .execute();
        const taken: JobRun[] = [];
        for (const run of await due(claim, tx)) {
          if (taken.length >= claim.limit) break;
          const isBusy = running.some(({ job, firing }) => job === run.job && firing !== run.firing);
          if (isBusy && !overlaps.has(run.job)) continue;
          const { next, isTaken } = claimedAs(run, claim);
          if (!(await patch(tx, run, next)) || !isTaken) continue;
          running.push({ job: run.job, firing: run.firing });
          taken.push({ ...run, ...next });
        }
        return taken;
      });
    },
    renew: (id, epoch, leaseUntil) =>
      atomic(async (tx) => {
        const run = await held(tx, id, epoch);
        return run && (await patch(tx, run, { leaseUntil })) ? { ...run, leaseUntil } : undefined;
      }),
    end: (id, epoch, { state, reason, result, notBefore, now }) =>
      atomic(async (tx) => {
        const run = await held(tx, id, epoch);
        const endedAt = state === "pending" ? null : now;
        const fields = { state, reason, result, notBefore, endedAt, owner: null, leaseUntil: null };
        return run !== undefined && patch(tx, run, fields);
      }),
    cancel: (id, now) =>
      atomic(async (tx) => {
        const run = await runOf(id, tx);
        if (run?.state !== "pending" && run?.state !== "running") return undefined;
        const ended = { isCancelAsked: true, state: "cancelled", endedAt: now } as const;
        const next = run.state === "pending" ? ended : { isCancelAsked: true };
        return (await patch(tx, run, next)) ? { ...run, ...next } : undefined;
      }),
    getRun: (id) => runOf(id),
    async runs(filter: JobRunFilter) {
      const limit = pageLimit(filter);
      const { job, states, cursor } = filter;
      const rows = await db
        .selectFrom("rk_job_runs")
        .selectAll()
        .$if(cursor != null, (query) => query.where("id", "<", Number(cursor)))
        .$if(job !== undefined, (query) => query.where("job", "=", job ?? ""))
        .$if(states !== undefined, (query) => query.where("state", "in", states ?? []))
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      return pageBy(rows.map(toRun), limit, ({ id }) => String(id));
    },
    async purge(before, limit) {
      const old = sql`(select id from (select id from rk_job_runs where ended_at < ${before}
        order by ended_at limit ${limit}) as o)`;
      const { numAffectedRows } = await dialect.deleteFrom("rk_job_runs", ["id"], old).execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}

const LOOKED_BEYOND = 100;

const isOpen = (where: ExpressionBuilder<Database, "rk_job_runs">) => where("ended_at", "is", null);

/** What a claim makes of a run; one whose attempts are used up, or whose end was asked for, ends. */
function claimedAs(run: JobRun, { owner, leaseUntil, now }: JobClaim) {
  const epoch = run.epoch + 1;
  if (run.state === "running" && (run.attempt >= run.maxAttempts || run.isCancelAsked)) {
    const state = run.isCancelAsked ? ("cancelled" as const) : ("failed" as const);
    const next = { epoch, state, reason: "lease-lost", endedAt: now, owner: null, leaseUntil: null };
    return { isTaken: false, next };
  }
  const state = "running" as const;
  return { isTaken: true, next: { epoch, attempt: run.attempt + 1, state, owner, leaseUntil, startedAt: now } };
}

function leftOut(run: NewJobRun): NewJobRun {
  return run.state === "skipped" ? run : { ...run, state: "skipped", reason: "overlap" };
}

function toJob({ name, schedule, next_at, is_paused, updated_at }: JobTable): StoredJob {
  return { name, schedule, nextAt: next_at, isPaused: is_paused === 1, updatedAt: updated_at };
}

function toRun(row: Selectable<JobRunTable>): JobRun {
  const {
    due_at,
    requested_by,
    max_attempts,
    not_before,
    lease_until,
    is_cancel_asked,
    started_at,
    ended_at,
    ...same
  } = row;
  return {
    ...same,
    dueAt: due_at,
    requestedBy: requested_by,
    maxAttempts: max_attempts,
    notBefore: not_before,
    leaseUntil: lease_until,
    isCancelAsked: is_cancel_asked === 1,
    startedAt: started_at,
    endedAt: ended_at,
  };
}
