import { portableModule } from "../../frame/server-module.js";
import { statusEnvelope } from "../../frame/status-envelope.js";
import { landingRoutes } from "./routes.js";
import { settingsRoutes } from "./settings-routes.js";

/** What people reach from a message: the page of their link, its coupon, and the way out. */
export const landingModule = portableModule({
  name: "landing",
  routes: [...landingRoutes, ...settingsRoutes],
  permissions: {
    "landing:read": { summary: "查看落地页外观 / see how the pages look", from: "staff", isScope: true },
    "landing:write": { summary: "设置落地页外观 / set how the pages look", from: "admin", isScope: true },
  },
  tags: { "落地页 / Landing": "收件人看到的页面：领券、退订 / pages of recipients: coupons, unsubscribing" },
  envelopes: { landing: statusEnvelope, coupon: statusEnvelope },
});
