import type { JobClaim, JobFiring, JobOverlap, JobRun, JobRunEnd, NewJobRun } from "../../ports/job-store.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, expectThat, present, walk } from "../expect.js";

/** Facts about `JobStore`. */
export function jobStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("jobs", harness, facts, durable);
}

type Part = Pick<Scene, "stores" | "tenantId" | "now">;

const MINUTE = 60_000;
/** Jobs belong to nobody's tenant: each scene has a name of its own. */
const nameOf = ({ tenantId }: Pick<Scene, "tenantId">) => `conformance-${tenantId}`;

function runOf(scene: Part, part: Partial<NewJobRun> = {}): NewJobRun {
  const { now } = scene;
  const about = { job: nameOf(scene), firing: `s${now}`, cause: "schedule", dueAt: now, notBefore: now } as const;
  const by = { parameter: null, requestedBy: null, maxAttempts: 2 };
  return { ...about, ...by, shard: 0, shards: 1, state: "pending", reason: null, result: null, ...part };
}

const put = (scene: Part, schedule = "0 3 * * *") =>
  scene.stores.jobs.put({ name: nameOf(scene), schedule, nextAt: scene.now }, scene.now);

function firing(scene: Part, part: Partial<JobFiring> = {}): JobFiring {
  const { now } = scene;
  const about = { job: nameOf(scene), expectedAt: now, nextAt: now + MINUTE, overlap: "skip", now } as const;
  return { ...about, runs: [runOf(scene)], ...part };
}

function claim(scene: Part, part: Partial<JobClaim> & { readonly overlap?: JobOverlap } = {}) {
  const { overlap = "skip", ...rest } = part;
  const jobs = [{ name: nameOf(scene), overlap }];
  const terms = { owner: "a", jobs, now: scene.now, leaseUntil: scene.now + MINUTE, limit: 10 };
  return scene.stores.jobs.claim({ ...terms, ...rest });
}

function ended(scene: Part, part: Partial<JobRunEnd> = {}): JobRunEnd {
  return { state: "succeeded", reason: null, result: null, notBefore: scene.now, now: scene.now, ...part };
}

const history = async (scene: Part) =>
  (await scene.stores.jobs.runs({ job: nameOf(scene) })).items.map(({ state, reason }) => [state, reason]);

/** A run that the first claim got. */
async function begun(scene: Part): Promise<JobRun> {
  await put(scene);
  await scene.stores.jobs.fire(firing(scene));
  return present((await claim(scene))[0], "a run");
}

