import { createHmac } from "node:crypto";
import type { IdempotencyKey, Stores } from "@recallkit/core/ports";
import { type Caller, isReading } from "./caller.js";
import type { HttpContext } from "./context.js";
import { failureOf } from "./failure.js";
import { HttpError } from "./http-error.js";
import { type Access, type Call, isReply, type Reply, type Route, type RouteFacts, reply } from "./route.js";

/** A call of somebody who is known. */
export type CallerCall<C extends HttpContext = HttpContext, S extends Caller = Caller> = Call<
  unknown,
  unknown,
  unknown,
  Access,
  C,
  S
> & { readonly session: S };

/** Notes a change beside the change itself, in its transaction. */
export type RecordChange<C extends HttpContext = HttpContext, S extends Caller = Caller> = (
  route: RouteFacts,
  call: CallerCall<C, S>,
) => Promise<void>;

/** How long one request may hold its key, ms; then it counts as abandoned. */
const LOCK_MS = 60_000;
/** How long answers are kept for repeats, ms. */
const KEPT_MS = 86_400_000;

/** True for routes that change something of a tenant. */
export function isChanging({ method, auth }: RouteFacts): boolean {
  return method !== "get" && auth !== "public" && !isReading(auth);
}

/** True for routes that take an `Idempotency-Key`: a secret must not be kept for repeats, and a stream has no fingerprint. */
export function takesKey(route: RouteFacts): boolean {
  return isChanging(route) && !route.isSecret && !route.accepts?.isStreamed;
}

/**
 * Runs a changing route: with a key, at most once for a key, tenant and route; repeats get the first answer.
 *
 * @param sent the request as it came, whatever tells two requests apart
 * @throws {HttpError} 422 `idempotency.mismatch`; 409 `idempotency.running`, `idempotency.outcome-unknown`; what the handler throws
 */
export async function changeOnce<C extends HttpContext, S extends Caller>(
  route: Route<C, S>,
  call: CallerCall<C, S>,
  sent: unknown,
  record: RecordChange<C, S>,
): Promise<Reply> {
  if (call.idempotencyKey === undefined || !takesKey(route)) return change(route, call, record);
  const { context, session } = call;
  const { idempotency } = context.stores;
  const key = {
    tenantId: session.tenantId,
    route: `${route.method.toUpperCase()} ${route.path}`,
    key: call.idempotencyKey,
  };
  const fingerprint = createHmac("sha256", await context.fingerprintKey(session.tenantId))
    .update(JSON.stringify(sent))
    .digest("hex");
  const now = context.clock.now();
  const lockedUntil = now + LOCK_MS;
  const isOutside = route.effects === "outside";
  const isRepeatable = isOutside && route.isRepeatable?.(call.body) === true;
  const claim = await idempotency.begin(key, { fingerprint, now, lockedUntil, expiresAt: now + KEPT_MS });
  switch (claim.kind) {
    case "finished":
      return reply(JSON.parse(claim.answer.body), {
        status: claim.answer.status,
        headers: { "idempotent-replayed": "true" },
      });
    case "mismatch":
      throw new HttpError(422, "idempotency.mismatch");
    case "running":
      if (isRepeatable) break;
      throw running(claim.lockedUntil - now);
    case "abandoned":
      if (isRepeatable) break;
      // What only wrote to the database wrote nothing. What called others may have succeeded: nobody knows.
      if (isOutside) throw new HttpError(409, "idempotency.outcome-unknown");
      if (!(await idempotency.resume(key, { now, lockedUntil }))) throw running(LOCK_MS);
  }
  try {
    return await change(route, call, record, key);
  } catch (error) {
    const isRefusal = failureOf(error).status < 500;
    // A change that may have reached others keeps its key, so that nobody repeats it blindly.
    if (!isOutside || isRepeatable || isRefusal) await idempotency.release(key);
    throw error;
  }
}

/** Runs the handler; the note about it and the kept answer are written with it, or after it where it reaches outside. */
async function change<C extends HttpContext, S extends Caller>(
  route: Route<C, S>,
  call: CallerCall<C, S>,
  record: RecordChange<C, S>,
  key?: IdempotencyKey,
): Promise<Reply> {
  const { stores } = call.context;
  const finish = ({ idempotency }: Pick<Stores, "idempotency">, name: IdempotencyKey, answer: Reply) =>
    idempotency.finish(name, { status: statusOf(route, answer), body: JSON.stringify(answer.body) });
  if (route.effects === "outside") {
    // What was done is done whatever is written of it: each is a statement of its own, so that stores write those of many
    // requests at once. A process that dies between the two leaves its key to say that nobody knows.
    const answer = asReply(await route.handler(call));
    await record(route, call);
    if (key) await finish(stores, key, answer);
    return answer;
  }
  // Code inside that asks the kit for the stores joins this transaction.
  return stores.transaction(async (tx) => {
    const answer = asReply(await route.handler(call));
    await record(route, call);
    // Somebody took the key over and was faster: what this one wrote goes back with the transaction.
    if (key && !(await finish(tx, key, answer))) throw running(LOCK_MS);
    return answer;
  });
}

/** Status of an answer. */
export function statusOf(route: RouteFacts, { status }: Reply): number {
  return status ?? route.status ?? 200;
}

/** An answer in one form. */
export function asReply(answer: unknown): Reply {
  return isReply(answer) ? answer : reply(answer);
}

function running(forMs: number): HttpError {
  const seconds = Math.max(1, Math.ceil(forMs / 1000));
  return new HttpError(409, "idempotency.running", { headers: { "retry-after": String(seconds) } });
}
