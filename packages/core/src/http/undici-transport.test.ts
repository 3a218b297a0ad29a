import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../clock.js";
import { TransportError } from "../errors.js";
import { publicLookup } from "./public-address.js";
import { type UndiciTransport, undiciTransport } from "./undici-transport.js";

let transport: UndiciTransport;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  transport = undiciTransport();
  cleanUp.push(() => transport.close());
});

afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function listen(server: Server | TcpServer, host = "127.0.0.1"): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  // `address()` of a server that listens on TCP is always this object.
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

async function failureOf(call: Promise<unknown>): Promise<TransportError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (TransportError.is(error)) return error;
  throw new Error("the call did not fail with a TransportError", { cause: error });
}

/** The system clock, whose monotonic time the test sets. */
function clockAt(monotonicMs: () => number): Clock {
  return { ...systemClock, monotonic: monotonicMs };
}

/** A transport whose time limits are up when the test says so. */
function transportOnCall(): { readonly limited: UndiciTransport; timeIsUp(): void } {
  const sleepers = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        sleepers.add(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  const limited = undiciTransport({ clock });
  cleanUp.push(() => limited.close());
  return {
    limited,
    timeIsUp() {
      for (const wake of sleepers) wake();
    },
  };
}

describe("undiciTransport: answers", () => {
  test("sends a POST body as raw UTF-8 and brings back status, joined headers and bytes", async () => {
    let received = "";
    const url = await serve((request, response) => {
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => {
        received += chunk;
      });
      request.on("end", () => {
        response.writeHead(201, { "X-Many": ["a", "b"], "content-type": "text/plain" }).end(`${request.url} 完成`);
      });
    });

    const answer = await transport.request({ method: "POST", url: `${url}/p?q=1`, body: '{"文":"喵🐱"}' });

    expect(received).toBe('{"文":"喵🐱"}');
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ "x-many": "a, b", "content-type": "text/plain" });
    expect(new TextDecoder().decode(answer.body)).toBe("/p?q=1 完成");
  });

  test("hands over a redirect instead of following it", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });

    const answer = await transport.request({ method: "GET", url: `${url}/first` });

    expect(answer.status).toBe(302);
    expect(asked).toEqual(["/first"]);
  });

  test("hands over a server error as an answer", async () => {
    const url = await serve((_, response) => response.writeHead(502).end("<html>"));
    expect((await transport.request({ method: "GET", url })).status).toBe(502);
  });
});

describe("undiciTransport: nothing written", () => {
  test("a refused port is proof that nothing was sent", async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const error = await failureOf(transport.request({ method: "POST", url: `http://127.0.0.1:${port}/?token=s3cret` }));

    expect(error).toMatchObject({ code: "transport.unreachable", written: false, retryable: true });
    expect(error.message).not.toContain("s3cret");
  });

  test("a failed TLS handshake is proof that nothing was sent", async () => {
    const url = await listen(createTcpServer((socket) => socket.end("this is not TLS\r\n")));
    const error = await failureOf(transport.request({ method: "GET", url: url.replace("http:", "https:") }));
    expect(error).toMatchObject({ code: "transport.unreachable", written: false });
  });

  test("a name that does not resolve is proof that nothing was sent", async () => {
    const nowhere = undiciTransport({ lookup: (_, __, callback) => callback(new Error("ENOTFOUND"), []) });
    cleanUp.push(() => nowhere.close());
    const error = await failureOf(nowhere.request({ method: "GET", url: "http://nowhere.example/" }));
    expect(error).toMatchObject({ code: "transport.unreachable", written: false });
  });

  test("a request whose deadline passed while the connection opened is not written", async () => {
    let monotonic = 1000;
    const received: Buffer[] = [];
    const url = await listen(createTcpServer((socket) => socket.on("data", (chunk) => received.push(chunk))));
    const late = undiciTransport({
      clock: clockAt(() => monotonic),
      lookup: (_, __, callback) => {
        monotonic = 11_001; // the process slept between the intent and the write
        callback(null, [{ address: "127.0.0.1", family: 4 }]);
      },
    });
    cleanUp.push(() => late.close());

    const target = url.replace("127.0.0.1", "provider.example");
    const error = await failureOf(late.request({ method: "POST", url: target, body: "{}", writeBy: 11_000 }));

    expect(error).toMatchObject({ code: "transport.deadline", written: false });
    expect(received).toEqual([]);
  });

  test("a request is written when its deadline is this very millisecond", async () => {
    const url = await serve((_, response) => response.end("in time"));
    const punctual = undiciTransport({ clock: clockAt(() => 11_000) });
    cleanUp.push(() => punctual.close());
    expect((await punctual.request({ method: "POST", url, writeBy: 11_000 })).status).toBe(200);
  });

  test("a call that was aborted beforehand never connects", async () => {
    let connections = 0;
    const url = await listen(createTcpServer(() => connections++));
    const error = await failureOf(transport.request({ method: "GET", url, signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "transport.aborted", written: false });
    expect(connections).toBe(0);
  });

  test.each(["no url", "/relative"])("the URL %j is refused without its text in the message", async (url) => {
    const error = await failureOf(transport.request({ method: "GET", url }));
    expect(error).toMatchObject({ code: "transport.invalid-request", written: false });
    expect(error.message).not.toContain(url);
  });

  test("a header with a line break is refused", async () => {
    const url = await serve((_, response) => response.end());
    const error = await failureOf(transport.request({ method: "GET", url, headers: { "x-a": "1\r\nx-b: 2" } }));
    expect(error).toMatchObject({ code: "transport.invalid-request", written: false });
  });

  test("a time-out before the connection opened is proof that nothing was sent, also afterwards", async () => {
    const received: Buffer[] = [];
    const url = await listen(createTcpServer((socket) => socket.on("data", (chunk) => received.push(chunk))));
    let connect: (() => void) | undefined;
    const slow = undiciTransport({
      lookup: (_, __, callback) => {
        connect = () => callback(null, [{ address: "127.0.0.1", family: 4 }]);
      },
    });
    cleanUp.push(() => slow.close());

    const target = url.replace("127.0.0.1", "slow.example");
    const error = await failureOf(slow.request({ method: "POST", url: target, body: "{}", timeoutMs: 20 }));
    connect?.();
    await slow.close();

    expect(error).toMatchObject({ code: "transport.timeout", written: false });
    expect(received).toEqual([]);
  });
});

