import { type StatusMeaning, statusForm } from "./status-meaning.js";

type Words = Readonly<Partial<Record<StatusMeaning, readonly string[]>>>;

/**
 * Status words by platform. A word has one meaning on all of them; a platform that means something else by it belongs into the
 * `statuses` of its preset.
 *
 * 交易关闭 and 已关闭 close orders that were never paid as well as those refunded in full: neither is a purchase.
 * 退款中 and 售后中 have not given anything back yet.
 */
const WORDS: Readonly<Record<string, Words>> = {
  /** @see https://doc.youzanyun.com/ 订单状态 */
  youzan: {
    pending: ["待付款", "待支付", "等待买家付款", "待确认", "待接单"],
    paid: ["待发货", "等待商家发货", "待成团", "待核销", "待使用", "部分发货", "WAIT_SELLER_SEND_GOODS", "TRADE_PAID"],
    shipped: ["已发货", "等待买家收货", "待收货", "待自提", "配送中", "WAIT_BUYER_CONFIRM_GOODS"],
    completed: ["交易完成", "已完成", "TRADE_SUCCESS"],
    cancelled: ["交易关闭", "已关闭", "TRADE_CLOSED"],
    refunded: ["已退款", "全额退款"],
    partially_refunded: ["部分退款"],
  },
  /** @see https://open.taobao.com/ 交易状态 */
  taobao: {
    pending: ["等待买家付款", "买家未付款", "WAIT_BUYER_PAY", "TRADE_NO_CREATE_PAY", "PAY_PENDING"],
    paid: [
      "买家已付款",
      "买家已付款，等待卖家发货",
      "等待卖家发货",
      "卖家部分发货",
      "SELLER_CONSIGNED_PART",
      "退款中",
      "退款中的订单",
      "定金已付",
    ],
    shipped: ["卖家已发货", "卖家已发货，等待买家确认", "等待买家确认收货", "买家已签收", "TRADE_BUYER_SIGNED"],
    completed: ["交易成功", "TRADE_FINISHED", "已收货", "已评价", "待评价"],
    cancelled: ["交易关闭", "交易自动关闭", "TRADE_CLOSED_BY_TAOBAO", "已取消"],
    refunded: ["退款成功", "退款完成", "交易关闭（退款）"],
  },
  /** @see https://open.jd.com/ 订单状态 */
  jd: {
    pending: ["等待付款", "未付款", "NOT_PAY", "等待付款确认"],
    paid: ["等待出库", "等待打印", "已付款", "已支付", "待出库", "WAIT_SELLER_STOCK_OUT", "暂停", "锁定"],
    shipped: ["等待确认收货", "已出库", "WAIT_GOODS_RECEIVE_CONFIRM", "正在出库", "配送退货中"],
    completed: ["完成", "已签收", "FINISHED_L"],
    cancelled: ["取消", "已取消", "TRADE_CANCELED", "交易取消", "（删除）等待付款", "（锁定）已取消"],
    refunded: ["已退货", "退货完成"],
  },
  /** @see https://open.pinduoduo.com/ 订单状态 */
  pinduoduo: {
    pending: ["待付款", "未支付"],
    paid: ["待发货", "已付款，待发货", "未发货，退款中", "已成团"],
    shipped: ["已发货", "已发货，待签收", "已发货，待收货", "待签收", "已发货，退款中"],
    completed: ["已签收", "已收货", "交易成功", "已签收，退款中"],
    cancelled: ["已取消", "未成团", "未成团，已退款"],
    refunded: ["未发货，退款成功", "已发货，退款成功", "已签收，退款成功", "退款成功"],
  },
  /** @see https://doc.weimobcloud.com/ 订单状态 */
  weimob: {
    pending: ["待支付", "待付款", "未付款"],
    paid: ["待发货", "待备货", "部分发货", "待商家发货", "交易中"],
    shipped: ["已发货", "待收货", "待自提", "部分收货"],
    completed: ["已完成", "已收货", "交易成功"],
    cancelled: ["已取消", "已关闭"],
    refunded: ["已退款"],
    partially_refunded: ["部分退款"],
  },
  /** @see https://shopify.dev/docs/api/admin-graphql/latest/enums/OrderDisplayFinancialStatus */
  shopify: {
    pending: ["pending", "authorized", "unpaid", "expired", "partially_paid"],
    paid: ["paid", "unfulfilled", "partially_fulfilled", "partial"],
    shipped: ["fulfilled", "shipped", "delivered_to_carrier", "in transit"],
    cancelled: ["voided"],
    refunded: ["refunded"],
    partially_refunded: ["partially_refunded"],
  },
  /** @see https://woocommerce.com/document/managing-orders/order-statuses/ */
  woocommerce: {
    pending: ["pending", "pending payment", "on-hold", "draft", "checkout-draft"],
    paid: ["processing"],
    completed: ["completed", "complete"],
    cancelled: ["cancelled", "canceled", "failed", "trash"],
    refunded: ["refunded"],
    partially_refunded: ["partially refunded", "partial refund", "partial-refunded"],
  },
  others: {
    pending: [
      "未支付",
      "awaiting payment",
      "created",
      "new",
      "未付",
      "待尾款",
      "待付尾款",
      "待支付尾款",
      "待审核",
      "待确认付款",
      "pending - waiting for payment",
      "unpaid order",
      "awaiting_payment",
      "manual verification required",
    ],
    paid: [
      "已付款",
      "已支付",
      "付款成功",
      "支付成功",
      "已下单",
      "已付",
      "处理中",
      "进行中",
      "success",
      "succeeded",
      "confirmed",
      "awaiting fulfillment",
      "已成团，待发货",
      "已成团",
      "ready to ship",
      "to ship",
      "unshipped",
      "awaiting shipment",
      "awaiting pickup",
      "captured",
      "settled",
      "待出货",
      "已付订",
      "已成功付款",
      "bezahlt",
      "payé",
      "pagado",
      "pago",
      "оплачен",
    ],
    shipped: [
      "运输中",
      "已发出",
      "发货中",
      "dispatched",
      "sent",
      "on delivery",
      "派送中",
      "已派送",
      "已出货",
      "待买家收货",
      "待取货",
      "shipping",
      "to receive",
      "shipped - picked up",
      "shipped - in transit",
      "shipped - out for delivery",
      "partially shipped",
      "partial-shipped",
      "versandt",
      "expédié",
      "enviado",
      "発送済み",
      "배송중",
    ],
    completed: [
      "完成",
      "成功",
      "已成交",
      "已核销",
      "已使用",
      "订单完成",
      "done",
      "finished",
      "delivered",
      "closed won",
      "received",
      "交易结束",
      "妥投",
      "已妥投",
      "已完结",
      "已取货",
      "订单已完成",
      "退款关闭",
      "售后关闭",
      "shipped - delivered to buyer",
      "abgeschlossen",
      "terminé",
      "completado",
      "entregue",
      "完了",
      "배송완료",
      "已结束",
    ],
    cancelled: [
      "取消",
      "关闭",
      "已作废",
      "作废",
      "已拒收",
      "拒收",
      "支付失败",
      "void",
      "declined",
      "rejected",
      "abandoned",
      "订单取消",
      "订单关闭",
      "拒签",
      "拼团失败",
      "cancelled by buyer",
      "cancelled by seller",
      "storniert",
      "annulé",
      "cancelado",
      "キャンセル",
      "주문취소",
    ],
    refunded: [
      "退款",
      "已退",
      "全部退款",
      "全部退款成功",
      "全额退款成功",
      "退货",
      "退货退款成功",
      "已退货退款",
      "refund",
      "returned",
      "fully refunded",
      "chargeback",
      "已退货入库",
      "refund issued",
      "shipped - returned to seller",
      "已全额退款",
      "全部退款完成",
    ],
    partially_refunded: [
      "部分退货",
      "部分退",
      "部分退款成功",
      "partially returned",
      "已部分退款",
      "部分退款完成",
      "已退款（部分）",
      "partially refunded order",
    ],
  },
};

