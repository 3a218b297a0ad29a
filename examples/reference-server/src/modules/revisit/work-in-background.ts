import type { ServerContext } from "../../frame/context.js";
import type { Institution } from "../institutions/service.js";
import { openDesk } from "./open-desk.js";
import { workRun } from "./run.js";
import type { RevisitRun } from "./run-store.js";

/**
 * Works a run while its caller goes on. It ends with the server, between two pages; what is left is taken up by whichever
 * process looks for abandoned runs.
 *
 * @returns settles when it has ended, and never fails
 */
export function workInBackground(
  context: ServerContext,
  institution: Institution,
  run: RevisitRun,
  actor: string,
): Promise<unknown> {
  const work = workRun(openDesk(context, institution, actor), run, { signal: context.stopping });
  return work.catch((error: unknown) => {
    const code = error instanceof Error ? error.name : "unknown";
    context.logger.error("revisits.run_failed", { tenantId: institution.tenantId, runId: run.id, code });
  });
}
