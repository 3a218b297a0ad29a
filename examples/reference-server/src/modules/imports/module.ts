import { serverModule } from "../../frame/server-module.js";
import { importHousekeeping } from "./housekeeping.js";
import { importsMigrations } from "./migrations.js";
import { importRoutes, importTopic } from "./routes.js";
import { runImports } from "./run-imports.js";
import { importTexts } from "./texts.js";
import { importVariables } from "./variables.js";

/** A shop's own files: uploaded, understood, tried out, imported. */
export const importsModule = serverModule({
  name: "imports",
  routes: importRoutes,
  topics: { import: importTopic },
  texts: importTexts,
  tags: { "导入 / Imports": "店铺自己的文件 / a shop's own files" },
  migrations: importsMigrations,
  jobs: [runImports, importHousekeeping],
  config: importVariables,
});
