import {
  type Clock,
  ConfigError,
  type Logger,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
} from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import {
  type HttpTransport,
  memoryRateLimiter,
  memoryTokenCache,
  type RateLimiter,
  type TokenCache,
} from "@recallkit/core/ports";
import { type Penalties, penalties } from "./penalties.js";
import { checkedRateLimits, type RateLimits } from "./rate-limits.js";

/** Access tokens of somebody else's making (中控), where one service fetches them for all programs of a corp. */
export interface AccessTokenProvider {
  /** The app's present token. */
  get(): Promise<string>;
  /** A token in place of one that WeCom has refused; the present one if another has taken its place already. */
  refresh(refused: string): Promise<string>;
}

/** Options of `createWecomClient`. */
export interface WecomClientOptions {
  readonly corpId: string;
  /** Secret of one self-built app that may call the customer-contact API; not needed with `accessToken`. */
  readonly secret?: string | undefined;
  /** Where access tokens come from. @default `gettoken` with the secret, kept in `tokenCache` */
  readonly accessToken?: AccessTokenProvider | undefined;
  /** Any server that speaks the protocol. @default "https://qyapi.weixin.qq.com" */
  readonly baseUrl?: string | undefined;
  /** @default undici: one attempt, no redirects, a send deadline */
  readonly transport?: HttpTransport | undefined;
  /** Keeps access tokens and media ids; share one between processes to share these. @default memory of this client */
  readonly tokenCache?: TokenCache | undefined;
  /** Counts calls per account and path; share one between processes to keep the limits together. @default memory of this client */
  readonly rateLimiter?: RateLimiter | undefined;
  /** What it keeps to, by path (`externalcontact/add_msg_template`); `"*"`: every path without its own. @default below WeCom's own limits */
  readonly rateLimits?: RateLimits | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Spreads the waits between tries of a busy server. @default systemRandom */
  readonly random?: Random | undefined;
  /** Told about refused calls: name, errcode and trace id, nothing personal. @default silent */
  readonly logger?: Logger | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
  /** Longest wait for one upload, in ms. @default 60000 */
  readonly uploadTimeoutMs?: number | undefined;
}

/** Options with their defaults. */
export type WecomSettings = {
  readonly [Name in Exclude<keyof WecomClientOptions, "accessToken">]-?: NonNullable<WecomClientOptions[Name]>;
} & Pick<WecomClientOptions, "accessToken"> & { readonly penalties: Penalties };

/**
 * Puts the defaults in place.
 *
 * @throws {ConfigError} `corpId`, or both `secret` and `accessToken`, is missing, `baseUrl` is no http(s) URL, or a rate limit is none
 */
export function settingsOf(options: WecomClientOptions): WecomSettings {
  const clock = options.clock ?? systemClock;
  return {
    corpId: required("corpId", options.corpId),
    secret: options.accessToken ? (options.secret ?? "") : required("secret", options.secret),
    accessToken: options.accessToken,
    baseUrl: baseUrlOf(options.baseUrl ?? "https://qyapi.weixin.qq.com"),
    transport: options.transport ?? undiciTransport({ clock }),
    tokenCache: options.tokenCache ?? memoryTokenCache({ clock }),
    rateLimiter: options.rateLimiter ?? memoryRateLimiter({ clock }),
    rateLimits: checkedRateLimits(options.rateLimits),
    penalties: penalties(clock),
    clock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
    timeoutMs: options.timeoutMs ?? 15_000,
    uploadTimeoutMs: options.uploadTimeoutMs ?? 60_000,
  };
}

function required(option: string, value: string | undefined): string {
  if (value) return value;
  throw new ConfigError("config.missing", option, `WeCom needs the option ${option}`);
}

function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.search === "")
    return (url.origin + url.pathname).replace(/\/+$/, "");
  throw new ConfigError("config.invalid", "baseUrl", "baseUrl must be an http(s) URL without a query");
}
