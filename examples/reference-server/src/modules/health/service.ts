import { RecallKitError } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";

/** Whether the database answers. */
export async function databaseState({ stores }: Pick<ServerContext, "stores">): Promise<"ok" | "unavailable"> {
  try {
    await stores.tenants.list();
    return "ok";
  } catch {
    return "unavailable";
  }
}

/** Ready when the database answers and its schema is this program's. */
export async function databaseReadiness({ stores }: Pick<ServerContext, "stores">): Promise<string | undefined> {
  try {
    await stores.assertMigrated();
    return undefined;
  } catch (error) {
    return RecallKitError.is(error) ? error.code : "storage.unavailable";
  }
}

/** What keeps the server from being ready, by module; empty when it is. */
export async function missingForReadiness(context: ServerContext): Promise<Readonly<Record<string, string>>> {
  if (context.lifecycle.isDraining) return { server: "draining" };
  const answers = await Promise.all(
    context.modules.map(async ({ name, readiness }) => [name, await readiness?.(context)] as const),
  );
  return Object.fromEntries(answers.filter((answer): answer is [string, string] => answer[1] !== undefined));
}
