import { createHmac } from "node:crypto";
import type { IdempotencyKey, Stores } from "@recallkit/core";
import { failureOf } from "./failure.js";
import { HttpError } from "./http-error.js";
import { isReading } from "./permissions.js";
import { type Call, isReply, type Reply, type Route, reply, type Session } from "./route.js";

/** Notes a change beside the change itself; a transaction's stores fit. */
export type RecordChange = (route: Route, call: SessionCall) => Promise<void>;

type SessionCall = Call & { readonly session: Session };

/** How long one request may hold its key, ms; then it counts as abandoned. */
const LOCK_MS = 60_000;
/** How long answers are kept for repeats, ms. */
const KEPT_MS = 86_400_000;

/** True for routes that change something of a tenant. */
export function isChanging({ method, auth }: Route): boolean {
  return method !== "get" && auth !== "public" && !isReading(auth);
}

/** True for routes that take an `Idempotency-Key`: a secret must not be kept for repeats. */
export function takesKey(route: Route): boolean {
  return isChanging(route) && !route.isSecret;
}

/**
 * Runs a changing route: with a key, at most once for a key, tenant and route; repeats get the first answer.
 *
 * @param sent the request as it came, whatever tells two requests apart
 * @throws {HttpError} 422 `idempotency.mismatch`; 409 `idempotency.running`, `idempotency.outcome-unknown`; what the handler throws
 */
export async function changeOnce(route: Route, call: SessionCall, sent: unknown, record: RecordChange): Promise<Reply> {
  if (call.idempotencyKey === undefined || !takesKey(route)) return change(route, call, record);
  const { context, session } = call;
  const { idempotency } = context.stores;
  const key = {
    tenantId: session.tenantId,
    route: `${route.method.toUpperCase()} ${route.path}`,
    key: call.idempotencyKey,
  };
  const fingerprint = createHmac("sha256", context.keys.derive("idempotency", session.tenantId))
    .update(JSON.stringify(sent))
    .digest("hex");
  const now = context.clock.now();
  const lockedUntil = now + LOCK_MS;
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
      throw running(claim.lockedUntil - now);
    case "abandoned":
      // What only wrote to the database wrote nothing. What called others may have succeeded: nobody knows.
      if (route.effects === "outside") throw new HttpError(409, "idempotency.outcome-unknown");
      if (!(await idempotency.resume(key, { now, lockedUntil }))) throw running(LOCK_MS);
  }
  try {
    return await change(route, call, record, key);
  } catch (error) {
    const isRefusal = failureOf(error).status < 500;
    // A change that may have reached others keeps its key, so that nobody repeats it blindly.
    if (route.effects !== "outside" || isRefusal) await idempotency.release(key);
    throw error;
  }
}

/** Runs the handler; the note about it and the kept answer are written with it, or after it when it reaches outside. */
async function change(route: Route, call: SessionCall, record: RecordChange, key?: IdempotencyKey): Promise<Reply> {
  const { stores } = call.context;
  const close = async (tx: Stores, answer: Reply) => {
    await record(route, call);
    if (!key) return answer;
    const kept = { status: statusOf(route, answer), body: JSON.stringify(answer.body) };
    // Somebody took the key over and was faster: what this one wrote goes back with the transaction.
    if (!(await tx.idempotency.finish(key, kept)) && route.effects !== "outside") throw running(LOCK_MS);
    return answer;
  };
  if (route.effects === "outside") {
    const answer = asReply(await route.handler(call));
    return stores.transaction((tx) => close(tx, answer));
  }
  // Code inside that asks the kit for the stores joins this transaction.
  return stores.transaction(async (tx) => close(tx, asReply(await route.handler(call))));
}

/** Status of an answer. */
export function statusOf(route: Route, { status }: Reply): number {
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
