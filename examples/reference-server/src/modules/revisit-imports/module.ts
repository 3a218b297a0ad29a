import { serverModule } from "../../frame/server-module.js";
import { incrementalImport } from "./job.js";
import { revisitImportsMigrations } from "./migrations.js";
import { importedPersonData } from "./person-data.js";
import { revisitImportRoutes } from "./routes.js";
import { revisitImportTexts } from "./texts.js";
import { revisitImportVariables } from "./variables.js";

/** Customers, purchases and catalogues of institutions, taken over from their files. */
export const revisitImportsModule = serverModule({
  name: "revisit-imports",
  migrations: revisitImportsMigrations,
  tenantTables: [{ name: "rk_revisit_rows", key: ["kind", "code"] }],
  personData: importedPersonData,
  jobs: [incrementalImport],
  routes: revisitImportRoutes,
  permissions: {
    "revisit-imports:write": {
      summary: "导入机构的客户与消费记录 / import customers and purchases of institutions",
      from: "staff",
      isScope: true,
    },
  },
  commands: () => import("./commands/index.js"),
  config: revisitImportVariables,
  texts: revisitImportTexts,
  tags: { "机构数据 / Institution data": "机构的客户与消费记录 / customers and purchases of institutions" },
});
