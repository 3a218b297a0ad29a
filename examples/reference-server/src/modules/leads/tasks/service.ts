import { ConflictError, InputError } from "@recallkit/core";
import type * as z from "zod";
import { recordAudit } from "../../audit/service.js";
import { deleteCalls } from "../calls/delete-calls.js";
import { insertNumbered } from "../engine.js";
import { instantIn } from "../fields.js";
import type { Merchant } from "../merchant.js";
import { countCalls } from "../metrics/count-calls.js";
import { getPackage } from "../packages/store.js";
import { leadTables, type Row } from "../tables.js";
import type { createTaskBody, editTaskBody } from "./schema.js";
import { getTask, holdTask, writeTask } from "./store.js";
import { assertPeriod, assertTransition, type Overrides, overridesOf, shownFigures, stateOf } from "./task.js";

type Task = Row<"rk_dial_tasks">;

/** Adds a task to a package. @throws {NotFoundError} `lead-package.not-found` */
export async function createTask(
  { stores, tenantId, timeZone, context }: Merchant,
  packageId: number,
  { task_name, description, start_time: start, end_time: end, status, recycling }: z.output<typeof createTaskBody>,
): Promise<Task> {
  return stores.transaction(async () => {
    await getPackage(stores, tenantId, packageId, { hold: true });
    const now = context.clock.now();
    const row = {
      tenant_id: tenantId,
      package_id: packageId,
      task_name,
      description,
      start_time: start == null ? null : instantIn(start, timeZone),
      end_time: end == null ? null : instantIn(end, timeZone),
      status,
      total_calls: 0,
      connected_calls: 0,
      interested_calls: 0,
      total_duration: 0,
      overrides: null,
      recycling: recycling == null ? null : JSON.stringify(recycling),
      created_at: now,
      updated_at: now,
      deleted_at: null,
    };
    assertPeriod(row);
    return getTask(stores, tenantId, await insertNumbered(stores, "rk_dial_tasks", row));
  });
}

/** Changes what is given of a task. @throws {ConflictError} `dial-task.wrong-state`; {InputError} an end before the start */
export async function editTask(
  { stores, tenantId, timeZone, context }: Merchant,
  id: number,
  { task_name, description, start_time: start, end_time: end, status, recycling }: z.output<typeof editTaskBody>,
): Promise<Task> {
  return stores.transaction(async () => {
    const before = await getTask(stores, tenantId, id, { hold: true });
    if (status !== undefined) assertTransition(stateOf(before), status);
    const change = {
      ...(task_name !== undefined && { task_name }),
      ...(description !== undefined && { description }),
      ...(start !== undefined && { start_time: start === null ? null : instantIn(start, timeZone) }),
      ...(end !== undefined && { end_time: end === null ? null : instantIn(end, timeZone) }),
      ...(status !== undefined && { status }),
      ...(recycling !== undefined && { recycling: recycling === null ? null : JSON.stringify(recycling) }),
    };
    assertPeriod({ ...before, ...change });
    await writeTask(stores, tenantId, id, { ...change, updated_at: context.clock.now() });
    return getTask(stores, tenantId, id);
  });
}

/** Deletes a task: its calls go only when that was asked for. @throws {ConflictError} `dial-task.has-children` */
export async function deleteTask(
  { stores, tenantId, context }: Merchant,
  id: number,
  isCascade: boolean,
): Promise<void> {
  await stores.transaction(async () => {
    const { total_calls: calls } = await holdTask(stores, tenantId, id);
    if (calls > 0 && !isCascade) throw new ConflictError("dial-task.has-children", `dial task ${id} has calls`);
    const at = context.clock.now();
    await deleteCalls(stores, tenantId, { taskId: id }, at);
    await writeTask(stores, tenantId, id, { deleted_at: at, updated_at: at });
  });
}

/**
 * Counts a task's calls anew; figures that are given stand in their place, which the audit notes.
 *
 * @throws {InputError} more connected than calls, or more interested than connected
 */
export async function recountTask(
  { stores, tenantId, context, actor, actorName }: Merchant,
  id: number,
  said: Overrides,
): Promise<Task> {
  return stores.transaction(async (tx) => {
    const before = await holdTask(stores, tenantId, id);
    const sums = (await countCalls(stores, tenantId, { taskId: id })).tasks.get(id);
    const counted = {
      total_calls: sums?.calls ?? 0,
      connected_calls: sums?.connected ?? 0,
      interested_calls: sums?.interested ?? 0,
      total_duration: sums?.duration ?? 0,
    };
    assertParts(shownFigures(counted, said));
    const isSaid = Object.keys(said).length > 0;
    const at = context.clock.now();
    await writeTask(stores, tenantId, id, {
      ...counted,
      overrides: isSaid ? JSON.stringify(said) : null,
      updated_at: at,
    });
    await correctPackage(stores, tenantId, before.package_id, before, counted);
    if (isSaid || before.overrides !== null) {
      const shown = (task: Pick<Task, "overrides">) => JSON.stringify(overridesOf(task) ?? {});
      await recordAudit(tx, {
        tenantId,
        actor,
        actorName,
        action: `dial-task.metrics-${isSaid ? "overridden" : "restored"}`,
        target: `${id}: ${shown(before)} → ${JSON.stringify(said)}`,
        requestId: null,
        ip: null,
        at,
      });
    }
    return getTask(stores, tenantId, id);
  });
}

const COUNTERS = ["total_calls", "connected_calls", "interested_calls", "total_duration"] as const;
type Counters = Pick<Task, (typeof COUNTERS)[number]>;

/** What a task's counters were wrong by, its package's are wrong by too. */
async function correctPackage(
  stores: Merchant["stores"],
  tenantId: number,
  packageId: number,
  before: Counters,
  counted: Counters,
): Promise<void> {
  const wrong = COUNTERS.filter((name) => before[name] !== counted[name]);
  for (const name of wrong) {
    await leadTables(stores)
      .updateTable("rk_lead_packages")
      .set((set) => ({ [name]: set(name, "+", counted[name] - before[name]) }))
      .where("tenant_id", "=", tenantId)
      .where("id", "=", packageId)
      .execute();
  }
}

function assertParts({ total_calls, connected_calls, interested_calls }: ReturnType<typeof shownFigures>): void {
  const [path, whole] =
    connected_calls > total_calls
      ? (["connected_calls", "total_calls"] as const)
      : interested_calls > connected_calls
        ? (["interested_calls", "connected_calls"] as const)
        : [];
  if (path === undefined) return;
  throw new InputError([{ path, code: "dial-task.figures", message: `must not be more than ${whole}` }]);
}
