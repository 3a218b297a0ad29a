// How routes of the desk know who calls, and what they answer a no with.
import { ConflictError, NotFoundError } from "@recallkit/core";
import { HttpError } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";
import { type Desk, deskOf } from "./context.js";
import type { DeskAccess, DeskOutcome } from "./desk.js";
import { accessOfUser } from "./staff/store.js";

interface DeskCall {
  readonly context: ServerContext;
  readonly session: Session;
}

/** The desk of whoever calls, and what they may see of it. */
export async function deskFor({
  context,
  session,
}: DeskCall): Promise<{ readonly desk: Desk; readonly access: DeskAccess }> {
  const desk = await deskOf(context, session.tenantId, session.actor);
  return { desk, access: await accessOf(context, session) };
}

async function accessOf({ stores }: ServerContext, { userId, role, tenantId }: Session): Promise<DeskAccess> {
  // Keys are given out by admins, for programs that work for all of the tenant.
  if (userId === null || role === "admin" || role === "platform") return { kind: "admin" };
  const access = await accessOfUser(stores, tenantId, userId);
  // Of the two roles below an admin nobody gets more than the role allows, whatever the desk says.
  if (role === "customer") return access?.kind === "customer" ? access : { kind: "customer", customerId: 0 };
  if (!access) return { kind: "staff", staffId: 0 };
  return access;
}

/**
 * What was done.
 *
 * @throws {NotFoundError} what is not there for the caller. @throws {HttpError} 403 `desk.forbidden`. @throws {ConflictError} every other no
 */
export function settled<T>(outcome: DeskOutcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code } = outcome;
  if (code === "desk.forbidden") throw new HttpError(403, code);
  if (code.endsWith(".not-found")) throw new NotFoundError(code, code);
  throw new ConflictError(code, code);
}
