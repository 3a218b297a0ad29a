import { mayServe, visibleTo } from "../access.js";
import type { Desk } from "../context.js";
import type { DeskAccess, DeskOutcome } from "../desk.js";
import { insertNumbered } from "../engine.js";
import { findProject } from "../projects/store.js";
import { done, refused } from "../refusals.js";
import { deskTables, type Row } from "../tables.js";
import type { SeenVersion } from "../tickets/work.js";

/** What is said of a machine of a customer. */
export interface EquipmentInput {
  readonly customerId: number;
  readonly projectId?: number | null | undefined;
  readonly serial: string;
  readonly model: string;
  readonly warrantyUntil?: string | null | undefined;
}

export type EquipmentRow = Row<"rk_equipment">;

function seenEquipment({ stores, tenantId }: Desk, access: DeskAccess) {
  return deskTables(stores)
    .selectFrom("rk_equipment")
    .where(visibleTo(tenantId, access, "rk_equipment"));
}

/** A machine that somebody sees. */
export async function findEquipment(desk: Desk, access: DeskAccess, id: number): Promise<EquipmentRow | undefined> {
  return seenEquipment(desk, access).selectAll().where("id", "=", id).executeTakeFirst();
}

/** One page of the machines that somebody sees, newest first. */
export async function listEquipment(
  desk: Desk,
  access: DeskAccess,
  {
    page = 1,
    page_size: size = 50,
    ...filter
  }: {
    readonly customer_id?: number | undefined;
    readonly project_id?: number | undefined;
    readonly serial?: string | undefined;
    readonly page?: number | undefined;
    readonly page_size?: number | undefined;
  },
) {
  let found = seenEquipment(desk, access);
  for (const column of ["customer_id", "project_id", "serial"] as const) {
    const value = filter[column];
    if (value !== undefined) found = found.where(column, "=", value);
  }
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy("id", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { rows, total: Number(total), page, page_size: size };
}

/** Registers a machine; a serial number once for a tenant. */
export async function addEquipment(
  desk: Desk,
  access: DeskAccess,
  input: EquipmentInput,
): Promise<DeskOutcome<EquipmentRow>> {
  const { stores, tenantId, context } = desk;
  return stores.transaction(async () => {
    if (access.kind === "customer") return refused("desk.forbidden");
    const { customerId, projectId = null, serial, model, warrantyUntil = null } = input;
    if (!(await mayServe(stores, tenantId, access, customerId))) return refused("desk-customer.not-found");
    if (!(await isProjectOf(desk, access, projectId, customerId))) return refused("project.not-found");
    if (await hasSerial(desk, serial)) return refused("equipment.serial-taken");
    const now = context.clock.now();
    const id = await insertNumbered(stores, "rk_equipment", {
      tenant_id: tenantId,
      customer_id: customerId,
      project_id: projectId,
      serial,
      model,
      warranty_until: warrantyUntil,
      version: 1,
      created_at: now,
      updated_at: now,
    });
    return read(desk, id);
  });
}

async function read(desk: Desk, id: number): Promise<DeskOutcome<EquipmentRow>> {
  const row = await findEquipment(desk, { kind: "admin" }, id);
  return row ? done(row) : refused("equipment.not-found");
}

async function isProjectOf(desk: Desk, access: DeskAccess, projectId: number | null, customerId: number) {
  if (projectId === null) return true;
  return (await findProject(desk, access, projectId))?.customer_id === customerId;
}

async function hasSerial({ stores, tenantId }: Desk, serial: string): Promise<boolean> {
  const row = await deskTables(stores)
    .selectFrom("rk_equipment")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("serial", "=", serial)
    .executeTakeFirst();
  return row !== undefined;
}

/** Changes what is given of a machine. */
export async function editEquipment(
  desk: Desk,
  access: DeskAccess,
  id: number,
  {
    version,
    ...patch
  }: SeenVersion & {
    readonly projectId?: number | null | undefined;
    readonly serial?: string | undefined;
    readonly model?: string | undefined;
    readonly warrantyUntil?: string | null | undefined;
  },
): Promise<DeskOutcome<EquipmentRow>> {
  const { stores, tenantId, context } = desk;
  return stores.transaction(async () => {
    const before = await findEquipment(desk, access, id);
    if (!before) return refused("equipment.not-found");
    if (access.kind === "customer") return refused("desk.forbidden");
    if (version !== undefined && version !== before.version) return refused("desk.stale-version");
    const { projectId, serial, model, warrantyUntil } = patch;
    if (projectId !== undefined && !(await isProjectOf(desk, access, projectId, before.customer_id))) {
      return refused("project.not-found");
    }
    if (serial !== undefined && serial !== before.serial && (await hasSerial(desk, serial))) {
      return refused("equipment.serial-taken");
    }
    const { numUpdatedRows } = await deskTables(stores)
      .updateTable("rk_equipment")
      .set(({ eb }) => ({
        ...(projectId !== undefined && { project_id: projectId }),
        ...(serial !== undefined && { serial }),
        ...(model !== undefined && { model }),
        ...(warrantyUntil !== undefined && { warranty_until: warrantyUntil }),
        version: eb("version", "+", 1),
        updated_at: context.clock.now(),
      }))
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .where("version", "=", before.version)
      .executeTakeFirst();
    return numUpdatedRows === 0n ? refused("desk.stale-version") : read(desk, id);
  });
}
