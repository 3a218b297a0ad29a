import { type Clock, type Logger, NotFoundError, type RecallKit } from "@recallkit/core";
import * as z from "zod";
import type { Caller, HostCaller } from "./caller.js";
import { HttpError } from "./http-error.js";
import type { Visit } from "./visit.js";

/**
 * A host's own sign-in: finds who calls.
 *
 * @param request method, address and headers; its body stays unread
 * @param options `signal`: aborted when the caller goes away, or when it takes longer than `limits.authorizeMs`
 * @returns null for nobody: 401. An {@link HttpError} is answered as it is, everything else thrown with 503
 */
export type Authorize = (
  request: Request,
  options: { readonly signal: AbortSignal },
) => HostCaller | null | Promise<HostCaller | null>;

const callerSchema = z.object({
  tenantId: z.int().min(1),
  actor: z.string().min(1).max(255),
  permissions: z.union([z.literal("all"), z.array(z.string())]),
});

const EVERYTHING = { has: () => true };

interface AuthorizeContext {
  readonly kit: Pick<RecallKit, "forTenant">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A host's `authorize` as the frame asks: in time, checked, of a tenant that is there. */
export function hostCallers(authorize: Authorize, deadlineMs: number) {
  // Tenants are never removed, so each is looked up once.
  const known = new Set<number>();
  return async (visit: Visit, { kit, clock, logger }: AuthorizeContext): Promise<Caller | null> => {
    const given = await inTime(authorize, visit, { clock, deadlineMs });
    if (given === null || given === undefined) return null;
    const checked = callerSchema.safeParse(given);
    if (!checked.success) {
      // The host's mistake: told to the host, in the log, and not to the caller.
      const fields = checked.error.issues.map(({ path }) => path.join(".") || "the answer");
      throw new HttpError(500, "auth.malformed-caller", {
        cause: new TypeError(`authorize: wrong ${[...new Set(fields)].join(", ")}`),
      });
    }
    const { tenantId, actor, permissions } = checked.data;
    try {
      if (!known.has(tenantId)) await kit.forTenant(tenantId).tenant();
      known.add(tenantId);
    } catch (error) {
      if (!NotFoundError.is(error)) throw error;
      logger.warn("auth.unknown-tenant", { tenantId });
      throw new HttpError(403, "auth.forbidden", { cause: error });
    }
    return { tenantId, actor, permissions: permissions === "all" ? EVERYTHING : new Set(permissions) };
  };
}

/** @throws {HttpError} 503 `auth.unavailable`: it threw, or took too long */
async function inTime(
  authorize: Authorize,
  visit: Visit,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): Promise<HostCaller | null | undefined> {
  const late = new AbortController();
  const answered = new AbortController();
  const signal = AbortSignal.any([visit.signal(), late.signal]);
  const deadline = clock.sleep(deadlineMs, answered.signal).then(() => {
    if (answered.signal.aborted) return null;
    late.abort();
    throw away(new Error(`authorize took longer than ${deadlineMs} ms`));
  });
  try {
    const given = Promise.resolve().then(() => authorize(visit.request(), { signal }));
    return await Promise.race([given, deadline]);
  } catch (error) {
    throw error instanceof HttpError ? error : away(error);
  } finally {
    answered.abort();
  }
}

function away(cause: unknown): HttpError {
  return new HttpError(503, "auth.unavailable", { headers: { "retry-after": "1" }, cause });
}
