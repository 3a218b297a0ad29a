import { portableModule } from "../../frame/server-module.js";
import { funnelRoutes } from "./routes.js";

/** How far people of pushes and recalls came. */
export const funnelModule = portableModule({
  name: "funnel",
  routes: funnelRoutes,
  permissions: {
    "funnel:read": { summary: "查看召回漏斗 / see how far people came", from: "staff", isScope: true },
  },
  tags: { "漏斗 / Funnel": "从发送到下单的每一步 / every step from sending to ordering" },
});
