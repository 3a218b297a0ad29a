import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";

/** Lets a request in that sends messages, and counts it as long as it works. @throws {HttpError} 429 `http.too-many-requests` */
export async function admitted<T>(
  { session, context }: { readonly session: Session; readonly context: Pick<ServerContext, "concurrency"> },
  work: () => Promise<T>,
): Promise<T> {
  const permit = await context.concurrency.admitSend(session.tenantId);
  try {
    return await work();
  } finally {
    await permit.end();
  }
}
