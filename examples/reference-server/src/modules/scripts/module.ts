import { serverModule } from "../../frame/server-module.js";
import { scriptsMigrations, scriptsTenantTables } from "./migrations.js";
import { scriptsPersonData } from "./person-data.js";
import { scriptsTexts } from "./texts.js";
import { scriptVariables } from "./variables.js";

/** Texts for single people: written by templates or a model, and checked before anybody reads them. */
export const scriptsModule = serverModule({
  name: "scripts",
  migrations: scriptsMigrations,
  tenantTables: scriptsTenantTables,
  personData: scriptsPersonData,
  config: scriptVariables,
  texts: scriptsTexts,
});
