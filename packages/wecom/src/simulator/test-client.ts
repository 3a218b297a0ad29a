import { onTestFinished } from "vitest";
import { startWecomSimulator, type WecomSimulator, type WecomSimulatorOptions } from "./index.js";

/** A provider's JSON reply; fields are asserted, not trusted. */
export type Reply = Record<string, unknown> & { errcode?: number };

/** A plain caller of one simulator: no retries, no cache but the token. */
export interface TestClient {
  get(path: string): Promise<Reply>;
  /** POST with the app's token; `path` is the last part of an `externalcontact` path. */
  post(path: string, body: unknown): Promise<Reply>;
  /** Creates a text task and answers its `msgid`. */
  task(ids: readonly string[], more?: object): Promise<string>;
  upload(type: string, file: Uint8Array<ArrayBuffer>, filename?: string): Promise<Reply>;
  /** Throws away the cached token. */
  forgetToken(): void;
  token(): Promise<string>;
}

/** A clock that a test moves. */
export function movableClock(startMs = Date.UTC(2026, 4, 20, 2)): { now(): number; advance(ms: number): void } {
  let now = startMs;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

/** A simulator that ends with the test, and a client for it. */
export async function openSimulator(
  options: WecomSimulatorOptions = {},
): Promise<{ simulator: WecomSimulator; client: TestClient }> {
  const simulator = await startWecomSimulator({ seed: "test", ...options });
  onTestFinished(() => simulator.close());
  return { simulator, client: createTestClient(simulator.url) };
}

/** A caller for the default corp, or another app. */
export function createTestClient(url: string, corpId = "ww-simulator", secret = "simulator-secret"): TestClient {
  let token: string | undefined;
  const read = async (response: Response): Promise<Reply> => (await response.json()) as Reply;
  const client: TestClient = {
    get: async (path) => read(await fetch(url + path)),
    async token() {
      token ??= String((await client.get(`/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`)).access_token);
      return token;
    },
    forgetToken() {
      token = undefined;
    },
    async post(path, body) {
      const address = `${url}/cgi-bin/externalcontact/${path}?access_token=${await client.token()}`;
      return read(
        await fetch(address, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
      );
    },
    async task(ids, more = {}) {
      const body = { chat_type: "single", external_userid: ids, text: { content: "喵～好久不见" }, ...more };
      return String((await client.post("add_msg_template", body)).msgid);
    },
    async upload(type, file, filename = "cat.png") {
      const form = new FormData();
      form.append("media", new Blob([file]), filename);
      const address = `${url}/cgi-bin/media/upload?access_token=${await client.token()}&type=${type}`;
      return read(await fetch(address, { method: "POST", body: form }));
    },
  };
  return client;
}

/** `count` ids of customers, `wm00000` …; `from` is the first number. */
export function customerIds(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `wm${String(from + index).padStart(5, "0")}`);
}

/** A file of `bytes` that begins like a PNG. */
export function png(bytes = 64): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(bytes);
  file.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].slice(0, bytes));
  return file;
}
