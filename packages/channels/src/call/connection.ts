import { type Clock, ConfigError, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { HttpTransport } from "@recallkit/core/ports";

/** How a provider's server is reached; the same for all of them. */
export interface ConnectionOptions {
  /** Any server that speaks the protocol. @default the provider's own */
  readonly baseUrl?: string | undefined;
  /** @default undici: one attempt, no redirects, a send deadline */
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
}

/** Options with their defaults. */
export interface Connection {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Puts the defaults in place. @throws {ConfigError} `baseUrl` is no http(s) URL without a query */
export function connectionTo(usualUrl: string, options: ConnectionOptions): Connection {
  const { baseUrl = usualUrl, clock = systemClock, timeoutMs = 15_000 } = options;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "") {
    throw new ConfigError("config.invalid", "baseUrl", "baseUrl must be an http(s) URL without a query");
  }
  return {
    baseUrl: (url.origin + url.pathname).replace(/\/+$/, ""),
    transport: options.transport ?? undiciTransport({ clock }),
    clock,
    timeoutMs,
  };
}

/** A setting that nothing can do without. @throws {ConfigError} it is missing */
export function required(option: string, value: string): string {
  if (value) return value;
  throw new ConfigError("config.missing", option, `the channel needs the option ${option}`);
}
