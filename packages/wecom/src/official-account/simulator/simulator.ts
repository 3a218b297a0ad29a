import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Clock, type Random, systemClock, systemRandom } from "@recallkit/core";
import { readBody } from "../../simulator/request-body.js";
import { resetConnection, sendText } from "../../simulator/respond.js";
import { ACCOUNT_CALLS } from "./calls.js";
import { accountPage } from "./page.js";
import { AccountRefusal, type AccountWorld, type SentMessage, tell } from "./world.js";

/** Options of {@link startOfficialAccountSimulator}. */
export interface OfficialAccountSimulatorOptions {
  /** @default "wx-simulator" */
  readonly appId?: string;
  /** @default "simulator-secret" */
  readonly secret?: string;
  /** Openids of those who follow from the start. @default none */
  readonly followers?: Iterable<string>;
  /** Ids of templates. @default ["template-1"] */
  readonly templates?: readonly string[];
  /** @default systemClock */
  readonly clock?: Clock;
  /** Makes tokens. @default systemRandom */
  readonly random?: Random;
  /** @default any free one */
  readonly port?: number;
}

/** Misbehaviour of the next call of a path: does its work and cuts the connection, answers a page, or an errcode without work. */
export interface AccountFault {
  /** Path below `/cgi-bin/`, for example `message/mass/send`. */
  readonly on: string;
  readonly kind: "accept-then-reset" | "html" | { readonly errcode: number };
}

/** A running simulator. */
export interface OfficialAccountSimulator {
  /** Base URL without a slash at the end; `/inbox` is a page of what followers received. */
  readonly url: string;
  /** What really went out, in order. */
  readonly sent: readonly SentMessage[];
  /** Paths that were called, in order; tokens too. */
  readonly calls: readonly string[];
  /** Lets the next call of a path go wrong; several wait in a line. */
  fault(fault: AccountFault): void;
  /** Somebody follows. */
  follow(openid: string): void;
  /** Somebody follows no more. */
  unfollow(openid: string): void;
  /** A follower writes: five answers are allowed within 48 hours. */
  write(openid: string, text: string): void;
  /** Ends the token in use before its time. */
  expireToken(): void;
  /** Listens to what the platform tells by callbacks. @returns ends it */
  onEvent(listener: (event: Readonly<Record<string, string | number>>) => void): () => void;
  close(): Promise<void>;
}

const LIFE_MS = 7_200_000;
const RENEWED_MS = 300_000;
const FORCED_APART_MS = 30_000;
const MAX_BODY = 1024 * 1024;

/**
 * Starts a local server that speaks an official account's protocol for stable tokens, customer, template and mass messages and
 * menus, refuses what the real one refuses, and remembers what really went out. For tests and demos: it listens on 127.0.0.1,
 * and nothing is sent to anybody.
 */
