import { serverModule } from "../../frame/server-module.js";
import { labelRoutes } from "./label-routes.js";
import { peopleRoutes } from "./routes.js";

/** What there is to tell of single people: who they are, what happened to them, why, and the evidence. */
export const peopleModule = serverModule({
  name: "people",
  routes: [...peopleRoutes, ...labelRoutes],
  permissions: {
    "people:read": {
      summary: "查看客户档案与经历 / see people and what happened to them",
      from: "staff",
      isScope: true,
    },
    "evidence:read": { summary: "导出推送证据 / take the evidence of a push", isScope: true },
  },
  tags: { "客户档案 / People": "一个人的经历、原因与证据 / what happened to a person, why, and the evidence" },
  commands: () => import("./commands/index.js"),
});
