import { searchForm } from "@recallkit/core/ports";
import { type SqlBool, sql } from "kysely";
import { visibleTo } from "../access.js";
import { actorOf, type Desk } from "../context.js";
import { type DeskAccess, PROJECT_STAGES, type Project, type ProjectStage } from "../desk.js";
import { insertMany } from "../engine.js";
import { type DeskDatabase, deskTables, type Row } from "../tables.js";

/** Projects that somebody sees. */
function seenProjects(database: DeskDatabase, tenantId: number, access: DeskAccess) {
  return deskTables(database)
    .selectFrom("rk_projects")
    .where(visibleTo(tenantId, access, "rk_projects"));
}

/** A project that somebody sees; undefined: it is not there for them. */
export async function findProject(
  { stores, tenantId }: Pick<Desk, "stores" | "tenantId">,
  access: DeskAccess,
  id: number,
): Promise<Row<"rk_projects"> | undefined> {
  return seenProjects(stores, tenantId, access).selectAll().where("id", "=", id).executeTakeFirst();
}

/** A stage as the column holds it. */
export function stageOf(text: string): ProjectStage {
  return PROJECT_STAGES.find((stage) => stage === text) ?? "pre_sales";
}

/** A project as others see it. */
export function projectOf(row: Row<"rk_projects">): Project {
  return {
    id: row.id,
    customerId: row.customer_id,
    name: row.name,
    stage: stageOf(row.stage),
    ownerId: row.owner_id,
    valueMinor: row.value_minor,
    expectedOn: row.expected_on,
    source: row.source,
    note: row.note,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    stageAt: row.stage_at,
  };
}

/** Writes down how a project stands from now on. @param since how long it had been in the stage that it was in */
export async function noteProject(
  desk: Desk,
  access: DeskAccess,
  after: Row<"rk_projects">,
  {
    kind,
    from,
    since,
    note = "",
  }: {
    readonly kind: "created" | "stage" | "edited";
    readonly from: string | null;
    readonly since: number;
    readonly note?: string;
  },
): Promise<void> {
  await insertMany(desk.stores, "rk_project_history", [
    {
      tenant_id: desk.tenantId,
      project_id: after.id,
      kind,
      from_stage: from,
      to_stage: after.stage,
      since,
      owner_id: after.owner_id,
      value_minor: after.value_minor,
      expected_on: after.expected_on,
      source: after.source,
      actor: actorOf(desk, access),
      note,
      at: desk.context.clock.now(),
    },
  ]);
}

/** What a list of projects is narrowed by. */
export interface ProjectFilter {
  readonly stage?: ProjectStage | undefined;
  readonly owner_id?: number | undefined;
  readonly customer_id?: number | undefined;
  readonly source?: string | undefined;
  readonly search?: string | undefined;
  readonly page?: number | undefined;
  readonly page_size?: number | undefined;
}

/** One page of the projects that somebody sees, newest first. */
export async function listProjects(
  { stores, tenantId }: Pick<Desk, "stores" | "tenantId">,
  access: DeskAccess,
  { page = 1, page_size: size = 50, search, ...filter }: ProjectFilter,
): Promise<{
  readonly items: readonly Project[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}> {
  let found = seenProjects(stores, tenantId, access);
  for (const column of ["stage", "owner_id", "customer_id", "source"] as const) {
    const value = filter[column];
    if (value !== undefined) found = found.where(column, "=", value);
  }
  if (search !== undefined && search !== "") {
    const part = searchForm(search).replace(/[!%_]/g, (sign) => `!${sign}`);
    found = found.where(sql<SqlBool>`name_search like ${`%${part}%`} escape '!'`);
  }
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { items: rows.map(projectOf), total: Number(total), page, page_size: size };
}

/** How a project came to stand where it does, oldest first, at most 500. */
export async function historyOf({ stores, tenantId }: Desk, id: number): Promise<readonly Row<"rk_project_history">[]> {
  return deskTables(stores)
    .selectFrom("rk_project_history")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("project_id", "=", id)
    .orderBy("id")
    .limit(500)
    .execute();
}
