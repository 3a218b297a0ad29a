import { serverModule } from "../../frame/server-module.js";
import { statusEnvelope } from "../../frame/status-envelope.js";
import { recallMigrations, recallTenantTables } from "./migrations.js";
import { recallRoutes } from "./routes.js";
import { recallTexts } from "./texts.js";

/** Recall tasks: named users who get a link by SMS, WeCom or e-mail. */
export const recallModule = serverModule({
  name: "recall",
  migrations: recallMigrations,
  tenantTables: recallTenantTables,
  routes: recallRoutes,
  permissions: {
    "recalls:read": { summary: "查看召回任务 / see recall tasks", from: "staff", isScope: true },
    "recalls:write": { summary: "创建与取消召回任务 / make and cancel recall tasks", isScope: true },
  },
  texts: recallTexts,
  envelopes: { recalls: statusEnvelope, orders: statusEnvelope },
  commands: () => import("./commands/index.js"),
  tags: { "召回 / Recall": "按名单召回与订单 / recall by list, and orders" },
});
