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
    "order_no order_number order_id 订单号 订单编号 主订单编号 交易编号 订单ID 单号 orderid orderno invoiceno invoice transaction_id trade_no tid 订单流水号 销售单号 小票号 order 订单号码 线上订单号 平台订单号 外部订单号 原始订单号 商户订单号 平台单号 交易单号 交易号 流水号 order_sn amazon_order_id order_reference bestellnummer numéro_de_commande número_de_pedido 注文番号 주문번호 单据编号 单据号 销售订单号 出库单号 订货单号 receipt_no receipt_number id",
  line_id:
    "line_id lineitem_id order_item_id item_id 子订单编号 子订单号 明细编号 行号 oid 商品行ID order_line_id 商品明细编号",
  row_type:
    "row_type 单据类型 交易类型 业务类型 销售类型 订单类型 transaction_type event_type order_type sale_type type",
  refund_of: "refund_of parent_order_id refunded_order_id original_order 原订单号 原单号 关联订单号",
  customer_key:
    "customer_key customer_id customer_no customerid 客户编号 客户ID 客户编码 会员编号 会员ID 会员号 会员卡号 会员编码 用户ID 用户编号 买家ID buyer_user_id 买家会员名 买家昵称 下单帐号 下单账号 buyer_id buyer_key buyer member_id memberid user_id userid uid wid 客户 会员 买家 customer 客户账号 会员账号 用户账号 买家账号 买家旺旺 旺旺 买家昵称ID 顾客编号 顾客ID 顾客 username_(buyer) buyer_username buyer_user_name 买家用户名 client_id kundennummer id_client id_cliente customer_user_id 用户标识",
  ordered_at:
    "ordered_at order_date order_time 下单时间 订单创建时间 创建时间 订单时间 交易时间 成交时间 下单日期 订单日期 购买时间 消费时间 销售日期 created_at order_created_at date_created invoicedate purchase_date transaction_date 付款时间 支付时间 买家付款时间 订单付款时间 paid_at date_paid 日期 时间 date 订单提交时间 订单成交时间 拍下时间 订购时间 下单日 开单时间 开单日期 单据日期 交易日期 业务日期 结算时间 收银时间 订单成立日期 订单成立时间 支付完成时间 order_creation_date order_creation_time order_create_time sale_date placed_at purchased_at bestelldatum date_de_commande fecha_de_pedido 注文日 注文日時 주문일 주문일시 created created_date create_time created_on order_created 订货日期 开票日期 出库日期 销售时间 消费日期时间",
  ordered_time: "order_time 下单时刻 销售时间 交易时间 时间 time",
  amount:
    "amount order_amount order_total 订单实付金额 买家实际支付金额 用户实付金额 实付金额 实付款 实收金额 商家实收金额 实收款 支付金额 付款金额 应付金额 应收金额 顾客实付 实付总额 实收总额 订单金额 订单总额 订单总价 订单总金额 结算金额 成交金额 消费金额 买家应付货款 总金额 金额 total total_amount grand_total total_price total_paid paid_amount amount_cents amount_fen total_cents total_minor amount_minor revenue 总价 订单应付金额 用户应付金额 买家应付金额 买家实付金额 客户实付金额 用户实付 实付 实收 实际支付金额 实际付款金额 订单支付金额 付款总额 合计金额 订单总计 总计 合计 order_total_inc_tax grand_total_purchased grand_total_base total_collected net_sales gesamtbetrag montant_total importe_total 결제금액 order_total_amount 订单合计 pay_amount 应结订单金额 net_revenue n_revenue",
  line_amount:
    "line_amount line_total item_total lineitem_total item_subtotal 小计 商品金额 商品小计 商品总价 商品实付金额 明细金额 subtotal 商品金额小计 行金额 line_price 价税合计 含税金额 本币价税合计 价税合计(本位币)",
  unit_price:
    "unit_price lineitem_price item_price price 单价 商品单价 价格 京东价 售价 成交单价 deal_price 商品成交单价 折后单价 einzelpreis prix_unitaire item_cost 含税单价 商品结账价",
  quantity:
    "quantity lineitem_quantity item_quantity qty 数量 商品数量 购买数量 订购数量 宝贝总数量 件数 销售数量 商品总数 数目 销量 购买件数 menge quantité cantidad 成交数量 实发数量 quantity_purchased",
  currency: "currency order_currency 币种 货币 货币类型 order_currency_code currency_code",
  status:
    "status order_status financial_status 订单状态 交易状态 状态 支付状态 payment_status 订单当前状态 订单状态名称 order_state order_status_name 处理状态 bestellstatus auftragsstatus 注文状況 주문상태 是否支付 是否付款 是否已付款 是否已支付 is_paid",
  refund_status:
    "refund_status 退款状态 售后状态 退款售后状态 return_status 订单退款状态 return_refund_status after_sales_status refund_state",
  refunded:
    "refunded refunded_amount refund_amount order_refund total_refunded refund_total 退款金额 已退款金额 订单退款金额 商品退款金额 退款 退货金额 amount_refunded 订单已退款金额 实退金额 实际退款金额 退款总额 退款总金额 refunded_total order_refund_amount",
  cancelled_at: "cancelled_at",
  refunded_at: "refunded_at refund_date refund_time 退款时间 退款成功时间 退货时间 退款日期 退款完成时间",
  sku: "sku lineitem_sku item_sku 商品编码 商家编码 SKU编码 规格编码 商品SKU 货号 外部系统编号 stockcode product_sku product_id 商品ID 商品id 商品编号 sku_id sku_reference_no merchant_sku seller_sku 商家SKU 规格商家编码 物料编码 存货编码 物料代码 存货代码 商品货号",
  description:
    "description lineitem_name item_name product_name 商品名称 宝贝标题 商品标题 标题 商品 品名 产品名称 product title 选购商品 全部商品名称 宝贝名称 商品信息 物料名称 存货名称",
  category: "category 品类 类目 商品类目 商品分类 分类 二级品类 product_category",
  brand: "brand 品牌 vendor 商品品牌",
  store:
    "store 店铺名称 店铺 归属店铺 门店 门店名称 分仓 仓库 shop shop_name store_name 店铺名 网店名称 所属门店 归属门店 下单门店 location purchase_point",
  name: "name customer_name 姓名 客户姓名 客户名称 会员姓名 会员名称 用户姓名 收货人姓名 收货人 收件人 昵称 客户昵称 用户昵称 billing_name full_name nickname display_name 顾客姓名 买家姓名 客户名 buyer_name receiver_name recipient_name bill_to_name 收货姓名 客户简称",
  given_name: "given_name first_name firstname billing_first_name 名 vorname prénom first_name_billing",
  family_name: "family_name last_name lastname surname billing_last_name 姓 nachname apellidos last_name_billing",
  external_userid:
    "external_userid external_user_id 外部联系人ID 企微客户ID 企业微信客户ID 企微外部联系人ID 客户企微ID wecom_id externalid",
  mobile:
    "mobile phone 手机 手机号 手机号码 联系手机 联系电话 电话 买家手机号 客户手机号 会员手机号 收货人手机号 收货人手机 收件人手机 mobile_number phone_number billing_phone tel telephone 联系方式 收件手机号 收件手机 收件人电话 收件电话 收货电话 receiver_phone recipient_phone buyer_phone ship_phone_number buyer_phone_number handynummer telefon téléphone teléfono 携帯電話 phone_billing 退订号码 退订手机号 黑名单号码 屏蔽号码 号码 收件人手机号 收件人手机号码 收货人电话 收货人联系电话 收货人手机号码 电话号码 顾客电话 顾客手机 顾客手机号 顾客手机号码",
  email:
    "email email_address 邮箱 电子邮箱 电子邮件 邮件 billing_email customer_email e-mail mail buyer_email 邮件地址 correo_electrónico メールアドレス email_billing 电邮",
  birthday:
    "birthday birth_date date_of_birth born_on 生日 出生日期 出生年月 会员生日 dob birthdate 出生年月日 geburtsdatum date_de_naissance fecha_de_nacimiento 生年月日",
  city: "city 城市 所在城市 市 收货城市 billing_city shipping_city default_address_city 常驻城市 地市 收件城市 地级市 ship_city stadt ville ciudad city_billing",
  openid: "openid open_id 微信openid 公众号openid",
  unionid: "unionid union_id 微信unionid",
  customer_code: "customer_code 客户代码 客户码",
  user_name: "user_name username 用户名 登录名 账号",
  time_zone: "time_zone timezone 时区 所在时区 iana_time_zone tz",
  channel: "channel 渠道",
  reason: "reason 原因 退订原因 屏蔽原因 退订理由",
};

