import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { toE164 } from "../number/mobile-number.js";
import { shanghaiTime } from "../provider/shanghai-time.js";
import { answerAliyun } from "./aliyun-calls.js";
import { type Fault, type FaultScript, faultScript } from "./faults.js";
import { inboxPage } from "./inbox-page.js";
import { DEFAULT_ALIYUN, DEFAULT_TENCENT, DEFAULT_YUNPIAN, type SmsSimulatorOptions } from "./options.js";
import { type PushRound, pushOnce } from "./pushes.js";
import { type CallRecord, newWorld, type ProviderName, reply, type TakenMessage } from "./state.js";
import { answerTencent } from "./tencent-calls.js";
import { type Answer, answerYunpian, yunpianCallOf } from "./yunpian-calls.js";

/** What really happened, whatever the callers were told. */
export interface SmsLedger {
  /** Every message that a phone was sent, in the order in which they were taken. */
  readonly messages: readonly TakenMessage[];
  /** Calls of providers' APIs. */
  readonly calls: readonly CallRecord[];
  /** Messages that each number was sent; numbers without one are absent. */
  sentPerNumber(): Map<string, number>;
}

/** A running simulator. */
export interface SmsSimulator {
  /** Without a slash at the end. Yunpian's base URL is this and `/v2`, Aliyun's this and `/aliyun`, Tencent's this and `/tencent`. */
  readonly url: string;
  readonly port: number;
  /** Base URL for `yunpianProvider`. */
  readonly yunpianUrl: string;
  readonly faults: FaultScript;
  readonly ledger: SmsLedger;
  /** A phone answers. @throws {RangeError} `from` is no number */
  reply(from: string, text: string): void;
  /** Pushes reports and replies that wait to the addresses of the options, once. */
  push(): Promise<PushRound>;
  /** Stops the server and ends every connection; may be called again. */
  close(): Promise<void>;
}

/** Largest request body: a thousand texts of 500 characters, encoded twice. */
const MAX_BODY = 16 * 1024 * 1024;

/**
 * Starts a local server that speaks the protocols of Yunpian, Aliyun and Tencent, refuses what the real ones refuse, keeps a
 * ledger of what really happened, and shows on `/` what the phones received. State is in memory.
 *
 * For tests and demos only: it listens on 127.0.0.1, its pages ask for no login, and nothing is sent to anybody. Numbers
 * that end in 0002 fail, 0003 are never heard of, 0004 are reported twice, 0006 are refused, 0007 reply R.
 *
 * @throws the system's error when the port is taken
 * @example
 * const simulator = await startSmsSimulator();
 * const provider = yunpianProvider({ apikey: "simulator-apikey", baseUrl: simulator.yunpianUrl });
 */
