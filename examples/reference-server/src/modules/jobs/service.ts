import type { Clock, Ids, Logger, Random } from "@recallkit/core";
import type { Stores } from "@recallkit/core/ports";
import { createScheduler, defineJob, type EndedAttempt, type Scheduler } from "@recallkit/scheduler";
import type { ServerContext, ServerRole } from "../../frame/context.js";
import type { ScheduledJob, ServerModule } from "../../frame/server-module.js";

/** What a scheduler is made of. */
export interface SchedulerParts {
  readonly stores: Pick<Stores, "jobs">;
  readonly modules: readonly Pick<ServerModule, "jobs">[];
  readonly role: ServerRole;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly leaseMs?: number | undefined;
  readonly shutdownMs?: number;
  /** What jobs work with; asked when one runs. */
  context(): ServerContext;
  readonly onEnd?: (ended: EndedAttempt) => void;
}

/** The jobs of all modules; of them this process runs those of its role. */
export function openScheduler({ modules, role, context, leaseMs, ...parts }: SchedulerParts): Scheduler {
  const declared = modules.flatMap(({ jobs = [] }) => jobs).filter((job) => "schedule" in job);
  return createScheduler({
    ...parts,
    ...(leaseMs !== undefined && { leaseMs }),
    jobs: declared.map(({ roles: _, run, ...job }) => defineJob({ ...job, run: (turn) => run(context(), turn) })),
    taken: declared.filter((job) => rolesOf(job).includes(role)).map(({ name }) => name),
  });
}

function rolesOf({ roles = ["all", "scheduler"] }: ScheduledJob): readonly ServerRole[] {
  return roles;
}