/** Names that are put together differently everywhere, and whose column must not be missed: what was cancelled
 * or given back would count. */
const FORMS: Readonly<Partial<Record<Field, RegExp>>> = {
  order_no:
    /^(?!.*(?:快递|物流|运单|退|售后|发票|支付|付款|子|原|明细|批|身份|会员|客户|商品|财付|微信|券)).*(?:单据|订单|单|交易|流水|小票)(?:编号|号码?)$|^(?:sales?)?(?:order|invoice|receipt|transaction|document|ticket)(?:no|nr|num|number|id|ref|reference)$/,
  status:
    /^(?!.*(?:退款|退货|售后|发货|物流|快递|配送|支付|付款|打印|审核|开票|发票|评价|库存|结算|标记|会员|客户)).*(?:订单|交易|单据).*(?:状态|状况)$|^(?:order|sales?|transaction).*(?:status|state)$|^(?:statut|estado|stato|situação|статус|ステータス|상태|zustand)/u,
  refunded:
    /(?:退款|退货)(?:总)?(?:金额|总额|合计)$|^(?:order)?(?:refund(?:ed)?(?:amount|total)|(?:amount|total)refund(?:ed|s)?)$/,
  refund_status:
    /(?:退款|退货|售后)状态$|^是否(?:有)?退款|(?:refund|return|aftersales?)(?:refund)?status$|^isrefunded$/,
  cancelled_at: /(?:取消|作废)时间$|^(?:order)?cancell?(?:ed|ation)?(?:at|date|time|on)$/,
};
/** What was asked for or might be asked for has not been given back. */
const NOT_YET = /申请|预计|可退|最大|最多|运费|积分|平台|待/;
const LATE = 1000;

/** What a name of a time says about its clock, see `zoneInName`. */
const CLOCK_NAME = /(?<=.)(?:(?:utc|gmt)\d{0,4}|北京时间)$/;

/** Place of a name among a field's words, from 0; undefined when it is none of them. */
export function headerRank(field: Field, column: string): number | undefined {
  const form = headerForm(column);
  const ranks = RANKS.get(field);
  const rank = ranks?.get(form);
  const isTime = field === "ordered_at" || field === "refunded_at";
  // The shop's own clock goes before another one.
  if (rank === undefined && isTime && CLOCK_NAME.test(form)) {
    const other = ranks?.get(form.replace(CLOCK_NAME, ""));
    return other === undefined ? undefined : other + LATE;
  }
  // A time beside a day is what no other field takes.
  if (rank !== undefined) return field === "ordered_time" ? rank + 2 * LATE : rank;
  return FORMS[field]?.test(form) && !NOT_YET.test(form) ? LATE : undefined;
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
