import { pageBy, pageLimit } from "../../page.js";
import type { JobRun, JobStore, NewJobRun, StoredJob } from "../../ports/job-store.js";
import { compositeKey } from "../table.js";
import type { Database } from "../tables.js";
import type { JobRow } from "./tables.js";

const FRESH = { attempt: 0, owner: null, leaseUntil: null, epoch: 0, isCancelAsked: false, startedAt: null } as const;

/** {@link JobStore} in memory. */
export function jobStore(db: Database): JobStore {
  const { jobs, jobsByName, jobRuns, jobRunsByFiring, openJobRuns } = db.tables;
  const firingOf = ({ job, firing }: Pick<NewJobRun, "job" | "firing">) =>
    jobRunsByFiring.rows(compositeKey(job, firing));
  const held = (id: number, epoch: number) => {
    const run = jobRuns.get(id);
    return run?.state === "running" && run.epoch === epoch ? run : undefined;
  };

  /** Adds runs unless their firing is there. */
  function insert(runs: readonly NewJobRun[], isLeftOut: boolean, now: number): void {
    const fresh = runs.filter((run) => !firingOf(run).some(({ shard }) => shard === run.shard));
    for (const run of fresh) {
      const state = isLeftOut ? "skipped" : run.state;
      const reason = isLeftOut && run.state === "pending" ? "overlap" : run.reason;
      const endedAt = state === "skipped" ? now : null;
      jobRuns.insert((id) => ({ ...FRESH, ...run, id, state, reason, endedAt }));
    }
  }

  function claimed(run: JobRun, owner: string, now: number, leaseUntil: number): readonly JobRun[] {
    const epoch = run.epoch + 1;
    if (run.state === "running" && (run.attempt >= run.maxAttempts || run.isCancelAsked)) {
      const state = run.isCancelAsked ? "cancelled" : "failed";
      jobRuns.replace({ ...run, epoch, state, reason: "lease-lost", endedAt: now, owner: null, leaseUntil: null });
      return [];
    }
    const attempt = run.attempt + 1;
    return [jobRuns.replace({ ...run, epoch, attempt, state: "running", owner, leaseUntil, startedAt: now })];
  }

  return {
    put: ({ name, schedule, nextAt }, now) =>
      db.write(() => {
        const known = jobsByName.find(name);
        const job = { name, schedule, nextAt, isPaused: known?.isPaused ?? false, updatedAt: now };
        if (!known) return told(jobs.insert((id) => ({ ...job, id })));
        return told(known.schedule === schedule ? known : jobs.replace({ ...job, id: known.id }));
      }),
    get: (name) => db.read(() => mayTell(jobsByName.find(name))),
    list: () => db.read(() => [...jobs.all()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(told)),
    setPaused: (name, isPaused, nextAt, now) =>
      db.write(() => {
        const job = jobsByName.find(name);
        return mayTell(job && jobs.replace({ ...job, isPaused, nextAt, updatedAt: now }));
      }),
    fire: ({ job: name, expectedAt, nextAt, runs, overlap, now }) =>
      db.write(() => {
        const job = jobsByName.find(name);
        if (!job || job.isPaused || job.nextAt !== expectedAt) return false;
        jobs.replace({ ...job, nextAt, updatedAt: now });
        const isOpen = overlap === "skip" && openJobRuns.count(name) > 0;
        insert(runs, isOpen, now);
        return true;
      }),
    add: (runs, overlap, now) =>
      db.write(() => {
        const [first] = runs;
        if (!first) return [];
        const isThere = firingOf(first).length > 0;
        if (!isThere && overlap === "skip" && openJobRuns.count(first.job) > 0) return undefined;
        insert(runs, false, now);
        return firingOf(first);
      }),
    claim: ({ owner, jobs: known, now, leaseUntil, limit }) =>
      db.write(() => {
        const isDue = ({ state, notBefore, leaseUntil: until }: JobRun) =>
          state === "pending" ? notBefore <= now : (until ?? 0) <= now;
        const overlapOf = new Map(known.map(({ name, overlap }) => [name, overlap]));
        const due = known
          .flatMap(({ name }) => openJobRuns.rows(name))
          .filter(isDue)
          .sort((a, b) => a.notBefore - b.notBefore || a.id - b.id);
        const taken: JobRun[] = [];
        for (const run of due) {
          if (taken.length >= limit) break;
          const isOther = ({ state, firing }: JobRun) => state === "running" && firing !== run.firing;
          if (overlapOf.get(run.job) !== "allow" && openJobRuns.rows(run.job).some(isOther)) continue;
          taken.push(...claimed(run, owner, now, leaseUntil));
        }
        return taken;
      }),
    renew: (id, epoch, leaseUntil) =>
      db.write(() => {
        const run = held(id, epoch);
        return run && jobRuns.replace({ ...run, leaseUntil });
      }),
    end: (id, epoch, { state, reason, result, notBefore, now }) =>
      db.write(() => {
        const run = held(id, epoch);
        if (!run) return false;
        const endedAt = state === "pending" ? null : now;
        jobRuns.replace({ ...run, state, reason, result, notBefore, endedAt, owner: null, leaseUntil: null });
        return true;
      }),
    cancel: (id, now) =>
      db.write(() => {
        const run = jobRuns.get(id);
        if (run?.state === "running") return jobRuns.replace({ ...run, isCancelAsked: true });
        if (run?.state !== "pending") return undefined;
        return jobRuns.replace({ ...run, state: "cancelled", isCancelAsked: true, endedAt: now });
      }),
    getRun: (id) => db.read(() => jobRuns.get(id)),
    runs: (filter) =>
      db.read(() => {
        const limit = pageLimit(filter);
        const before = filter.cursor ? Number(filter.cursor) : Number.POSITIVE_INFINITY;
        const rows = jobRuns
          .all()
          .filter(
            ({ id, job, state }) =>
              id < before &&
              (filter.job === undefined || job === filter.job) &&
              (filter.states === undefined || filter.states.includes(state)),
          );
        return pageBy(rows.toReversed().slice(0, limit + 1), limit, ({ id }) => String(id));
      }),
    purge: (before, limit) =>
      db.write(() => {
        const old = jobRuns.all().filter(({ endedAt }) => endedAt !== null && endedAt < before);
        for (const { id } of old.slice(0, limit)) jobRuns.remove(id);
        return Math.min(old.length, limit);
      }),
  };
}

function told({ id: _, ...job }: JobRow): StoredJob {
  return job;
}

function mayTell(row: JobRow | undefined): StoredJob | undefined {
  return row && told(row);
}
