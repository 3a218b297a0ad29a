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
import { type HttpTransport, memoryTokenCache, type TokenCache } from "@recallkit/core/ports";

/** Options of {@link officialAccountClient}. */
export interface OfficialAccountOptions {
  readonly appId: string;
  readonly secret: string;
  /** Any server that speaks the protocol. @default "https://api.weixin.qq.com" */
  readonly baseUrl?: string | undefined;
  /** @default undici: one attempt, no redirects, a send deadline */
  readonly transport?: HttpTransport | undefined;
  /** Keeps access tokens; share one between processes to share these. @default memory of this client */
  readonly tokenCache?: TokenCache | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Spreads the waits between tries of a busy server. @default systemRandom */
  readonly random?: Random | undefined;
  /** Told about refused calls: name and errcode, nothing personal. @default silent */
  readonly logger?: Logger | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
}

/** Options with their defaults. */
export type OfficialAccountSettings = {
  readonly [Name in keyof OfficialAccountOptions]-?: NonNullable<OfficialAccountOptions[Name]>;
};

/** Puts the defaults in place. @throws {ConfigError} `appId` or `secret` is missing, or `baseUrl` is no http(s) URL */
export function settingsOf(options: OfficialAccountOptions): OfficialAccountSettings {
  const clock = options.clock ?? systemClock;
  return {
    appId: required("appId", options.appId),
    secret: required("secret", options.secret),
    baseUrl: baseUrlOf(options.baseUrl ?? "https://api.weixin.qq.com"),
    transport: options.transport ?? undiciTransport({ clock }),
    tokenCache: options.tokenCache ?? memoryTokenCache({ clock }),
    clock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
    timeoutMs: options.timeoutMs ?? 15_000,
  };
}

function required(option: string, value: string): string {
  if (value) return value;
  throw new ConfigError("config.missing", option, `an official account needs the option ${option}`);
}

function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.search === "")
    return (url.origin + url.pathname).replace(/\/+$/, "");
  throw new ConfigError("config.invalid", "baseUrl", "baseUrl must be an http(s) URL without a query");
}
