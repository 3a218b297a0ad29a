import { NotFoundError } from "@recallkit/core";
import { addDays, searchForm, startOfDay } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type * as z from "zod";
import { held } from "../engine.js";
import { type LeadDatabase, leadTables, type Row } from "../tables.js";
import type { packagesQuery } from "./schema.js";

type Filter = Omit<z.output<typeof packagesQuery>, "page" | "page_size">;

/** A package that is not deleted. @throws {NotFoundError} `lead-package.not-found` */
export async function getPackage(
  database: LeadDatabase,
  tenantId: number,
  id: number,
  { hold = false }: { readonly hold?: boolean } = {},
): Promise<Row<"rk_lead_packages">> {
  const query = leadTables(database)
    .selectFrom("rk_lead_packages")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null);
  const row = await (hold ? held(database, query) : query).executeTakeFirst();
  if (!row) throw new NotFoundError("lead-package.not-found", `no lead package ${id}`);
  return row;
}

/** Packages of a filter, without an order and a limit. */
function packagesOf(database: LeadDatabase, tenantId: number, zone: string, filter: Filter) {
  let query = leadTables(database)
    .selectFrom("rk_lead_packages")
    .where("tenant_id", "=", tenantId)
    .where("deleted_at", "is", null);
  for (const name of ["source", "industry", "region"] as const) {
    const value = filter[name];
    if (value !== undefined) query = query.where(name, "=", value);
  }
  if (filter.search !== undefined && filter.search !== "") {
    const part = searchForm(filter.search).replace(/[!%_]/g, (sign) => `!${sign}`);
    query = query.where(sql<SqlBool>`name_search like ${`%${part}%`} escape '!'`);
  }
  if (filter.created_from !== undefined) query = query.where("created_at", ">=", startOfDay(filter.created_from, zone));
  if (filter.created_to !== undefined)
    query = query.where("created_at", "<", startOfDay(addDays(filter.created_to, 1), zone));
  for (const [isLeast, rate, part, whole] of [
    [true, filter.min_contact_rate, "connected_calls", "total_calls"],
    [false, filter.max_contact_rate, "connected_calls", "total_calls"],
    [true, filter.min_interest_rate, "interested_calls", "connected_calls"],
    [false, filter.max_interest_rate, "interested_calls", "connected_calls"],
  ] as const) {
    if (rate === undefined) continue;
    const sides = [sql`${sql.ref(part)} * 1000000`, sql`${rate} * ${sql.ref(whole)}`];
    const compared = isLeast ? sql<SqlBool>`${sides[0]} >= ${sides[1]}` : sql<SqlBool>`${sides[0]} <= ${sides[1]}`;
    query = query.where(whole, ">", 0).where(compared);
  }
  return query;
}

/** What a list is ordered by; those without a rate come last. */
function orderOf(sort: NonNullable<Filter["sort"]>): RawBuilder<unknown> {
  const direction = sort.startsWith("-") ? sql`desc` : sql`asc`;
  const name = sort.replace("-", "");
  const rate = (part: string, whole: string) =>
    sql`case when ${sql.ref(whole)} = 0 then 1 else 0 end asc, case when ${sql.ref(whole)} = 0 then 0 else ${sql.ref(part)} * 1000000 / ${sql.ref(whole)} end ${direction}`;
  if (name === "contact_rate") return rate("connected_calls", "total_calls");
  if (name === "interest_rate") return rate("interested_calls", "connected_calls");
  const column =
    name === "total_cost" ? sql`coalesce(total_cost_minor, total_leads * cost_per_lead_minor)` : sql.ref(name);
  return sql`${column} ${direction}`;
}

/** One page of a list by number, with how many there are in all. */
export async function listPackages(
  database: LeadDatabase,
  tenantId: number,
  zone: string,
  { page = 1, page_size: size = 50, ...filter }: z.output<typeof packagesQuery>,
): Promise<{
  readonly rows: readonly Row<"rk_lead_packages">[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}> {
  const { sort = "-created_at" } = filter;
  const found = packagesOf(database, tenantId, zone, filter);
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy(orderOf(sort))
    .orderBy("id", sort.startsWith("-") ? "desc" : "asc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { rows, total: Number(total), page, size };
}

/** A page of an export: in the order of ids. */
export async function packagesAfter(
  database: LeadDatabase,
  tenantId: number,
  zone: string,
  filter: Filter,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly Row<"rk_lead_packages">[]> {
  return packagesOf(database, tenantId, zone, filter)
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}
