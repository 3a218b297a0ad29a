import { RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ServerConfig } from "../config.js";
import type { CommandContext } from "./command.js";
import { openStores } from "./database.js";
import { schemaState } from "./schema-state.js";

/** One thing looked at. `not-configured` is no fault by itself; `warning` works, but should not stay so. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "missing" | "unreachable" | "not-configured";
  /** Nothing works without it. */
  readonly required: boolean;
  readonly detail: string;
}

/** Looks at one thing, once the environment is known to be right. */
export type LookAt = (context: CommandContext, config: ServerConfig) => Promise<Check>;

/** Looks at something in the database; one that is not there yet, or not up to date, has a line of its own. */
export async function checkInside(
  context: CommandContext,
  name: string,
  look: (stores: SqlStores) => Promise<Pick<Check, "status" | "detail">>,
): Promise<Check> {
  try {
    if ((await schemaState(context)).state !== "current") {
      const detail = "looked at once the database is up to date";
      return { name, required: false, status: "not-configured", detail };
    }
    const stores = await openStores(context);
    try {
      return { name, required: true, ...(await look(stores)) };
    } finally {
      await stores.close();
    }
  } catch (error) {
    return { name, required: true, status: "unreachable", detail: told(error) };
  }
}

/** What went wrong, in one line. */
export function told(error: unknown): string {
  if (!RecallKitError.is(error)) return error instanceof Error ? error.message : "unknown";
  return `${error.code}: ${error.message.replace(/\s*\n\s*/g, "; ")}${error.hint === undefined ? "" : ` (${error.hint})`}`;
}
