import { serverModule } from "../../frame/server-module.js";
import { projectionJob } from "./job.js";
import { projectionsMigrations } from "./migrations.js";
import { relationsPersonData } from "./person-data.js";
import { projectionRoutes } from "./routes.js";
import { projectionTexts } from "./texts.js";
import { projectionVariables } from "./variables.js";

/** Stores beside the ledger, made from it: figures, relations, likeness. */
export const projectionsModule = serverModule({
  name: "projections",
  migrations: projectionsMigrations,
  personData: relationsPersonData,
  jobs: [projectionJob],
  routes: projectionRoutes,
  permissions: {
    "projections:read": { summary: "查看投影 / see projections" },
    // They are of the whole installation.
    "projections:write": { summary: "重放投影 / replay projections", from: "platform" },
  },
  commands: () => import("./commands/index.js"),
  config: projectionVariables,
  texts: projectionTexts,
  tags: { "投影 / Projections": "分析、图谱、向量：由账本写出 / figures, relations, likeness: made from the ledger" },
});