describe("undiciTransport: possibly written", () => {
  test("a reset after the request came is no proof, and the request is not repeated", async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.resetAndDestroy();
    });
    const error = await failureOf(transport.request({ method: "POST", url, body: "{}" }));
    expect(error).toMatchObject({ code: "transport.interrupted", written: true, retryable: false });
    expect(requests).toBe(1);
  });

  test("a reset GET is not repeated either", async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.destroy();
    });
    expect(await failureOf(transport.request({ method: "GET", url }))).toMatchObject({ written: true });
    expect(requests).toBe(1);
  });

  test("a server that never answers ends in a time-out with unknown effect", async () => {
    const { limited, timeIsUp } = transportOnCall();
    const url = await serve(timeIsUp);
    const error = await failureOf(limited.request({ method: "POST", url, body: "{}" }));
    expect(error).toMatchObject({ code: "transport.timeout", written: true });
  });

  test("an answer that only drips ends in the time-out of the whole call", async () => {
    const { limited, timeIsUp } = transportOnCall();
    const url = await serve((_, response) => {
      response.writeHead(200);
      // Drop after drop leaves; the time is up while there is always another one to come.
      response.write(".", () => response.write(".", timeIsUp));
    });
    const error = await failureOf(limited.request({ method: "GET", url }));
    expect(error).toMatchObject({ code: "transport.timeout", written: true });
  });

  test("an answer that breaks off is no answer", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    expect(await failureOf(transport.request({ method: "GET", url }))).toMatchObject({
      code: "transport.interrupted",
      written: true,
    });
  });

  test.each([
    ["announced", { "content-length": "2000" }],
    ["not announced", {}],
  ])("an answer over the limit is cut off when its size is %s", async (_, headers) => {
    const url = await serve((__, response) => response.writeHead(200, headers).end("x".repeat(2000)));
    const error = await failureOf(transport.request({ method: "GET", url, maxBytes: 1999 }));
    expect(error).toMatchObject({ code: "transport.too-large", written: true });
  });

  test("an answer of exactly the limit comes through", async () => {
    const url = await serve((_, response) => response.end("x".repeat(2000)));
    expect((await transport.request({ method: "GET", url, maxBytes: 2000 })).body).toHaveLength(2000);
  });

  test("an abort after the request came is no proof", async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort());
    const error = await failureOf(transport.request({ method: "POST", url, body: "{}", signal: abort.signal }));
    expect(error).toMatchObject({ code: "transport.aborted", written: true });
  });

  test("one call's failure leaves the next one alone", async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end("fine");
    });
    await failureOf(transport.request({ method: "POST", url, body: "{}" }));
    expect((await transport.request({ method: "POST", url, body: "{}" })).status).toBe(200);
  });
});

describe("publicLookup", () => {
  test("keeps the socket from a name that resolves to loopback", async () => {
    let connections = 0;
    const url = await listen(createTcpServer(() => connections++));
    const guarded = undiciTransport({
      lookup: publicLookup((_, __, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }])),
    });
    cleanUp.push(() => guarded.close());

    const target = url.replace("127.0.0.1", "images.example");
    expect(await failureOf(guarded.request({ method: "GET", url: target }))).toMatchObject({ written: false });
    expect(connections).toBe(0);
  });
});
