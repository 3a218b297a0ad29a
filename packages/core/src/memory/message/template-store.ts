import type { MessageTemplate } from "../../message/template.js";
import type { TemplateStore } from "../../ports/template-store.js";
import { searchForm } from "../../text.js";
import { pageOfRows } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import type { TemplateRow } from "./tables.js";

/** {@link TemplateStore} in memory. */
export function templateStore(db: Database): TemplateStore {
  const { templates, templateVersions, templateVersionsByNumber, templateVersionsByTemplate } = db.tables;

  const versionOf = (templateId: number, version: number) =>
    templateVersionsByNumber.find(compositeKey(templateId, version));

  function toTemplate(row: TemplateRow): MessageTemplate {
    const newest = versionOf(row.id, row.version);
    if (!newest) throw new Error(`template ${row.id} has no version ${row.version}`);
    return { ...row, definition: newest.definition };
  }

  return {
    insert: (tenantId, { definition, status, at }) =>
      db.write(() => {
        const row = { tenantId, status, version: 1, createdAt: at, updatedAt: at };
        const { id: templateId } = templates.insert((id) => ({ ...row, id }));
        templateVersions.insert((id) => ({ id, tenantId, templateId, version: 1, definition, createdAt: at }));
        return templateId;
      }),
    edit: (tenantId, templateId, { version, definition, at }) =>
      db.write(() => {
        const row = ofTenant(templates.get(templateId), tenantId);
        if (row?.version !== version) return false;
        templates.replace({ ...row, version: version + 1, updatedAt: at });
        templateVersions.insert((id) => ({
          id,
          tenantId,
          templateId,
          version: version + 1,
          definition,
          createdAt: at,
        }));
        return true;
      }),
    setStatus: (tenantId, templateId, status, at) =>
      db.write(() => {
        const row = ofTenant(templates.get(templateId), tenantId);
        if (row) templates.replace({ ...row, status, updatedAt: at });
        return row !== undefined;
      }),
    get: (tenantId, templateId) =>
      db.read(() => {
        const row = ofTenant(templates.get(templateId), tenantId);
        return row && toTemplate(row);
      }),
    version: (tenantId, templateId, version) =>
      db.read(() => {
        const row = versionOf(templateId, version);
        return row?.tenantId === tenantId
          ? { version, definition: row.definition, createdAt: row.createdAt }
          : undefined;
      }),
    versions: (tenantId, templateId) =>
      db.read(() =>
        templateVersionsByTemplate
          .rows(templateId)
          .filter((row) => row.tenantId === tenantId)
          .map(({ version, definition, createdAt }) => ({ version, definition, createdAt })),
      ),
    list: (tenantId, filter) =>
      db.read(() => {
        const { channel, status, search = "" } = filter;
        const isMeant = (row: TemplateRow) => {
          if (row.tenantId !== tenantId || (status !== undefined && row.status !== status)) return false;
          const { definition } = toTemplate(row);
          return (
            (channel === undefined || definition.channel === channel) && searchForm(definition.name).includes(search)
          );
        };
        const page = pageOfRows(templates.all(), filter, isMeant);
        return { ...page, items: page.items.map(toTemplate) };
      }),
  };
}
