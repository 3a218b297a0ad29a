import { type Clock, ConfigError, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { HttpTransport } from "@recallkit/core/ports";

/** Options of {@link yunpianClient} and `yunpianProvider`. */
export interface YunpianOptions {
  /** Key of one account; marketing and notices have accounts of their own. */
  readonly apikey: string;
  /** Any server that speaks the protocol, with its version. @default "https://sms.yunpian.com/v2" */
  readonly baseUrl?: string | undefined;
  /** @default undici: one attempt, no redirects, a send deadline */
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
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
export interface YunpianSettings {
  readonly apikey: string;
  readonly baseUrl: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly callbackUrl: string | undefined;
  readonly uid: boolean;
}

/** Puts the defaults in place. @throws {ConfigError} `apikey` is missing, or `baseUrl` is no http(s) URL */
export function yunpianSettings(options: YunpianOptions): YunpianSettings {
  const { apikey, baseUrl = "https://sms.yunpian.com/v2", clock = systemClock, callbackUrl } = options;
  if (!apikey) throw new ConfigError("config.missing", "apikey", "Yunpian needs the option apikey");
  return {
    apikey,
    baseUrl: checkedBaseUrl(baseUrl),
    transport: options.transport ?? undiciTransport({ clock }),
    clock,
    timeoutMs: options.timeoutMs ?? 15_000,
    callbackUrl,
    uid: options.uid ?? false,
  };
}

function checkedBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.search === "") return text.replace(/\/+$/, "");
  throw new ConfigError("config.invalid", "baseUrl", "baseUrl must be an http(s) URL without a query");
}
