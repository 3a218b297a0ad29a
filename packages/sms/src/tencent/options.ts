import { type Clock, ConfigError, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { HttpTransport } from "@recallkit/core/ports";

/** Options of {@link tencentProvider}. */
export interface TencentOptions {
  readonly secretId: string;
  readonly secretKey: string;
  /** Id of the SMS app, for example `1400000000`. */
  readonly sdkAppId: string;
  /** @default "ap-guangzhou" */
  readonly region?: string | undefined;
  /** @default "https://sms.tencentcloudapi.com" */
  readonly baseUrl?: string | undefined;
  /** @default undici: one attempt, no redirects, a send deadline */
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
}

/** Options with their defaults. */
export interface TencentSettings {
  readonly secretId: string;
  readonly secretKey: string;
  readonly sdkAppId: string;
  readonly region: string;
  readonly baseUrl: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Puts the defaults in place. @throws {ConfigError} a key is missing, or `baseUrl` is no http(s) URL */
export function tencentSettings(options: TencentOptions): TencentSettings {
  const { clock = systemClock, baseUrl = "https://sms.tencentcloudapi.com" } = options;
  for (const name of ["secretId", "secretKey", "sdkAppId"] as const) {
    if (!options[name]) throw new ConfigError("config.missing", name, `Tencent needs the option ${name}`);
  }
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError("config.invalid", "baseUrl", "baseUrl must be an http(s) URL");
  }
  return {
    secretId: options.secretId,
    secretKey: options.secretKey,
    sdkAppId: options.sdkAppId,
    region: options.region ?? "ap-guangzhou",
    baseUrl: url.origin,
    transport: options.transport ?? undiciTransport({ clock }),
    clock,
    timeoutMs: options.timeoutMs ?? 15_000,
  };
}