export async function startOfficialAccountSimulator(
  options: OfficialAccountSimulatorOptions = {},
): Promise<OfficialAccountSimulator> {
  const { clock = systemClock, random = systemRandom, templates = ["template-1"] } = options;
  const world: AccountWorld = {
    appId: options.appId ?? "wx-simulator",
    secret: options.secret ?? "simulator-secret",
    templates: new Set(templates),
    clock,
    followers: new Map(),
    sent: [],
    keyed: new Map(),
    templateKeys: new Map(),
    tokens: new Map(),
    token: undefined,
    forcedAt: undefined,
    menu: undefined,
    listeners: new Set(),
    lastId: 3_557_254_367_693_750_277n,
  };
  const newFollower = () => ({ wroteAt: undefined, answered: 0, massByMonth: new Map<string, number>() });
  for (const openid of options.followers ?? []) world.followers.set(openid, newFollower());
  const faults: AccountFault[] = [];
  const calls: string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/" || url.pathname === "/inbox") {
      return sendText(response, accountPage(world), "text/html; charset=utf-8");
    }
    if (request.method === "POST" && url.pathname === "/inbox/write") return writeByPage(request, response);
    const path = url.pathname.replace(/^\/cgi-bin\//, "");
    const body = await bodyOf(request);
    calls.push(path);
    const at = faults.findIndex(({ on }) => on === path);
    const [fault] = at === -1 ? [] : faults.splice(at, 1);
    if (fault?.kind === "html") return sendText(response, "<html>502</html>", "text/html");
    if (typeof fault?.kind === "object") return write(response, { errcode: fault.kind.errcode, errmsg: "as told" });
    const answered = perform(`${request.method} ${path}`, url.searchParams, body);
    if (fault?.kind === "accept-then-reset") return resetConnection(response);
    if (answered === undefined) return sendText(response, "not found", "text/plain", 404);
    write(response, answered);
  }

  /** Somebody writes on the page. */
  async function writeByPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams((await readBody(request, 8192))?.toString("utf8"));
    const openid = form.get("openid") ?? "";
    const { origin } = request.headers;
    const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.headers.host);
    // Other sites may not write in somebody's name; a browser says where a form comes from.
    if (!isOwn || !world.followers.has(openid)) return sendText(response, "400 Bad Request", "text/plain", 400);
    writeTo(openid, form.get("text") ?? "");
    response.writeHead(303, { location: "/inbox" }).end();
  }

  function writeTo(openid: string, text: string): void {
    const follower = world.followers.get(openid);
    if (follower === undefined) throw new RangeError(`${openid} does not follow`);
    follower.wroteAt = clock.now();
    follower.answered = 0;
    world.lastId += 1n;
    tell(world, { FromUserName: openid, MsgType: "text", Content: text, MsgId: world.lastId.toString() });
  }

  function perform(name: string, query: URLSearchParams, body: unknown): object | undefined {
    try {
      const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
      if (name === "POST stable_token") return issueToken(fields);
      const call = Object.hasOwn(ACCOUNT_CALLS, name) ? ACCOUNT_CALLS[name] : undefined;
      if (call === undefined) return undefined;
      checkToken(query.get("access_token"));
      if (body === undefined && name.startsWith("POST")) throw new AccountRefusal(47001);
      return { errcode: 0, errmsg: "ok", ...call(world, fields) };
    } catch (error) {
      if (error instanceof AccountRefusal) return { errcode: error.errcode, errmsg: error.message, ...error.more };
      throw error;
    }
  }

  function issueToken({ appid, secret, grant_type, force_refresh }: Readonly<Record<string, unknown>>): object {
    if (grant_type !== "client_credential") throw new AccountRefusal(40002);
    if (appid !== world.appId) throw new AccountRefusal(40013);
    if (secret !== world.secret) throw new AccountRefusal(40125);
    const now = clock.now();
    const known = world.token === undefined ? undefined : world.tokens.get(world.token);
    const isForced = force_refresh === true;
    if (isForced && world.forcedAt !== undefined && now - world.forcedAt < FORCED_APART_MS)
      throw new AccountRefusal(45011);
    if (world.token !== undefined && known && !isForced && known.expiresAt - now > RENEWED_MS) {
      return { access_token: world.token, expires_in: Math.floor((known.expiresAt - now) / 1000) };
    }
    if (isForced) {
      world.forcedAt = now;
      if (known) known.isRevoked = true;
    }
    world.token = `token-${Buffer.from(random.bytes(24)).toString("base64url")}`;
    world.tokens.set(world.token, { expiresAt: now + LIFE_MS, isRevoked: false });
    return { access_token: world.token, expires_in: LIFE_MS / 1000 };
  }

  function checkToken(given: string | null): void {
    if (!given) throw new AccountRefusal(41001);
    const token = world.tokens.get(given);
    if (token === undefined || token.isRevoked) throw new AccountRefusal(40001);
    if (clock.now() >= token.expiresAt) throw new AccountRefusal(42001);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!request.destroyed || request.complete) sendText(response, String(error), "text/plain", 500);
    });
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    sent: world.sent,
    calls,
    fault: (fault) => faults.push(fault),
    follow(openid) {
      world.followers.set(openid, newFollower());
      tell(world, { FromUserName: openid, Event: "subscribe", EventKey: "" });
    },
    unfollow(openid) {
      world.followers.delete(openid);
      tell(world, { FromUserName: openid, Event: "unsubscribe" });
    },
    write: writeTo,
    expireToken() {
      const token = world.token === undefined ? undefined : world.tokens.get(world.token);
      if (token) token.isRevoked = true;
    },
    onEvent(listener) {
      world.listeners.add(listener);
      return () => world.listeners.delete(listener);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Writes an answer; ids are numbers of 64 bits. */
function write(response: ServerResponse, answer: object): void {
  const text = JSON.stringify(answer).replace(/"(msgid|msg_id|msg_data_id)":"(\d+)"/g, '"$1":$2');
  sendText(response, text, "application/json; charset=utf-8");
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= MAX_BODY) pieces.push(piece);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString("utf8"));
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
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
