import { type Connection, type ConnectionOptions, connectionTo, required } from "../provider/connection.js";

/** Options of {@link yunpianClient} and `yunpianProvider`; `baseUrl` ends with the version: `https://sms.yunpian.com/v2`. */
export interface YunpianOptions extends ConnectionOptions {
  /** Key of one account; marketing and notices have accounts of their own. */
  readonly apikey: string;
  /** Address that reports of our messages are pushed to. @default the one of the account's console */
  readonly callbackUrl?: string | undefined;
  /**
   * True when support has enabled `uid` for the account: then messages carry a mark of their own, and a look-up goes by it
   * instead of the text.
   *
   * @default false
   */
  readonly uid?: boolean | undefined;
}

/** Options with their defaults. */
export interface YunpianSettings extends Connection {
  readonly apikey: string;
  readonly callbackUrl: string | undefined;
  readonly uid: boolean;
}

/** Puts the defaults in place. @throws {ConfigError} `apikey` is missing, or `baseUrl` is no http(s) URL */
export function yunpianSettings(options: YunpianOptions): YunpianSettings {
  const { callbackUrl, uid = false } = options;
  const apikey = required("apikey", options.apikey);
  return { ...connectionTo("https://sms.yunpian.com/v2", options), apikey, callbackUrl, uid };
}
