import { headerForm } from "../mapping/header-form.js";
import type { Level } from "../mapping/mapping.js";

const OF_ORDERS =
  /^(order(total|amount|totalamount|totalprice|value|sum)|total(order)?(paid|amount|price)(oforder)?|grandtotal|订单.*(金额|总额|总价|实付|应付|实收)|买家(实际支付金额|应付货款)|总金额|order.*refund(ed)?|refundtotal|totalrefund(ed)?|订单退款.*)$/;
const OF_LINES =
  /^(line|lineitem|item)(total|amount|subtotal|price|revenue)$|^(商品|明细|行|子订单).*(金额|小计|实付)$|^(小计|subtotal)$|^(商品|子订单)退款.*$/;

/** What the name of a column says about whose figure it holds. */
export function levelByName(column: string): Level | undefined {
  const form = headerForm(column);
  return OF_LINES.test(form) ? "line" : OF_ORDERS.test(form) ? "order" : undefined;
}
