import { portableModule } from "../../frame/server-module.js";
import { contactRoutes } from "./contact-routes.js";
import { customerRoutes } from "./routes.js";
import { rowRoutes } from "./row-routes.js";
import { rowTexts } from "./row-texts.js";
import { customerTexts } from "./texts.js";

/** Customers and their orders, their labels, those who must not be contacted, and what holds for all of them. */
export const customersModule = portableModule({
  name: "customers",
  routes: [...customerRoutes, ...rowRoutes, ...contactRoutes],
  permissions: {
    "customers:read": { summary: "查看标签与免打扰 / see labels and suppressions", from: "staff", isScope: true },
    "customers:write": {
      summary: "写入客户、订单、标签与免打扰 / write customers, orders, labels and suppressions",
      from: "staff",
      isScope: true,
    },
    "contact-policy:write": { summary: "修改联系规则 / change the contact policy", from: "admin" },
  },
  tags: { "客户 / Customers": "客户、订单、标签库与免打扰 / customers, orders, label library and suppressions" },
  // What routes say to rows goes before what is said to files.
  texts: { ...rowTexts, ...customerTexts },
  commands: () => import("./commands/index.js"),
});
