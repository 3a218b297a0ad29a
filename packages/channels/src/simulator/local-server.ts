import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A request, read whole. */
export interface LocalRequest {
  /** `POST /v3/push`, without the query. */
  readonly route: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a local server says. `undefined` instead: it resets the connection; `"hang"`: it says nothing. */
export interface LocalAnswer {
  readonly status: number;
  readonly body: string;
  /** @default "application/json; charset=utf-8" */
  readonly type?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A server on this machine only. */
export interface LocalServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const MAX_BODY = 1024 * 1024;
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:";

/** JSON as an answer. */
export const jsonAnswer = (value: unknown, status = 200): LocalAnswer => ({ status, body: JSON.stringify(value) });
/** A page as an answer. It runs no scripts and loads nothing from elsewhere. */
export const pageAnswer = (html: string): LocalAnswer => ({
  status: 200,
  body: html,
  type: "text/html; charset=utf-8",
  headers: { "content-security-policy": `${PAGE_POLICY}; frame-src 'self'; form-action 'self'` },
});
/** A page that somebody else wrote: in a sandbox of its own, whoever opens it. */
export const foreignPageAnswer = (html: string): LocalAnswer => ({
  ...pageAnswer(html),
  headers: { "content-security-policy": `${PAGE_POLICY}; sandbox` },
});
export const notFound: LocalAnswer = { status: 404, body: "not found", type: "text/plain" };

/** Listens on 127.0.0.1. @param port 0: any free one @throws the system's error when the port is taken */
export async function localServer(
  port: number,
  answer: (request: LocalRequest) => LocalAnswer | "hang" | undefined | Promise<LocalAnswer | "hang" | undefined>,
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    respond(request, response).catch(() => request.socket.destroy());
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const body = await bodyOf(request);
    const said = await answer({ route: `${request.method} ${url.pathname}`, url, headers: request.headers, body });
    if (said === "hang") return;
    if (said === undefined) {
      request.socket.resetAndDestroy();
      return;
    }
    if (response.destroyed) return;
    const type = said.type ?? "application/json; charset=utf-8";
    response
      .writeHead(said.status, { "content-type": type, "content-length": Buffer.byteLength(said.body), ...said.headers })
      .end(said.body);
  }

  const bound = await listen(server, port);
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new RangeError("the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
