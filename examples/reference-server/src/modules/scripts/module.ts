import { serverModule } from "../../frame/server-module.js";
import { scriptsMigrations, scriptsTenantTables } from "./migrations.js";
import { scriptsPersonData } from "./person-data.js";
import { scriptRoutes } from "./routes.js";
import { scriptTemplateRoutes } from "./template-routes.js";
import { scriptsTexts } from "./texts.js";
import { scriptVariables } from "./variables.js";

/** Texts for single people: written by templates or a model, and checked before anybody reads them. */
export const scriptsModule = serverModule({
  name: "scripts",
  migrations: scriptsMigrations,
  tenantTables: scriptsTenantTables,
  personData: scriptsPersonData,
  // Paths with a word before those with an id.
  routes: [...scriptTemplateRoutes, ...scriptRoutes],
  permissions: {
    "scripts:read": { summary: "查看与审核话术 / see texts, and have texts looked at", from: "staff", isScope: true },
    "scripts:write": { summary: "管理模板、词库与撰写设置 / manage templates, words and settings", isScope: true },
  },
  tags: { "话术 / Scripts": "模板、词库、审核与模型 / templates, words, the gate, and the model" },
  config: scriptVariables,
  texts: scriptsTexts,
});