const facts: Facts = {
  "there is nothing in an empty store": async (scene) => {
    const { jobs } = scene.stores;
    expectSame(await jobs.get(nameOf(scene)), undefined, "a job");
    expectSame(await jobs.setPaused(nameOf(scene), true, null, 1), undefined, "a paused job");
    expectSame(
      (await jobs.list()).filter(({ name }) => name === nameOf(scene)),
      [],
      "jobs",
    );
    expectSame(await claim(scene), [], "runs that are due");
    expectSame(await history(scene), [], "history");
    const NOBODY = 999_999_999;
    expectSame(await jobs.getRun(NOBODY), undefined, "a run");
    expectSame(await jobs.cancel(NOBODY, 1), undefined, "a cancelled run");
    expectSame(await jobs.renew(NOBODY, 1, 2), undefined, "a renewed run");
    expectSame(await jobs.end(NOBODY, 1, ended(scene)), false, "an ended run");
    expectSame(await jobs.fire(firing(scene)), false, "a firing");
  },

  "a job is put once, and goes on from elsewhere only with another schedule": async (scene) => {
    const { jobs } = scene.stores;
    const { now } = scene;
    const name = nameOf(scene);
    const first = { name, schedule: "0 3 * * *", nextAt: now, isPaused: false, updatedAt: now };
    expectSame(await put(scene), first, "the job");
    expectSame(await jobs.put({ name, schedule: first.schedule, nextAt: 7 }, 7), first, "the same again");
    expectSame(await jobs.get(name), first, "the job as it is kept");
    const other = { ...first, schedule: "每天 🕒", nextAt: null, updatedAt: now + 1 };
    expectSame(await jobs.put({ name, schedule: other.schedule, nextAt: null }, now + 1), other, "another schedule");
    expectSame(
      (await jobs.list()).filter((job) => job.name === name),
      [other],
      "jobs",
    );
  },

  "of twenty who fire one does": async (scene) => {
    await put(scene);
    const runs = [0, 1, 2].map((shard) => runOf(scene, { shard, shards: 3 }));
    const told = await Promise.all(
      Array.from({ length: 20 }, () => scene.stores.jobs.fire(firing(scene, { runs, overlap: "allow" }))),
    );
    expectSame(told.filter(Boolean).length, 1, "firings");
    expectSame((await history(scene)).length, 3, "runs");
    expectSame((await scene.stores.jobs.get(nameOf(scene)))?.nextAt, scene.now + MINUTE, "the next firing");
  },

  "a paused job does not fire, and goes on from where it is told": async (scene) => {
    const { jobs } = scene.stores;
    const { now } = scene;
    await put(scene);
    expectSame((await jobs.setPaused(nameOf(scene), true, now, now + 1))?.isPaused, true, "paused");
    expectSame(await jobs.fire(firing(scene)), false, "fired");
    expectSame(await history(scene), [], "runs");
    const resumed = {
      name: nameOf(scene),
      schedule: "0 3 * * *",
      nextAt: now + 5,
      isPaused: false,
      updatedAt: now + 2,
    };
    expectSame(await jobs.setPaused(nameOf(scene), false, now + 5, now + 2), resumed, "resumed");
    expectSame(await jobs.fire(firing(scene, { expectedAt: now + 5 })), true, "fired later");
  },

  "every field of a run is kept": async (scene) => {
    const { jobs } = scene.stores;
    const { now } = scene;
    await put(scene);
    const texts = { parameter: "参数 🎯\n{}", requestedBy: "user:3", cause: "manual" } as const;
    const place = { firing: "m-𠮷", shard: 4, shards: 9, dueAt: 0, maxAttempts: 7, notBefore: now };
    const run = runOf(scene, { ...texts, ...place });
    const [added] = present(await jobs.add([run], "allow", now), "the runs");
    const fresh = { attempt: 0, owner: null, leaseUntil: null, epoch: 0, isCancelAsked: false, startedAt: null };
    const { id } = present(added, "the run");
    expectSame(added, { ...run, ...fresh, id, endedAt: null }, "the run");
    const leased = { attempt: 1, owner: "a", leaseUntil: now + MINUTE, epoch: 1, startedAt: now } as const;
    const running = { ...run, ...fresh, ...leased, id, state: "running", endedAt: null } as const;
    expectSame(await claim(scene), [running], "the claimed run");
    expectSame(await jobs.end(id, 1, ended(scene, { state: "failed", reason: "x", result: '{"n":1}' })), true, "ended");
    const end = {
      state: "failed",
      reason: "x",
      result: '{"n":1}',
      endedAt: now,
      owner: null,
      leaseUntil: null,
    } as const;
    expectSame(await jobs.getRun(id), { ...running, ...end }, "the ended run");
  },

  "a firing beside an open run is left out, waits or goes along, as its job says": async (scene) => {
    const { now } = scene;
    const run = await begun(scene);
    const fire = (n: number, overlap: JobOverlap) => {
      const runs = [runOf(scene, { firing: `s${n}` })];
      return scene.stores.jobs.fire(
        firing(scene, { expectedAt: now + n * MINUTE, nextAt: now + (n + 1) * MINUTE, runs, overlap }),
      );
    };
    expectSame(await fire(1, "skip"), true, "fired");
    expectSame(await fire(2, "queue"), true, "fired");
    expectSame(
      await history(scene),
      [
        ["pending", null],
        ["skipped", "overlap"],
        ["running", null],
      ],
      "runs",
    );
    expectSame(await claim(scene, { overlap: "queue" }), [], "runs that may go along");
    expectSame((await claim(scene, { overlap: "allow" })).length, 1, "runs that go along");
    await scene.stores.jobs.end(run.id, run.epoch, ended(scene));
  },

  "shards of one firing run side by side, the next firing after them": async (scene) => {
    const { now } = scene;
    await put(scene);
    const runs = [0, 1].map((shard) => runOf(scene, { shard, shards: 2 }));
    const later = runOf(scene, { firing: "later", notBefore: now + 1 });
    await scene.stores.jobs.fire(firing(scene, { runs: [...runs, later], overlap: "queue" }));
    const soon = { now: now + 1, overlap: "queue" } as const;
    const taken = await claim(scene, soon);
    expectSame(
      taken.map(({ shard }) => shard),
      [0, 1],
      "shards",
    );
    for (const { id, epoch } of taken) {
      expectSame(await claim(scene, soon), [], "the next firing");
      await scene.stores.jobs.end(id, epoch, ended(scene));
    }
    expectSame(
      (await claim(scene, soon)).map((run) => run.firing),
      ["later"],
      "the next firing",
    );
  },

  "each run is claimed by one, the oldest first, and none before its time": async (scene) => {
    const { now } = scene;
    await put(scene);
    const runs = Array.from({ length: 12 }, (_, shard) =>
      runOf(scene, { shard, shards: 12, notBefore: now - shard + 1 }),
    );
    await scene.stores.jobs.fire(firing(scene, { runs }));
    expectSame(
      (await claim(scene, { limit: 1 })).map(({ shard }) => shard),
      [11],
      "the oldest",
    );
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => claim(scene, { limit: 2, owner: `p${n}` })));
    const shards = all.flat().map(({ shard }) => shard);
    expectSame(
      shards.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      "shards",
    );
  },

  "whose lease ran out writes nothing any more, and the next attempt has a higher epoch": async (scene) => {
    const { jobs } = scene.stores;
    const first = await begun(scene);
    const later = scene.now + MINUTE;
    expectSame(await claim(scene, { now: later - 1 }), [], "a lease that lasts");
    const [second] = await claim(scene, { now: later, leaseUntil: later + MINUTE, owner: "b" });
    const { attempt, owner, epoch } = present(second, "the run");
    expectSame([attempt, owner], [2, "b"], "the second attempt");
    expectThat(epoch > first.epoch, "the epoch is higher");
    expectSame(await jobs.renew(first.id, first.epoch, later + 9 * MINUTE), undefined, "renewed by the first");
    expectSame(await jobs.end(first.id, first.epoch, ended(scene)), false, "ended by the first");
    const renewed = await jobs.renew(first.id, epoch, later + 2 * MINUTE);
    expectSame(renewed?.leaseUntil, later + 2 * MINUTE, "renewed by the second");
    expectSame((await jobs.getRun(first.id))?.leaseUntil, later + 2 * MINUTE, "the lease");
    // No third attempt: it has ended as lost.
    expectSame(await claim(scene, { now: later + 2 * MINUTE }), [], "a third attempt");
    expectSame(await history(scene), [["failed", "lease-lost"]], "runs");
  },

  "a run that is tried again waits for its time": async (scene) => {
    const { jobs } = scene.stores;
    const { now } = scene;
    const { id, epoch } = await begun(scene);
    const again = { state: "pending", reason: "http.503", notBefore: now + 10 } as const;
    expectSame(await jobs.end(id, epoch, ended(scene, again)), true, "ended");
    expectSame(await claim(scene, { now: now + 9 }), [], "before its time");
    expectSame(
      (await claim(scene, { now: now + 10 })).map((run) => run.attempt),
      [2],
      "attempts",
    );
  },

  "a pending run is cancelled, a running one is asked to end, an ended one stays": async (scene) => {
    const { jobs } = scene.stores;
    const run = await begun(scene);
    expectSame((await jobs.cancel(run.id, scene.now))?.isCancelAsked, true, "asked");
    expectSame((await jobs.renew(run.id, run.epoch, scene.now + MINUTE))?.isCancelAsked, true, "told");
    expectSame(await jobs.end(run.id, run.epoch, ended(scene, { state: "cancelled" })), true, "ended");
    expectSame(await jobs.cancel(run.id, scene.now), undefined, "an ended one");
    const [second] = (await jobs.add([runOf(scene, { firing: "m1" })], "skip", scene.now)) ?? [];
    const cancelled = await jobs.cancel(present(second, "the run").id, scene.now + 3);
    expectSame([cancelled?.state, cancelled?.endedAt], ["cancelled", scene.now + 3], "a pending one");
    expectSame(await claim(scene), [], "runs that are due");
  },

  "a run by hand is added once, and not beside an open one where that is skipped": async (scene) => {
    const { jobs } = scene.stores;
    await put(scene);
    const byHand = runOf(scene, { firing: "m1", cause: "manual" });
    const told = await Promise.all(Array.from({ length: 5 }, () => jobs.add([byHand], "skip", scene.now)));
    expectSame(new Set(told.flatMap((runs) => runs?.map(({ id }) => id) ?? [-1])).size, 1, "runs");
    expectSame(await jobs.add([runOf(scene, { firing: "m2" })], "skip", scene.now), undefined, "a second one");
    expectSame((await jobs.add([runOf(scene, { firing: "m2" })], "queue", scene.now))?.length, 1, "one that waits");
    expectSame(await jobs.add([], "skip", scene.now), [], "none");
  },

  "history comes newest first, by pages and by state": async (scene) => {
    const { jobs } = scene.stores;
    await put(scene);
    const runs = [0, 1, 2, 3, 4].map((n) =>
      runOf(scene, { firing: `f${n}`, ...(n === 2 && ({ state: "skipped", reason: "misfire" } as const)) }),
    );
    await jobs.fire(firing(scene, { runs, overlap: "allow" }));
    const job = nameOf(scene);
    const listed = await walk((cursor) => jobs.runs({ job, limit: 2, cursor }));
    expectSame(
      listed.map((run) => run.firing),
      ["f4", "f3", "f2", "f1", "f0"],
      "history",
    );
    const { items } = await jobs.runs({ job, states: ["skipped"] });
    expectSame(
      items.map(({ reason, endedAt }) => [reason, endedAt]),
      [["misfire", scene.now]],
      "skipped ones",
    );
  },

  "what ended long ago is removed, in pieces, and nothing else": async (scene) => {
    const { jobs } = scene.stores;
    await put(scene);
    const skipped = { state: "skipped", reason: "misfire" } as const;
    const runs = [0, 1, 2].map((n) => runOf(scene, { firing: `old${n}`, ...skipped }));
    await jobs.fire(firing(scene, { runs, now: 10 }));
    await jobs.add([runOf(scene, { firing: "new", ...skipped })], "allow", 11);
    await jobs.add([runOf(scene, { firing: "open" })], "allow", 1);
    expectSame(await jobs.purge(11, 2), 2, "the first piece");
    expectThat((await jobs.purge(11, 100)) >= 1, "the second piece has a row");
    expectSame(await jobs.purge(11, 100), 0, "the third piece");
    const { items } = await jobs.runs({ job: nameOf(scene) });
    expectSame(
      items.map((run) => run.firing),
      ["open", "new"],
      "what is left",
    );
  },
};

const durable: Facts<DurableScene> = {
  "jobs and runs are there after a restart": async (scene) => {
    const run = await begun(scene);
    const stores = await scene.reopen();
    expectSame(await stores.jobs.getRun(run.id), run, "the run");
    expectSame((await stores.jobs.get(nameOf(scene)))?.nextAt, scene.now + MINUTE, "the next firing");
    expectSame((await claim({ ...scene, stores }, { now: scene.now + MINUTE })).length, 1, "what is due again");
  },
};
