import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, silentLogger } from "@recallkit/core";
import { compose } from "@recallkit/http";
import { expect } from "vitest";
import { modules } from "../app.js";
import type { Environment } from "../config/environment.js";
import { readConfig } from "../config.js";
import type { ServerContext, ServerRole } from "../frame/context.js";
import { startServer } from "../server.js";

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed body; undefined for an answer that is no JSON. */
  readonly json: unknown;
}

/** A server on loopback with a database of its own. */
export interface TestServer {
  readonly url: string;
  readonly token: string;
  readonly context: ServerContext;
  readonly dataDir: string;
  readonly printed: readonly string[];
  /** Sends a request without a token unless one is given; checks the answer against the documented form. */
  request(method: string, path: string, init?: RequestParts): Promise<Answer>;
  /** A GET with the token. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A POST of JSON with the token. */
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Any call of JSON by a token, this server's own unless another is given. */
  call(method: string, path: string, parts?: CallParts): Promise<Answer>;
  /** A token of a user. */
  logIn(username: string, password: string, tenantId?: number): Promise<string>;
  /** Stops the server and removes the folder that was made for it; one given as DATA_DIR stays. */
  close(): Promise<void>;
}

interface RequestParts {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface CallParts {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const TEST_USERNAME = "merchant_username";
export const TEST_PASSWORD = "correct horse";

/** Starts a server with cheap passwords and without the sample shop. */
export async function startTestServer(
  environment: Environment = {},
  options: { readonly role?: ServerRole; readonly logger?: Logger; readonly password?: string } = {},
): Promise<TestServer> {
  const { role = "all", logger = silentLogger, password = TEST_PASSWORD } = options;
  const dataDir = await mkdtemp(join(tmpdir(), "recallkit-server-"));
  const printed: string[] = [];
  const config = readConfig(
    {
      PORT: "0",
      DATA_DIR: dataDir,
      SAMPLE_DATA: "off",
      RATE_LIMITS: "off",
      BOOTSTRAP_USERNAME: TEST_USERNAME,
      BOOTSTRAP_PASSWORD: password,
      ...environment,
    },
    role,
  );
  const server = await startServer({
    config,
    role,
    print: (line) => printed.push(line),
    logger,
    passwordCost: { costBits: 4, blockSize: 1, parallelism: 1 },
  });

  async function request(method: string, path: string, { body, headers = {} }: RequestParts = {}): Promise<Answer> {
    const response = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    const isJson = text !== "" && /json/.test(response.headers.get("content-type") ?? "");
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
    expectDocumented(method, path, answer);
    return answer;
  }

  async function logIn(username: string, secret: string, tenantId?: number): Promise<string> {
    const login = await request("POST", "/login", {
      body: JSON.stringify({ username, password: secret, ...(tenantId !== undefined && { tenant_id: tenantId }) }),
      headers: { "content-type": "application/json" },
    });
    return tokenOf(login.json);
  }

  const token = await logIn(TEST_USERNAME, password);
  const bearer = { authorization: `Bearer ${token}` };
  return {
    url: server.url,
    token,
    context: server.context,
    dataDir,
    printed,
    request,
    logIn,
    call: (method, path, { body, token: other = token, headers = {} } = {}) =>
      request(method, path, {
        headers: {
          authorization: `Bearer ${other}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    get: (path, headers) => request("GET", path, { headers: { ...bearer, ...headers } }),
    post: (path, body = {}, headers = {}) =>
      request("POST", path, {
        body: JSON.stringify(body),
        headers: { ...bearer, "content-type": "application/json", ...headers },
      }),
    async close() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function tokenOf(answer: unknown): string {
  if (typeof answer === "object" && answer !== null && "token" in answer) return String(answer.token);
  return "";
}

/** Every answer of every test has the form that the documentation gives. */
function expectDocumented(method: string, path: string, { status, json, headers }: Answer): void {
  const bare = path.split("?")[0] ?? path;
  const route = modules
    .flatMap((module) => module.routes ?? [])
    .find((one) => one.method === method.toLowerCase() && patternOf(one.path).test(bare));
  const own = route?.errors?.[status]?.schema;
  if (status < 400 || own) {
    const schema = own ?? route?.response;
    if (json !== undefined) expect(schema?.safeParse(json).error?.issues ?? []).toEqual([]);
    return;
  }
  if (method === "HEAD") return;
  const envelope = envelopeOf(bare);
  expect(headers.get("content-type")).toBe(envelope.contentType);
  expect(envelope.schema.safeParse(json).error?.issues ?? []).toEqual([]);
}

const { envelopeOf } = compose(modules);

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
}
