import { searchForm } from "@recallkit/core/ports";
import type { Updateable } from "kysely";
import { mayServe } from "../access.js";
import { type Desk, inTurn } from "../context.js";
import type { DeskAccess, DeskOutcome, Project, ProjectInput, ProjectStage } from "../desk.js";
import { insertNumbered } from "../engine.js";
import { labelStages } from "../labels.js";
import { done, refused } from "../refusals.js";
import { bindCustomer } from "../staff/bindings.js";
import { getStaff } from "../staff/store.js";
import { type DeskTables, deskTables, type Row } from "../tables.js";
import type { SeenVersion } from "../tickets/work.js";
import { mayGo } from "./stages.js";
import { findProject, noteProject, projectOf, stageOf } from "./store.js";

const ADMIN = { kind: "admin" } as const;

/** Begins a project before the sale. The same key begins one, however often it is asked. */
export function recordProject(desk: Desk, access: DeskAccess, input: ProjectInput): Promise<DeskOutcome<Project>> {
  return inTurn(desk, async () => {
    const { stores, tenantId, context } = desk;
    if (access.kind === "customer") return refused("desk.forbidden");
    const { customerId, requestKey = null, name } = input;
    const known = requestKey === null ? undefined : await keyed(desk, requestKey);
    if (known !== undefined) {
      const row = await findProject(desk, access, known);
      return row ? done(projectOf(row)) : refused("project.not-found");
    }
    if (!(await mayServe(stores, tenantId, access, customerId))) return refused("desk-customer.not-found");
    const ownerId = input.ownerId === undefined ? (access.kind === "staff" ? access.staffId : null) : input.ownerId;
    const fault = await ownerFault(desk, ownerId);
    if (fault) return fault;
    const now = context.clock.now();
    const id = await insertNumbered(stores, "rk_projects", {
      tenant_id: tenantId,
      customer_id: customerId,
      request_key: requestKey,
      name,
      name_search: searchForm(name),
      stage: "pre_sales",
      stage_at: now,
      owner_id: ownerId,
      value_minor: input.valueMinor ?? 0,
      expected_on: input.expectedOn ?? null,
      source: input.source ?? "",
      note: input.note ?? "",
      version: 1,
      created_at: now,
      updated_at: now,
    });
    const row = await getProject(desk, id);
    await noteProject(desk, access, row, { kind: "created", from: null, since: now });
    // A customer who was nobody's is now of whoever recorded them.
    if (access.kind === "staff") await bindCustomer(desk, customerId, access.staffId, "project");
    await labelStages(desk, customerId);
    return done(projectOf(row));
  });
}

async function keyed({ stores, tenantId }: Desk, requestKey: string): Promise<number | undefined> {
  const row = await deskTables(stores)
    .selectFrom("rk_projects")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("request_key", "=", requestKey)
    .executeTakeFirst();
  return row?.id;
}

async function getProject(desk: Desk, id: number): Promise<Row<"rk_projects">> {
  const row = await findProject(desk, ADMIN, id);
  if (!row) throw new Error("a project that was just written is not there");
  return row;
}

async function ownerFault({ stores, tenantId }: Desk, ownerId: number | null) {
  if (ownerId === null) return undefined;
  const owner = await getStaff(stores, tenantId, ownerId);
  if (!owner || owner.role === "customer") return refused("desk-staff.not-found");
  return owner.leftAt === null ? undefined : refused("desk-staff.left");
}

/** What can be changed of a project beside its stage. */
export interface ProjectPatch {
  readonly name?: string | undefined;
  readonly ownerId?: number | null | undefined;
  readonly valueMinor?: number | undefined;
  readonly expectedOn?: string | null | undefined;
  readonly source?: string | undefined;
  readonly note?: string | undefined;
}

/** A project that somebody may change, or why not. */
async function changeable(desk: Desk, access: DeskAccess, id: number, { version }: SeenVersion) {
  const row = await findProject(desk, access, id);
  if (!row) return refused("project.not-found");
  if (access.kind === "customer") return refused("desk.forbidden");
  return version !== undefined && version !== row.version ? refused("desk.stale-version") : { row };
}

async function write(
  desk: Desk,
  id: number,
  change: Updateable<DeskTables["rk_projects"]>,
): Promise<Row<"rk_projects">> {
  await deskTables(desk.stores)
    .updateTable("rk_projects")
    .set(({ eb }) => ({ ...change, version: eb("version", "+", 1), updated_at: desk.context.clock.now() }))
    .where("tenant_id", "=", desk.tenantId)
    .where("id", "=", id)
    .execute();
  return getProject(desk, id);
}

/** Changes what is given of a project. */
export function editProject(
  desk: Desk,
  access: DeskAccess,
  id: number,
  patch: ProjectPatch & SeenVersion,
): Promise<DeskOutcome<Project>> {
  return inTurn(desk, async () => {
    const found = await changeable(desk, access, id, patch);
    if ("ok" in found) return found;
    const { name, ownerId, valueMinor, expectedOn, source, note } = patch;
    const fault = ownerId === undefined ? undefined : await ownerFault(desk, ownerId);
    if (fault) return fault;
    const after = await write(desk, id, {
      ...(name !== undefined && { name, name_search: searchForm(name) }),
      ...(ownerId !== undefined && { owner_id: ownerId }),
      ...(valueMinor !== undefined && { value_minor: valueMinor }),
      ...(expectedOn !== undefined && { expected_on: expectedOn }),
      ...(source !== undefined && { source }),
      ...(note !== undefined && { note }),
    });
    await noteProject(desk, access, after, { kind: "edited", from: after.stage, since: after.stage_at });
    return done(projectOf(after));
  });
}

/** Moves a project to another stage. */
export function moveProject(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { stage, note = "", version }: SeenVersion & { readonly stage: ProjectStage; readonly note?: string | undefined },
): Promise<DeskOutcome<Project>> {
  return inTurn(desk, async () => {
    const found = await changeable(desk, access, id, { version });
    if ("ok" in found) return found;
    const { row: before } = found;
    if (!mayGo(stageOf(before.stage), stage)) return refused("project.wrong-stage");
    const after = await write(desk, id, { stage, stage_at: desk.context.clock.now() });
    await noteProject(desk, access, after, { kind: "stage", from: before.stage, since: before.stage_at, note });
    await labelStages(desk, after.customer_id);
    return done(projectOf(after));
  });
}
