import { portableModule } from "../../frame/server-module.js";
import { alarmRoutes } from "./alarm-routes.js";
import { housekeeping } from "./housekeeping.js";
import { peopleRoutes } from "./people-routes.js";
import { occurrenceTopic, opsRoutes } from "./routes.js";

/** What operators look at. */
export const opsModule = portableModule({
  name: "ops",
  routes: [...opsRoutes, ...peopleRoutes, ...alarmRoutes],
  permissions: {
    "ops:read": { summary: "查看账本 / see the ledger", from: "staff", isScope: true },
    "ops:write": { summary: "取消、核实、重试 / cancel, decide, redrive", isScope: true },
    // Asked by every answer that names an address, of whatever module.
    "addresses:read": { summary: "查看完整地址 / see addresses in full", isScope: true },
  },
  tags: { "运维 / Operations": "账本中的每个状态 / every state of the ledger" },
  topics: { occurrence: occurrenceTopic },
  jobs: [housekeeping],
  commands: () => import("./commands/index.js"),
});
