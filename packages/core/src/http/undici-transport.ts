import type { LookupFunction } from "node:net";
import { Agent } from "undici";
import { type Clock, systemClock } from "../clock.js";
import type { HttpTransport } from "../ports/http-transport.js";
import { exchange } from "./exchange.js";

/** Options of {@link undiciTransport}. */
export interface UndiciTransportOptions {
  /** Owns the send deadline and the call's time limit. @default systemClock */
  readonly clock?: Clock | undefined;
  /** Longest wait for one connection, TLS included, in ms. @default 5000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Finds the addresses of a host name; addresses in a URL are not looked up. @default the system's resolver */
  readonly lookup?: LookupFunction | undefined;
  /** Headers for every request, asked for when it is made; those of the request itself stay. @default none */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
}

/** An {@link HttpTransport} with connections of its own. */
export interface UndiciTransport extends HttpTransport {
  /** Lets calls in flight end, then closes the connections; may be repeated. Idle ones end by themselves and hold no process open. */
  close(): Promise<void>;
}

/**
 * HTTP/1.1 over undici: every request is written at most once, since retries, redirects and pipelining are all off.
 *
 * Answers of any status resolve; a redirect is an answer like any other.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  const { clock = systemClock, connectTimeoutMs = 5000, lookup, headers } = options;
  const agent = new Agent({
    pipelining: 1,
    allowH2: false,
    // One time limit for the whole call stands in `exchange`.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs, ...(lookup && { lookup }) },
  });
  let closing: Promise<void> | undefined;
  return {
    request: (request) =>
      exchange(agent, clock, headers ? { ...request, headers: { ...headers(), ...request.headers } } : request),
    close: () => {
      closing ??= agent.close();
      return closing;
    },
  };
}