const MEANING_OF: ReadonlyMap<string, StatusMeaning> = new Map(
  Object.values(WORDS).flatMap((words) =>
    Object.entries(words).flatMap(([meaning, spellings]) =>
      // Keys of `Words` are meanings.
      spellings.map((word) => [statusForm(word), meaning as StatusMeaning] as const),
    ),
  ),
);

/** Words that the dictionaries of two platforms give two meanings, for a test: there must be none. */
export function statusConflicts(): readonly string[] {
  return Object.values(WORDS).flatMap((words) =>
    Object.entries(words).flatMap(([meaning, spellings]) =>
      spellings.filter((word) => MEANING_OF.get(statusForm(word)) !== meaning),
    ),
  );
}

/** `(删除)等待出库`, `（锁定）等待打印`: what was deleted is cancelled, whatever it waited for; a lock changes nothing. */
function markedMeaning(word: string): StatusMeaning | undefined {
  const [, mark, rest = ""] = /^\s*[(（](删除|锁定|暂停)[)）]\s*(.+)$/.exec(word) ?? [];
  return mark === "删除" ? "cancelled" : MEANING_OF.get(statusForm(rest));
}

/** Tells what a status word means; undefined for one that nobody explained. */
export type StatusOf = (word: string) => StatusMeaning | undefined;

/** Asks the words told first, then the dictionaries. @param told word → meaning, case and punctuation don't matter */
export function statusDictionary(told: Readonly<Record<string, StatusMeaning>> = {}): StatusOf {
  const own = new Map(Object.entries(told).map(([word, meaning]) => [statusForm(word), meaning]));
  const known = new Map<string, StatusMeaning | undefined>();
  return (word) => {
    if (known.has(word)) return known.get(word);
    if (known.size > 1000) known.clear();
    const form = statusForm(word);
    const meaning = own.get(form) ?? MEANING_OF.get(form) ?? markedMeaning(word);
    known.set(word, meaning);
    return meaning;
  };
}
