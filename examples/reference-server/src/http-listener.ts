import { createServer, type IncomingMessage, type Server } from "node:http";
import { type Clock, ConfigError } from "@recallkit/core";
import type { Express } from "express";
import { bodyWatch } from "./body-watch.js";
import { closing } from "./closing.js";
import type { ServerConfig } from "./config.js";

/** A listening HTTP server. */
export interface HttpListener {
  /** `http://host:port` by which this machine reaches it. */
  readonly url: string;
  /**
   * Takes no more connections, lets open requests end for at most `graceMs`, then ends the rest. Under load the listener
   * goes up to 1 s later than asked for.
   */
  close(graceMs: number): Promise<void>;
}

const LONGEST_CHECK_MS = 5000;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Listens.
 *
 * @throws {ConfigError} `config.invalid` for PORT or HOST when the address cannot be taken
 */
export async function listen(
  app: Express,
  { host, port, httpTimeouts }: Pick<ServerConfig, "host" | "port" | "httpTimeouts">,
  { clock, isUpload }: { readonly clock: Clock; readonly isUpload: (request: IncomingMessage) => boolean },
): Promise<HttpListener> {
  const { headersMs, requestMs } = httpTimeouts;
  // A caller who is slower than this keeps a connection for nothing: it is answered 408 and closed. Bodies have a watch of
  // their own, as files may take as long as they keep coming.
  const limits = {
    headersTimeout: headersMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(LONGEST_CHECK_MS, Math.ceil(headersMs / 4)),
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const { answer, close } = closing(app, clock);
  const server = createServer(limits, bodyWatch(answer, { clock, requestMs, isUpload }));
  await started(server, host, port);
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://${reachable(host)}:${taken}`, close: (graceMs) => close(server, graceMs) };
}

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const variable = error.code === "EADDRINUSE" || error.code === "EACCES" ? "PORT" : "HOST";
      const reason = error.code === "EADDRINUSE" ? "is in use" : `cannot be used (${error.code ?? "unknown"})`;
      const text = `${variable}: the address ${reason}`;
      reject(new ConfigError("config.invalid", variable, text, { cause: error, hint: "choose another PORT or HOST" }));
    });
    server.listen({ host, port }, resolve);
  });
}

/** An address that listens everywhere is reached here by loopback. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
