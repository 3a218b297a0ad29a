import { serverModule } from "../../frame/server-module.js";
import { revisitJobs } from "./jobs.js";
import { revisitMigrations, revisitTenantTables } from "./migrations.js";
import { peopleRoutes } from "./people-routes.js";
import { revisitPersonData } from "./person-data.js";
import { revisitRoutes } from "./revisit-routes.js";
import { runRoutes } from "./run-routes.js";
import { revisitTexts } from "./texts.js";
import { revisitVariables } from "./variables.js";

/** Revisits: people of an institution are greeted once for each birthday. */
export const revisitModule = serverModule({
  name: "revisit",
  migrations: revisitMigrations,
  tenantTables: revisitTenantTables,
  personData: revisitPersonData,
  routes: [...runRoutes, ...revisitRoutes, ...peopleRoutes],
  jobs: revisitJobs,
  config: revisitVariables,
  commands: () => import("./commands/index.js"),
  permissions: {
    "revisits:read": { summary: "查看生日回访 / see revisits", from: "staff", isScope: true },
    "revisits:write": { summary: "运行与审批生日回访 / run and approve revisits", isScope: true },
    "revisits:settings": { summary: "设置生日回访 / change how revisits work" },
  },
  texts: revisitTexts,
  tags: { "生日回访 / Birthday revisits": "机构客户、生日、回访与审批 / customers, birthdays, revisits, approvals" },
});
