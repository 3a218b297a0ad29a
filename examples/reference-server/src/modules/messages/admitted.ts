import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";

/**
 * Lets a request in that sends messages, and counts it as long as it works.
 *
 * @throws {HttpError} 429 `http.too-many-requests`, `message.backlog-full`
 */
export async function admitted<T>(
  { session, context }: { readonly session: Session; readonly context: Pick<ServerContext, "concurrency" | "kit"> },
  work: () => Promise<T>,
): Promise<T> {
  const { tenantId } = session;
  const waiting = async () => {
    const { byLane } = await context.kit.forTenant(tenantId).messages.waiting();
    return Object.values(byLane).reduce((sum, count) => sum + count, 0);
  };
  const permit = await context.concurrency.admitSend(tenantId, waiting);
  try {
    return await work();
  } finally {
    await permit.end();
  }
}