export async function startSmsSimulator(options: SmsSimulatorOptions = {}): Promise<SmsSimulator> {
  const { yunpian = DEFAULT_YUNPIAN, aliyun = DEFAULT_ALIYUN, tencent = DEFAULT_TENCENT } = options;
  const now = options.clock ? () => options.clock?.now() ?? 0 : () => Date.now();
  // Above 2^53: whoever reads it as a double gets another id.
  const world = newWorld(now, options.balance ?? Number.POSITIVE_INFINITY, 9_007_199_254_740_993n + BigInt(now()));
  const faults = faultScript();
  const nonces = new Set<string>();

  const providers: Readonly<Record<ProviderName, (request: IncomingMessage, url: URL, body: string) => Answer>> = {
    yunpian: (_, url, body) =>
      answerYunpian({ world, account: yunpian }, yunpianCallOf(url.pathname) ?? "", new URLSearchParams(body)),
    aliyun: (request, url) => answerAliyun({ world, account: aliyun, nonces }, request.headers, url.searchParams),
    tencent: (request, _, body) => answerTencent({ world, account: tencent }, request.headers, body),
  };
  const callOf = (request: IncomingMessage, url: URL): readonly [ProviderName, string] | undefined => {
    const name = yunpianCallOf(url.pathname);
    if (name !== undefined) return ["yunpian", name];
    if (request.headers["x-acs-action"]) return ["aliyun", String(request.headers["x-acs-action"])];
    return request.headers["x-tc-action"] ? ["tencent", String(request.headers["x-tc-action"])] : undefined;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const body = await bodyOf(request);
    const call = callOf(request, url);
    if (!call) {
      const { status, type, text, location } = page(`${request.method} ${url.pathname}`, url, body);
      if (location) response.setHeader("location", location);
      send(response, status, text, type);
      return;
    }
    const [provider, name] = call;
    const fault = request.method === "POST" ? faults.take(name) : undefined;
    const record = (status: number | undefined, code: string) =>
      world.calls.push({ provider, path: name, at: now(), status, code });
    const perform = () => providers[provider](request, url, body);
    const answer: Reply | undefined = fault
      ? struck(fault, provider, perform)
      : request.method === "POST"
        ? perform()
        : methodRefused();
    record(answer?.status, answer?.code ?? "");
    if (answer) return send(response, answer.status, answer.body, answer.type ?? "application/json;charset=utf-8");
    if (fault?.kind !== "hang") request.socket.resetAndDestroy();
  }

  function page(route: string, url: URL, body: string): Page {
    if (route === "GET /" || route === "GET /inbox") {
      const number = url.searchParams.has("number") ? toE164(url.searchParams.get("number") ?? "") : undefined;
      return { status: 200, type: "text/html;charset=utf-8", text: inboxPage(world.messages, number, shanghaiTime) };
    }
    if (route === "POST /inbox/reply") {
      const form = new URLSearchParams(body);
      const from = toE164(form.get("from") ?? "");
      if (from === undefined || !form.get("text")) return { status: 400, type: "text/plain", text: "bad reply" };
      reply(world, from, form.get("text") ?? "");
      return { status: 303, type: "text/plain", text: "", location: "/" };
    }
    if (route === "GET /__simulator/ledger") return json({ messages: world.messages, calls: world.calls });
    if (route === "POST /__simulator/faults") {
      try {
        const script: unknown = JSON.parse(body);
        // `push` checks their form.
        faults.push(...((Array.isArray(script) ? script : [script]) as Fault[]));
        return json(faults.waiting());
      } catch {
        return { status: 400, type: "text/plain", text: "bad fault" };
      }
    }
    return { status: 404, type: "text/plain", text: "not found" };
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  let closed: Promise<void> | undefined;
  return {
    url,
    port,
    yunpianUrl: `${url}/v2`,
    faults,
    ledger: {
      get messages() {
        return world.messages;
      },
      get calls() {
        return world.calls;
      },
      sentPerNumber() {
        const counts = new Map<string, number>();
        for (const { to } of world.messages) counts.set(to, (counts.get(to) ?? 0) + 1);
        return counts;
      },
    },
    reply(from, text) {
      const number = toE164(from);
      if (number === undefined) throw new RangeError("from is no mobile number");
      reply(world, number, text);
    },
    push: () => pushOnce(world, yunpian, options),
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

type Reply = Answer & { readonly type?: string };

/** What a fault makes of a call; undefined: no answer. */
function struck(fault: Fault, provider: ProviderName, perform: () => Answer): Reply | undefined {
  switch (fault.kind) {
    case "reset":
      return undefined;
    case "accept-then-reset":
    case "hang":
      perform();
      return undefined;
    case "html":
      return { status: 200, body: "<html><body>Bad Gateway</body></html>", code: "html", type: "text/html" };
    case "500":
      return { status: 500, body: "", code: "500" };
    case "accept-then-500":
      perform();
      return { status: 500, body: "", code: "500" };
    case "code":
      return coded(provider, fault.code);
  }
}

/** A refusal in the form of a provider. */
function coded(provider: ProviderName, code: number | string): Reply {
  if (provider === "yunpian") {
    return {
      status: 400,
      body: JSON.stringify({ http_status_code: 400, code: Number(code), msg: null, detail: "" }),
      code: String(code),
    };
  }
  const body =
    provider === "aliyun"
      ? { Code: code, Message: String(code), RequestId: "simulator" }
      : { Response: { Error: { Code: code, Message: "" }, RequestId: "simulator" } };
  return { status: 200, body: JSON.stringify(body), code: String(code) };
}

function methodRefused(): Reply {
  return {
    status: 400,
    body: JSON.stringify({ http_status_code: 400, code: 11, msg: "GET not supported", detail: null }),
    code: "11",
  };
}

function send(response: ServerResponse, status: number, body: string, type: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) }).end(body);
}

/** An answer that no provider gives. */
interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly location?: string;
}

function json(value: unknown): Page {
  return { status: 200, type: "application/json;charset=utf-8", text: JSON.stringify(value) };
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
