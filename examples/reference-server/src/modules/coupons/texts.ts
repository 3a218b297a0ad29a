import type { Texts } from "@recallkit/http";

/** Why a step of a claim was refused. */
export const couponTexts: Texts = {
  "claim.unknown": { zh: "没有此券码", en: "There is no such code" },
  "claim.expired": { zh: "券已过期", en: "The coupon is over" },
  "claim.reserved": { zh: "券已被另一订单占用", en: "Another order holds it" },
  "claim.redeemed": { zh: "券已被使用", en: "It was used for another order" },
  "claim.not_reserved": { zh: "券未被此订单占用", en: "This order does not hold it" },
  "claim.not_redeemed": { zh: "券尚未使用", en: "It was not used" },
  "claim.reversed": { zh: "此订单的使用已撤销", en: "The use by this order was taken back" },
  "claim.below_minimum": { zh: "订单金额未达到最低消费", en: "The order is too small" },
  "claim.not_started": { zh: "券尚未生效", en: "It is not valid yet" },
};
