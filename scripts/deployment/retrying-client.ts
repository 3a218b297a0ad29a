// What a well-behaved program does with answers that say "not now": it comes again, with the same key.
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:https";
import { setTimeout as wait } from "node:timers/promises";

/** What became of the calls of a client. */
export interface Calls {
  /** Calls that ended with an answer of 2xx. */
  answered: number;
  /** Tries that had to be repeated. */
  repeated: number;
  /** Calls that were given up: status or code of the last try. */
  readonly failed: string[];
  /** Longest time from the first try to the answer, ms. */
  longestMs: number;
}

/** Calls the API until it answers. */
export interface RetryingClient {
  readonly calls: Calls;
  call(method: "GET" | "POST", path: string, body?: object): Promise<Record<string, unknown>>;
  close(): void;
}

const AGAIN = new Set([408, 409, 425, 429, 502, 503, 504]);
const MOST_MS = 60_000;
const PAUSE_MS = 100;

interface Tried {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** Makes a client with connections of its own. @param token of a session or an API key; undefined: none yet */
export function retryingClient(base: string, ca: string, token?: string): RetryingClient {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 2 });
  const calls: Calls = { answered: 0, repeated: 0, failed: [], longestMs: 0 };

  function once(method: string, path: string, text: string | undefined, key: string): Promise<Tried> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        ...(method === "POST" && token !== undefined && { "idempotency-key": key }),
      };
      const sent = request(base + path, { method, headers, agent, timeout: 30_000 }, (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.once("error", reject);
        response.once("end", () => {
          const retryAfter = response.headers["retry-after"];
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString("utf8"), retryAfter });
        });
      });
      sent.once("error", reject);
      sent.once("timeout", () => sent.destroy(new Error("timeout")));
      sent.end(text);
    });
  }

  return {
    calls,
    async call(method, path, body) {
      const text = body && JSON.stringify(body);
      const key = randomUUID();
      const begun = performance.now();
      let last = "";
      for (let pause = PAUSE_MS; performance.now() - begun < MOST_MS; pause = Math.min(pause * 2, 2000)) {
        const tried = await once(method, path, text, key).catch((error: NodeJS.ErrnoException) => error);
        if (!(tried instanceof Error)) {
          if (tried.status < 300) {
            calls.answered++;
            calls.longestMs = Math.max(calls.longestMs, performance.now() - begun);
            return JSON.parse(tried.body) as Record<string, unknown>;
          }
          last = `${method} ${path} ${tried.status} ${tried.body.slice(0, 200)}`;
          if (!AGAIN.has(tried.status)) break;
          await wait(Math.max(pause, Number(tried.retryAfter ?? 0) * 1000));
        } else {
          last = `${method} ${path} ${tried.code ?? tried.message}`;
          await wait(pause);
        }
        calls.repeated++;
      }
      calls.failed.push(last);
      return {};
    },
    close: () => agent.destroy(),
  };
}
