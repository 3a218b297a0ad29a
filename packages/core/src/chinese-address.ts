/** What kinds of addresses are called in Chinese sentences. */
const ADDRESSES: Readonly<Record<string, string>> = {
  external_userid: "企业微信客户",
  mobile: "手机号",
  email: "邮箱",
  openid: "公众号 openid",
};

/** A kind that is not known stays as it is. */
export function chineseAddress(type: string): string {
  return Object.hasOwn(ADDRESSES, type) ? (ADDRESSES[type] ?? type) : type;
}
