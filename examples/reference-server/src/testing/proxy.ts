import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy before a server, that can be cut. */
export interface FrontProxy {
  /** With the prefix, without a slash at the end. */
  readonly url: string;
  /** Requests that came, as `GET /a/b/console/`. */
  readonly seen: readonly string[];
  /** Ends what is open and refuses what comes. */
  cut(): Promise<void>;
  /** Answers again, at the same address. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy that takes a prefix off. */
export async function startProxy(target: string, prefix = ""): Promise<FrontProxy> {
  const seen: string[] = [];
  function pass(request: IncomingMessage, response: ServerResponse) {
    const { method = "GET", url = "/", headers } = request;
    seen.push(`${method} ${url}`);
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end();
      return;
    }
    const inner = ask(target + url.slice(prefix.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    inner.once("error", () => response.destroy());
    response.once("close", () => inner.destroy());
    request.pipe(inner);
  }
  const server = createServer(pass);
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const cut = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    seen,
    cut,
    mend: () => listen(port),
    close: async () => {
      if (server.listening) await cut();
    },
  };
}
