import { NotFoundError } from "@recallkit/core";
import type * as z from "zod";
import { held } from "../engine.js";
import { type LeadDatabase, leadTables, type Row } from "../tables.js";
import type { tasksQuery } from "./schema.js";

/** A task that is not deleted. @throws {NotFoundError} `dial-task.not-found` */
export async function getTask(
  database: LeadDatabase,
  tenantId: number,
  id: number,
  { hold = false }: { readonly hold?: boolean } = {},
): Promise<Row<"rk_dial_tasks">> {
  const query = leadTables(database)
    .selectFrom("rk_dial_tasks")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null);
  const row = await (hold ? held(database, query) : query).executeTakeFirst();
  if (!row) throw new NotFoundError("dial-task.not-found", `no dial task ${id}`);
  return row;
}

/**
 * A task whose package is held as well, and first: whoever changes calls of a package waits for whoever does so already, and
 * all of them hold things in one order.
 */
export async function holdTask(database: LeadDatabase, tenantId: number, id: number): Promise<Row<"rk_dial_tasks">> {
  const { package_id: packageId } = await getTask(database, tenantId, id);
  await held(
    database,
    leadTables(database)
      .selectFrom("rk_lead_packages")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", packageId),
  ).execute();
  return getTask(database, tenantId, id, { hold: true });
}

/** One page of a package's tasks, the latest first. */
export async function listTasks(
  database: LeadDatabase,
  tenantId: number,
  packageId: number,
  { page = 1, page_size: size = 50, status }: z.output<typeof tasksQuery>,
) {
  let found = leadTables(database)
    .selectFrom("rk_dial_tasks")
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .where("deleted_at", "is", null);
  if (status !== undefined) found = found.where("status", "=", status);
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy("id", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { rows, total: Number(total), page, size };
}

/** Changes columns of a task. */
export async function writeTask(
  database: LeadDatabase,
  tenantId: number,
  id: number,
  change: Partial<Omit<Row<"rk_dial_tasks">, "id" | "tenant_id">>,
): Promise<void> {
  await leadTables(database)
    .updateTable("rk_dial_tasks")
    .set(change)
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}
