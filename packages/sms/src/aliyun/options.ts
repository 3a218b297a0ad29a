import { type Clock, ConfigError, type Random, systemClock, systemRandom } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { HttpTransport } from "@recallkit/core/ports";

/** Options of {@link aliyunProvider}. */
export interface AliyunOptions {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Token of temporary credentials. @default none */
  readonly securityToken?: string | undefined;
  /** @default "https://dysmsapi.aliyuncs.com" */
  readonly baseUrl?: string | undefined;
  /** @default undici: one attempt, no redirects, a send deadline */
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Makes nonces. @default systemRandom */
  readonly random?: Random | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
}

/** Options with their defaults. */
export interface AliyunSettings {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | undefined;
  readonly baseUrl: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeoutMs: number;
}

/** Puts the defaults in place. @throws {ConfigError} a key is missing, or `baseUrl` is no http(s) URL */
export function aliyunSettings(options: AliyunOptions): AliyunSettings {
  const { clock = systemClock, baseUrl = "https://dysmsapi.aliyuncs.com" } = options;
  for (const name of ["accessKeyId", "accessKeySecret"] as const) {
    if (!options[name]) throw new ConfigError("config.missing", name, `Aliyun needs the option ${name}`);
  }
  return {
    accessKeyId: options.accessKeyId,
    accessKeySecret: options.accessKeySecret,
    securityToken: options.securityToken,
    baseUrl: originOf(baseUrl),
    transport: options.transport ?? undiciTransport({ clock }),
    clock,
    random: options.random ?? systemRandom,
    timeoutMs: options.timeoutMs ?? 15_000,
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new ConfigError("config.invalid", "baseUrl", "baseUrl must be an http(s) URL");
}
