import { portableModule } from "../../frame/server-module.js";
import { couponRoutes } from "./routes.js";
import { couponTexts } from "./texts.js";

/** Coupons, their codes, and what shops do with a code. */
export const couponsModule = portableModule({
  name: "coupons",
  routes: couponRoutes,
  permissions: {
    "coupons:read": { summary: "查看优惠券与领取记录 / see coupons and claims", from: "staff", isScope: true },
    "coupons:write": { summary: "管理优惠券 / manage coupons", isScope: true },
    "coupons:redeem": { summary: "核销券码 / use codes for orders", from: "staff", isScope: true },
  },
  texts: couponTexts,
  tags: { "优惠券 / Coupons": "优惠券、券码与核销 / coupons, codes, redeeming" },
});
