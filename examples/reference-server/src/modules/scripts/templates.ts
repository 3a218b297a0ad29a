import { ConflictError, NotFoundError } from "@recallkit/core";
import type { Selectable } from "kysely";
import { type ScriptDatabase, type ScriptTables, scriptTables } from "./tables.js";

/** What a text is for. `promotion` goes out only as it was reviewed. */
export const SCRIPT_PURPOSES = ["birthday", "promotion"] as const;
export type ScriptPurpose = (typeof SCRIPT_PURPOSES)[number];

/** A text of an institution. */
export interface StoredTemplate {
  readonly id: number;
  readonly purpose: ScriptPurpose;
  /** Unique among those of its purpose. */
  readonly name: string;
  /** With `{{variables}}`; of a promotion, as it was reviewed. */
  readonly text: string;
  /** Number of the certificate of review; only a promotion has one, and every promotion does. */
  readonly reviewCertificateNo: string | null;
  readonly isActive: boolean;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Most templates of an institution. */
const MOST_TEMPLATES = 500;

/** All templates of an institution, by id. */
export async function listTemplates(database: ScriptDatabase, tenantId: number): Promise<readonly StoredTemplate[]> {
  const rows = await scriptTables(database)
    .selectFrom("rk_script_templates")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .orderBy("id")
    .limit(MOST_TEMPLATES)
    .execute();
  return rows.map(read);
}

/** One of them. @throws {NotFoundError} `script-template.not-found` */
export async function templateOf(database: ScriptDatabase, tenantId: number, id: number): Promise<StoredTemplate> {
  const row = await scriptTables(database)
    .selectFrom("rk_script_templates")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new NotFoundError("script-template.not-found", "no such template");
  return read(row);
}

/** Adds a template in the transaction around it. @throws {ConflictError} `script-template.name-taken`, `.too-many` */
export async function addTemplate(
  database: ScriptDatabase,
  tenantId: number,
  template: Omit<StoredTemplate, "id" | "createdAt" | "updatedAt">,
  at: number,
): Promise<StoredTemplate> {
  await refuseFull(database, tenantId);
  await refuseTaken(database, tenantId, template, undefined);
  const { purpose, name, text, reviewCertificateNo, isActive, createdBy } = template;
  const db = scriptTables(database);
  await db
    .insertInto("rk_script_templates")
    .values({
      tenant_id: tenantId,
      ...{ purpose, name, text, review_certificate_no: reviewCertificateNo, is_active: isActive ? 1 : 0 },
      ...{ created_by: createdBy, created_at: at, updated_at: at },
    })
    .execute();
  const row = await db
    .selectFrom("rk_script_templates")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("purpose", "=", purpose)
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return read(row);
}

/** Writes a template that was changed, in the transaction around it. @throws {ConflictError} `script-template.name-taken` */
export async function putTemplate(
  database: ScriptDatabase,
  tenantId: number,
  template: StoredTemplate,
  at: number,
): Promise<StoredTemplate> {
  await refuseTaken(database, tenantId, template, template.id);
  const { id, name, text, reviewCertificateNo, isActive } = template;
  await scriptTables(database)
    .updateTable("rk_script_templates")
    .set({ name, text, review_certificate_no: reviewCertificateNo, is_active: isActive ? 1 : 0, updated_at: at })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
  return { ...template, updatedAt: at };
}

async function refuseTaken(
  database: ScriptDatabase,
  tenantId: number,
  { purpose, name }: Pick<StoredTemplate, "purpose" | "name">,
  own: number | undefined,
): Promise<void> {
  const rival = await scriptTables(database)
    .selectFrom("rk_script_templates")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("purpose", "=", purpose)
    .where("name", "=", name)
    .executeTakeFirst();
  if (rival && rival.id !== own) throw new ConflictError("script-template.name-taken", "another template has the name");
}

function read(row: Selectable<ScriptTables["rk_script_templates"]>): StoredTemplate {
  return {
    ...{ id: row.id, name: row.name, text: row.text, isActive: row.is_active === 1, createdBy: row.created_by },
    purpose: row.purpose === "promotion" ? "promotion" : "birthday",
    ...{ reviewCertificateNo: row.review_certificate_no, createdAt: row.created_at, updatedAt: row.updated_at },
  };
}

async function refuseFull(database: ScriptDatabase, tenantId: number): Promise<void> {
  const { count } = await scriptTables(database)
    .selectFrom("rk_script_templates")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_TEMPLATES)
    throw new ConflictError("script-template.too-many", "the institution has as many templates as there may be");
}
