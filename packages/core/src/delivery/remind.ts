import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, NotFoundError, RecallKitError } from "../errors.js";
import type { TaskResult } from "./tasks.js";
import { onWaitingTasks } from "./tasks.js";

/**
 * Reminds staff of the tasks of an occurrence that they have not confirmed. The provider limits how often.
 *
 * @throws {NotFoundError} `occurrence.not-found`; {ConflictError} `occurrence.nothing-waiting`
 */
export async function remindStaff(context: EngineContext, tenantId: number, occurrenceId: number): Promise<TaskResult> {
  if (!(await context.stores.occurrences.get(tenantId, occurrenceId))) {
    throw new NotFoundError("occurrence.not-found", `no occurrence ${occurrenceId}`);
  }
  const result = await onWaitingTasks(context, tenantId, occurrenceId, async (channel, _batch, providerMessageId) => {
    if (!channel.remind) throw new RecallKitError("channel.remind-unavailable", `${channel.name} can't remind`);
    await callChannel(context, channel.name, async (signal) => channel.remind?.(providerMessageId, { signal }));
  });
  if (result.done > 0 || result.failed.length > 0) return result;
  throw new ConflictError("occurrence.nothing-waiting", `nobody waits for staff in occurrence ${occurrenceId}`);
}
