import type { Job } from "../../frame/server-module.js";
import { runImport, turnMs } from "./run-import.js";
import { getJob, waitingJobs } from "./store.js";
import { keepTurn, takeTurn } from "./turn.js";

/** Runs the imports that wait, one after the other; of a tenant one at a time, whatever the processes. */
export const runImports: Job = {
  name: "imports",
  roles: ["all", "worker"],
  everyMs: 1000,
  async run(context, signal) {
    const { stores, clock } = context;
    for (const waiting of await waitingJobs(stores)) {
      if (signal.aborted) return;
      const turn = await takeTurn(stores, waiting.tenantId, { now: clock.now(), forMs: turnMs(context) });
      if (!turn) continue;
      try {
        // As it is now: the one who had the turn before may have ended it.
        const job = await getJob(stores, waiting.tenantId, waiting.id).catch(() => undefined);
        if (job?.state === "queued" || job?.state === "running") await runImport(context, job, turn, signal);
      } finally {
        await keepTurn(stores, turn, 0);
      }
    }
  },
};
