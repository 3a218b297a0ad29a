import { describe } from "vitest";
import { jobStoreConformance } from "./index.js";
import { broken, forgetful, merelyTells, provesEveryCase, takes, tells } from "./testing/broken.js";

describe("jobs", () => {
  provesEveryCase(jobStoreConformance, {
    "fires what it does not know": broken({ jobs: { fire: merelyTells(true) } }, [
      "there is nothing in an empty store",
      "a paused job does not fire, and goes on from where it is told",
    ]),
    "moves a job with every put": broken(
      {
        jobs: {
          put:
            (real, { jobs }) =>
            async (job, now) => {
              await real({ ...job, schedule: `${job.schedule} ` }, now);
              return jobs.put(job, now);
            },
        },
      },
      ["a job is put once, and goes on from elsewhere only with another schedule"],
    ),
    "lets everybody fire": broken(
      {
        jobs: {
          fire: (real) => async (firing) => {
            await real(firing);
            return true;
          },
        },
      },
      ["of twenty who fire one does"],
    ),
    "forgets parameters": broken(
      { jobs: { add: tells((runs) => runs?.map((run) => ({ ...run, parameter: null }))) } },
      ["every field of a run is kept"],
    ),
    "lets all run side by side": broken(
      {
        jobs: {
          claim: takes((claim) => [
            { ...claim, jobs: claim.jobs.map((job) => ({ ...job, overlap: "allow" as const })) },
          ]),
        },
      },
      [
        "a firing beside an open run is left out, waits or goes along, as its job says",
        "shards of one firing run side by side, the next firing after them",
      ],
    ),
    "claims before the time": broken({ jobs: { claim: takes((claim) => [{ ...claim, now: claim.now + 1 }]) } }, [
      "each run is claimed by one, the oldest first, and none before its time",
      "a run that is tried again waits for its time",
    ]),
    "believes whoever had a lease": broken({ jobs: { end: merelyTells(true) } }, [
      "whose lease ran out writes nothing any more, and the next attempt has a higher epoch",
    ]),
    "cancels nothing": broken({ jobs: { cancel: merelyTells(undefined) } }, [
      "a pending run is cancelled, a running one is asked to end, an ended one stays",
    ]),
    "adds by hand what it likes": broken({ jobs: { add: takes((runs, _, now) => [runs, "allow", now]) } }, [
      "a run by hand is added once, and not beside an open one where that is skipped",
    ]),
    "tells history the other way round": broken(
      { jobs: { runs: tells(({ items, nextCursor }) => ({ items: items.toReversed(), nextCursor })) } },
      ["history comes newest first, by pages and by state"],
    ),
    "removes a moment too much": broken({ jobs: { purge: takes((before, limit) => [before + 1, limit]) } }, [
      "what ended long ago is removed, in pieces, and nothing else",
    ]),
    "forgets on reopen": forgetful(["jobs and runs are there after a restart"]),
  });
});
