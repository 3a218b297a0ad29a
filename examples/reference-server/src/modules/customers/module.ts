import { portableModule } from "../../frame/server-module.js";
import { customerRoutes } from "./routes.js";

/** Labels of customers, and customers who must not be contacted. */
export const customersModule = portableModule({
  name: "customers",
  routes: customerRoutes,
  permissions: {
    "customers:read": { summary: "查看标签与免打扰 / see labels and suppressions", from: "staff", isScope: true },
    "customers:write": { summary: "修改标签与免打扰 / change labels and suppressions", from: "staff", isScope: true },
  },
  tags: { "客户 / Customers": "标签库与免打扰 / label library and suppressions" },
  commands: () => import("./commands/index.js"),
});
