import type { Field } from "../mapping/field.js";
import { headerForm } from "../mapping/header-form.js";

/**
 * Names of columns by field, the better ones first, as the exports of shops' systems and databases have them. Compared in the
 * form of `headerForm`: case, blanks and punctuation don't matter.
 *
 * @see https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders Shopify
 * @see https://woocommerce.com/document/ordercustomer-csv-export/ WooCommerce
 * @see https://doi.org/10.24432/C5BW33 UCI Online Retail
 */
const WORDS: Readonly<Partial<Record<Field, string>>> = {
  order_no:
    "order_no order_number order_id 订单号 订单编号 主订单编号 交易编号 订单ID 单号 orderid orderno invoiceno invoice transaction_id trade_no tid 订单流水号 销售单号 小票号 order",
  line_id: "line_id lineitem_id order_item_id item_id 子订单编号 子订单号 明细编号 行号 oid 商品行ID",
  refund_of: "refund_of parent_order_id refunded_order_id original_order 原订单号 原单号 关联订单号",
  customer_key:
    "customer_key customer_id customer_no customerid 客户编号 客户ID 客户编码 会员编号 会员ID 会员号 会员卡号 会员编码 用户ID 用户编号 买家ID 买家会员名 买家昵称 下单帐号 下单账号 buyer_id buyer_key buyer member_id memberid user_id userid uid wid 客户 会员 买家 customer",
  ordered_at:
    "ordered_at order_date order_time 下单时间 订单创建时间 创建时间 订单时间 交易时间 成交时间 下单日期 订单日期 购买时间 消费时间 销售日期 created_at order_created_at date_created date_created_gmt invoicedate purchase_date transaction_date 付款时间 支付时间 买家付款时间 订单付款时间 paid_at date_paid 日期 时间 date",
  amount:
    "amount order_amount order_total 订单实付金额 买家实际支付金额 用户实付金额 实付金额 实付款 实收金额 商家实收金额 实收款 支付金额 付款金额 应付金额 订单金额 订单总额 订单总价 订单总金额 结算金额 成交金额 消费金额 买家应付货款 总金额 金额 total total_amount grand_total total_price total_paid paid_amount revenue 总价",
  line_amount:
    "line_amount line_total item_total lineitem_total item_subtotal 小计 商品金额 商品小计 商品总价 商品实付金额 明细金额 subtotal",
  unit_price: "unit_price lineitem_price item_price price 单价 商品单价 价格 京东价 售价 成交单价",
  quantity:
    "quantity lineitem_quantity item_quantity qty 数量 商品数量 购买数量 订购数量 宝贝总数量 件数 销售数量 商品总数",
  currency: "currency order_currency 币种 货币 货币类型",
  status: "status order_status financial_status 订单状态 交易状态 状态 支付状态 payment_status",
  refund_status: "refund_status 退款状态 售后状态 退款售后状态 return_status",
  refunded:
    "refunded refunded_amount refund_amount order_refund total_refunded refund_total 退款金额 已退款金额 订单退款金额 商品退款金额 退款 退货金额 amount_refunded",
  refunded_at: "refunded_at refund_date refund_time 退款时间 退款成功时间 退货时间 退款日期",
  sku: "sku lineitem_sku item_sku 商品编码 商家编码 SKU编码 规格编码 商品SKU 货号 外部系统编号 stockcode product_sku product_id 商品ID 商品id 商品编号 sku_id",
  description:
    "description lineitem_name item_name product_name 商品名称 宝贝标题 商品标题 标题 商品 品名 产品名称 product title",
  category: "category 品类 类目 商品类目 商品分类 分类 二级品类 product_category",
  brand: "brand 品牌 vendor 商品品牌",
  store: "store 店铺名称 店铺 归属店铺 门店 门店名称 分仓 仓库 shop shop_name store_name",
  name: "name customer_name 姓名 客户姓名 客户名称 会员姓名 会员名称 用户姓名 收货人姓名 收货人 收件人 昵称 客户昵称 用户昵称 billing_name full_name nickname display_name",
  given_name: "given_name first_name firstname billing_first_name 名",
  family_name: "family_name last_name lastname surname billing_last_name 姓",
  external_userid:
    "external_userid external_user_id 外部联系人ID 企微客户ID 企业微信客户ID 企微外部联系人ID 客户企微ID wecom_id externalid",
  mobile:
    "mobile phone 手机 手机号 手机号码 联系手机 联系电话 电话 买家手机号 客户手机号 会员手机号 收货人手机号 收货人手机 收件人手机 mobile_number phone_number billing_phone tel telephone 联系方式",
  email: "email email_address 邮箱 电子邮箱 电子邮件 邮件 billing_email customer_email e-mail mail",
  birthday: "birthday birth_date date_of_birth born_on 生日 出生日期 出生年月 会员生日 dob birthdate",
  city: "city 城市 所在城市 市 收货城市 billing_city shipping_city default_address_city 常驻城市 地市",
  openid: "openid open_id 微信openid 公众号openid",
  unionid: "unionid union_id 微信unionid",
  customer_code: "customer_code 客户代码 客户码",
  user_name: "user_name username 用户名 登录名 账号",
  time_zone: "time_zone timezone 时区 所在时区 iana_time_zone tz",
  channel: "channel 渠道",
  reason: "reason 原因 退订原因 屏蔽原因",
};

/** Place of a name among a field's words, from 0; undefined when it is none of them. */
export function headerRank(field: Field, column: string): number | undefined {
  return RANKS.get(field)?.get(headerForm(column));
}

const RANKS: ReadonlyMap<Field, ReadonlyMap<string, number>> = new Map(
  // The keys of `WORDS` are fields.
  (Object.entries(WORDS) as [Field, string][]).map(([field, words]) => [
    field,
    new Map(
      words
        .split(" ")
        .map((word, rank): [string, number] => [headerForm(word), rank])
        .toReversed(),
    ),
  ]),
);
