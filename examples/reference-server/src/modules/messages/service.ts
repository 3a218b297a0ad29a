import { InputError } from "@recallkit/core";
import type { CallerCall } from "@recallkit/http";

/** The calls about messages of whoever asks. */
export function messagesOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId).messages;
}

/** Faults by the names of the routes. @throws {InputError} */
export async function inOurTerms<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!InputError.is(error)) throw error;
    throw new InputError(error.issues.map((issue) => ({ ...issue, path: named(issue.path) })));
  }
}

/** Names of our fields; what stands in a content, or is the name of a variable, stays as it was given. */
function named(path: string): string {
  const [first = "", ...rest] = path.split(".");
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const last = rest.map((part, index) => (first === "variables" && index === 1 ? snake(part) : part));
  return [snake(first), ...last].join(".");
}

export { makeSampleTemplates } from "./sample.js";
