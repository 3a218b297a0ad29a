import type { MessageTemplate, TemplateDefinition } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf, searchForm, type TemplateStore } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdsText } from "../rule/name-search.js";

/** Templates of messages in SQL. */
export function templateStore(context: SqlContext): TemplateStore {
  const { db, dialect } = context;
  return {
    insert: (tenantId, { definition, status, at }) =>
      context.atomic(async (tx) => {
        const { channel, name } = definition;
        const times = { created_at: at, updated_at: at };
        const row = { tenant_id: tenantId, channel, name_search: searchForm(name), status, version: 1, ...times };
        const id = await dialect.insertRow(tx, "rk_message_templates", row);
        await addVersion(tx, tenantId, id, 1, definition, at);
        return id;
      }),
    edit: (tenantId, templateId, { version, definition, at }) =>
      context.atomic(async (tx) => {
        const { channel, name } = definition;
        const { numUpdatedRows } = await tx
          .updateTable("rk_message_templates")
          .set({ channel, name_search: searchForm(name), version: version + 1, updated_at: at })
          .where("id", "=", templateId)
          .where(isOfTenant(tenantId))
          .where("version", "=", version)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await addVersion(tx, tenantId, templateId, version + 1, definition, at);
        return true;
      }),
    async setStatus(tenantId, templateId, status, at) {
      const { numUpdatedRows } = await db
        .updateTable("rk_message_templates")
        .set({ status, updated_at: at })
        .where("id", "=", templateId)
        .where(isOfTenant(tenantId))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async get(tenantId, templateId) {
      const row = await templateRows(db, tenantId).where("t.id", "=", templateId).executeTakeFirst();
      return row && toTemplate(row);
    },
    async version(tenantId, templateId, version) {
      const row = await versionRows(db, tenantId, templateId).where("version", "=", version).executeTakeFirst();
      return row && { ...row, definition: read(row.definition) };
    },
    async versions(tenantId, templateId) {
      const rows = await versionRows(db, tenantId, templateId).orderBy("version").execute();
      return rows.map((row) => ({ ...row, definition: read(row.definition) }));
    },
    async list(tenantId, filter) {
      const { channel, status, search } = filter;
      const limit = pageLimit(filter);
      let rows = templateRows(db, tenantId).where("t.id", ">", cursorToId(filter.cursor));
      if (channel !== undefined) rows = rows.where("t.channel", "=", channel);
      if (status !== undefined) rows = rows.where("t.status", "=", status);
      if (search !== undefined) rows = rows.where(holdsText(sql`t.name_search`, search));
      const found = await rows
        .orderBy("t.id")
        .limit(limit + 1)
        .execute();
      return pageOf(found.map(toTemplate), limit);
    },
  };
}

async function addVersion(
  db: Kysely<Database>,
  tenantId: number,
  templateId: number,
  version: number,
  definition: TemplateDefinition,
  at: number,
): Promise<void> {
  const key = { tenant_id: tenantId, template_id: templateId, version };
  const row = { ...key, definition: JSON.stringify(definition), created_at: at };
  await db.insertInto("rk_message_template_versions").values(row).execute();
}

function templateRows(db: Kysely<Database>, tenantId: number) {
  return db
    .selectFrom("rk_message_templates as t")
    .innerJoin("rk_message_template_versions as v", (join) =>
      join
        .onRef("v.tenant_id", "=", "t.tenant_id")
        .onRef("v.template_id", "=", "t.id")
        .onRef("v.version", "=", "t.version"),
    )
    .select(["t.id", "t.tenant_id as tenantId", "t.status", "t.version", "v.definition"])
    .select(["t.created_at as createdAt", "t.updated_at as updatedAt"])
    .where("t.tenant_id", "=", tenantId);
}

function versionRows(db: Kysely<Database>, tenantId: number, templateId: number) {
  return db
    .selectFrom("rk_message_template_versions")
    .select(["version", "definition", "created_at as createdAt"])
    .where("tenant_id", "=", tenantId)
    .where("template_id", "=", templateId);
}

function toTemplate(row: Omit<MessageTemplate, "definition"> & { readonly definition: string }): MessageTemplate {
  return { ...row, definition: read(row.definition) };
}

/** What this store has written. */
function read(definition: string): TemplateDefinition {
  return JSON.parse(definition) as TemplateDefinition;
}
