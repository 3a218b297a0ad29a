/** What codes are called in Chinese sentences about people; a code that is not known stays as it is. */
const CHANNELS: Readonly<Record<string, string>> = {
  wecom: "企业微信",
  sms: "短信",
  email: "邮件",
  feishu: "飞书",
  webhook: "Webhook",
  "app-push": "APP 推送",
  "official-account": "公众号",
};
const ORDER_STATUSES: Readonly<Record<string, string>> = {
  pending: "待付款",
  paid: "已付款",
  shipped: "已发货",
  completed: "已完成",
  cancelled: "已取消",
  refunded: "已退款",
  partially_refunded: "部分退款",
};

const wordOf = (words: Readonly<Record<string, string>>, code: string) =>
  Object.hasOwn(words, code) ? (words[code] ?? code) : code;

/** A channel, one of several accounts of it as `sms:2`, a category of it as `sms#news`. */
export function chineseChannel(channel: string): string {
  const [, name = channel, more = ""] = /^([^:#]+)(.*)$/.exec(channel) ?? [];
  return `${wordOf(CHANNELS, name)}${more}`;
}

export function chineseOrderStatus(status: string): string {
  return wordOf(ORDER_STATUSES, status);
}

export function chinesePurpose(purpose: string): string {
  return purpose === "marketing" ? "营销" : purpose;
}
