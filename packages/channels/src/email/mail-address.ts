/** What servers of today take: one @, no quotes, comments, blanks or signs of lists; letters of all scripts. */
const ADDRESS = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}]([\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?$/u;

/** Whether a text is an e-mail address that can stand in an envelope and a header as it is. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text) && !/\.\.|^\.|\.@/.test(text);
}

/** What stands behind the `@`. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** `bounces@shop.example` and `abc` → `bounces+abc@shop.example`. */
export function taggedAddress(address: string, tag: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}+${tag}${address.slice(at)}`;
}

/** The tag of an address that {@link taggedAddress} made. */
export function tagOf(address: string): string | undefined {
  return /^[^@]*\+([^@+]+)@/.exec(address)?.[1];
}

/** First and last signs before the `@`, and the domain: `zh***7@example.com`. For logs and pages. */
export function maskMailAddress(address: string): string {
  const at = address.lastIndexOf("@");
  if (at < 1) return "***";
  const isShort = at < 5;
  return `${address.slice(0, isShort ? 1 : 2)}***${isShort ? "" : address.slice(at - 1, at)}${address.slice(at)}`;
}
