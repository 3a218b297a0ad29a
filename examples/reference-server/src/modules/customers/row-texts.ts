import type { Texts } from "@recallkit/http";

/** What is wrong with rows and values of a shop's files. */
export const rowTexts: Texts = {
  "amount.decimals": { zh: "最多四位小数", en: "must have at most four decimals" },
  "amount.invalid": { zh: "不是金额，例如 12.50", en: "must be a number such as 12.50" },
  "amount.missing": { zh: "金额为空", en: "the amount is blank" },
  "amount.range": { zh: "金额过大", en: "the amount is too large" },
  "attribute.invalid": { zh: "与属性类型不符", en: "is no value of its attribute's type" },
  "attribute.too-many": {
    zh: "属性过多：每人至多 50 个，每个商户至多 100 个",
    en: "too many attributes: at most 50 per person and 100 per tenant",
  },
  "attribute.type": { zh: "与该属性的类型不符", en: "is not of the type that this attribute has" },
  "birthday.ambiguous": {
    zh: "可读作不同的日子；请指明 --date-format",
    en: "can be read as several days; say --date-format",
  },
  "birthday.invalid": { zh: "不是日期", en: "is no day" },
  "birthday.lunar": { zh: "是农历日期", en: "is of the lunar calendar" },
  "birthday.no-year": { zh: "没有年份", en: "has no year" },
  "customer.anonymous": {
    zh: "这个键代表店铺不认识的买家（0、guest、散客），本行也没有手机号或邮箱",
    en: "the key stands for buyers whom the shop does not know (0, guest, 散客), and the row has no mobile or e-mail",
  },
  "customer.identity-taken": { zh: "已属于另一位客户", en: "belongs to another customer" },
  "customer.missing": { zh: "客户为空", en: "the customer is blank" },
  "email.invalid": { zh: "不是邮箱地址", en: "is no e-mail address" },
  "email.masked": { zh: "邮箱被打码", en: "the address is masked" },
  "email.several": { zh: "一格内有多个邮箱", en: "the cell holds several addresses" },
  "key.damaged": {
    zh: "键在表格软件中丢失了数字（如 1.38E+10），请以文本格式重新导出",
    en: "the key has lost digits in a spreadsheet (1.38E+10); export it as text",
  },
  "key.masked": { zh: "键被打码，不同的人会混成一个", en: "the key is masked, so that different people look alike" },
  "key.too-long": { zh: "键超过 255 个字符", en: "the key is longer than 255 characters" },
  "mobile.damaged": {
    zh: "手机号在表格软件中丢失了数字，请以文本格式重新导出",
    en: "the number has lost digits in a spreadsheet; export it as text",
  },
  "mobile.invalid": {
    zh: "不是手机号；国外号码以 + 和国家码开头",
    en: "is no mobile number; foreign ones begin with + and the country",
  },
  "mobile.masked": { zh: "手机号被打码", en: "the number is masked" },
  "mobile.several": { zh: "一格内有多个号码", en: "the cell holds several numbers" },
  "order.amount-differs": {
    zh: "与同一订单前面的行不同，而金额属于订单",
    en: "differs from an earlier row of the same order, though it is the order's",
  },
  "order.changed": { zh: "另一个文件对这个订单说法不同", en: "another file tells this order differently" },
  "order.customer-changed": {
    zh: "这个订单已属于另一位客户；若是另一家店的订单，请用 --source 区分",
    en: "the order belongs to another customer; if it is of another shop, tell them apart with --source",
  },
  "order.customer-differs": {
    zh: "与同一订单前面的行不是同一客户",
    en: "is another customer than an earlier row of the same order",
  },
  "order.differs": { zh: "这个订单先前的内容不同", en: "the order came before with other facts" },
  "order.line-differs": { zh: "行号相同，内容不同", en: "another row has the same line id and differs" },
  "order.not-mergeable": {
    zh: "两次的金额说不清订单总额，无法合并",
    en: "the amounts of the two do not say what the order comes to",
  },
  "order.number-missing": { zh: "订单号为空", en: "the order number is blank" },
  "order.rejected": { zh: "同一订单的其他行有误", en: "another row of the same order is wrong" },
  "order.times-differ": {
    zh: "与同一订单号前面的行相差超过一天，可能是两个订单用了同一个号码；不同店铺请分开并用 --source 区分",
    en: "more than a day after an earlier row of the same order number; two orders may share it: keep shops apart with --source",
  },
  "order.status-differs": {
    zh: "与同一订单前面的行状态不同",
    en: "has another status than an earlier row of the same order",
  },
  "order.too-many-lines": { zh: "一个订单最多 10 000 行", en: "an order has at most 10 000 rows" },
  "quantity.invalid": { zh: "数量须为不超过九位的整数", en: "must be a whole number of at most nine digits" },
  "refund.differs": { zh: "退款有两种说法，互不一致", en: "what was given back is told in two ways that differ" },
  "refund.exceeds": { zh: "退款超过订单金额", en: "the refund is more than the order" },
  "refund.unknown": {
    zh: "部分退款，但文件没有写退了多少",
    en: "something was given back, but the file doesn't say how much",
  },
  "refund.without-order": { zh: "退款没有对应的订单", en: "a refund without the order that it belongs to" },
  "row.broken-quote": { zh: "引号未正确结束", en: "a quote does not end its cell" },
  "row.nul": { zh: "含有 NUL 字符", en: "holds a NUL" },
  "row.oversized": { zh: "一行超过 1 MB", en: "the row is longer than 1 MB" },
  "row.too-long": { zh: "单元格比列多", en: "has more cells than there are columns" },
  "row.undecodable": { zh: "含有无法解码的字节", en: "holds bytes that are no text" },
  "suppression.nobody": { zh: "没有写明是谁", en: "names nobody" },
  "text.invalid": { zh: "含控制字符或过长", en: "holds control characters or is too long" },
  "time-zone.invalid": {
    zh: "不是 IANA 时区，例如 Asia/Urumqi",
    en: "is no IANA zone such as Asia/Urumqi",
  },
  "time.invalid": {
    zh: "不是时间，或与该列的年月日顺序不符",
    en: "is no time, or not in the order of day and month that the column has",
  },
  "time.missing": { zh: "时间为空", en: "the time is blank" },
  "time.out-of-range": { zh: "早于 1970 年或晚于 2099 年", en: "is before 1970 or after 2099" },
  "cell.error": {
    zh: "Excel 单元格是错误值，按空白处理",
    en: "the cell holds an error of Excel and is taken for blank",
  },
  "cell.lost-digits": {
    zh: "数字超过 15 位，Excel 已丢失后面的位数",
    en: "Excel has lost the digits after the fifteenth",
  },
  "cell.no-value": { zh: "公式没有存下的值，按空白处理", en: "the formula has no stored value and is taken for blank" },
};
