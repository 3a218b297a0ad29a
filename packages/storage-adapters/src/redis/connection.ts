import { createHash } from "node:crypto";
import { type Clock, ConfigError, StorageError, systemClock } from "@recallkit/core";

/** Where Redis is, and how it is reached. */
export interface RedisOptions {
  /** `redis://user:password@host:port/number`, `rediss://` over TLS. */
  readonly url: string;
  /** First part of every key. @default "recallkit:" */
  readonly prefix?: string;
  /** Longest wait for an answer, ms. @default 2000 */
  readonly timeoutMs?: number;
}

/** A script for Redis, which runs it as one step. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

/** An open connection. It is made anew by itself when it breaks. */
export interface RedisConnection {
  /** Whether there is a connection at present. */
  readonly isConnected: boolean;
  /**
   * Runs a script. Never waits for a connection: while there is none, it fails at once.
   *
   * @param key without the prefix
   * @throws {StorageError} `storage.unavailable`, retryable; whether the script ran is then unknown
   */
  run(script: RedisScript, key: string, args: readonly (string | number)[]): Promise<unknown>;
  /** Hears what is published, on a connection of its own, which is made anew when it breaks. @param key without the prefix */
  subscribe(key: string, onMessage: (text: string) => void): Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
}

const LONGEST_PAUSE_MS = 2_000;

/** Names a script by its hash, so that it travels once. */
export function redisScript(source: string): RedisScript {
  return { source, sha1: createHash("sha1").update(source).digest("hex") };
}

/**
 * Opens a connection. A server that is away is no error: it is looked for again and again.
 *
 * @throws {ConfigError} `config.missing` without the package `redis`; `config.invalid` for `prefix` or `timeoutMs`, and for a
 *   `url` that is none or whose login is refused
 */
export async function openRedis({
  url,
  prefix = "recallkit:",
  timeoutMs = 2_000,
}: RedisOptions): Promise<RedisConnection> {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new ConfigError("config.invalid", "url", "url must be redis://user:password@host:port/number");
  }
  if (!/^[\x21-\x7e]{0,100}$/.test(prefix)) {
    throw new ConfigError("config.invalid", "prefix", "prefix must be at most 100 visible ASCII characters");
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 60_000) {
    throw new ConfigError("config.invalid", "timeoutMs", "timeoutMs must be a whole number from 1 to 60000");
  }
  const { createClient } = await driver();
  const client = createClient({
    url,
    // A command that cannot be sent now is of no use later: its caller has gone another way.
    disableOfflineQueue: true,
    pingInterval: timeoutMs,
    socket: {
      connectTimeout: timeoutMs,
      // Longer than the pings, so that it ends connections to a server that has frozen.
      socketTimeout: 3 * timeoutMs,
      reconnectStrategy: (tries: number) => Math.min(50 * 2 ** Math.min(tries, 10), LONGEST_PAUSE_MS),
    },
  });
  // Every failure reaches the caller of a command as well; without a listener it would end the process.
  client.on("error", () => {});
  // It resolves once there is a connection, which may be never.
  const connecting = client.connect().then(
    () => undefined,
    (error: unknown) => error,
  );
  const fault = await Promise.race([connecting, new Promise((resolve) => client.once("error", resolve))]);
  if (isRefusal(fault)) {
    if (client.isOpen) client.destroy();
    throw new ConfigError("config.invalid", "url", "Redis refuses the login of its URL", {
      hint: "check user and password",
      cause: fault,
    });
  }

  return {
    get isConnected() {
      return client.isReady;
    },
    async run({ source, sha1 }, key, args) {
      const call = { keys: [prefix + key], arguments: args.map(String) };
      try {
        return await within(timeoutMs, client.evalSha(sha1, call)).catch((error: unknown) => {
          if (error instanceof Error && error.message.startsWith("NOSCRIPT"))
            return within(timeoutMs, client.eval(source, call));
          throw error;
        });
      } catch (cause) {
        const hint = "check that Redis runs and can be reached";
        throw new StorageError("storage.unavailable", "Redis did not answer", { retryable: true, hint, cause });
      }
    },
    async subscribe(key, onMessage) {
      const hearing = client.duplicate({ disableOfflineQueue: false });
      hearing.on("error", () => {});
      // Both resolve once there is a connection, which may be never; what was subscribed is so again after a break.
      void hearing
        .connect()
        .then(() => hearing.subscribe(prefix + key, onMessage))
        .catch(() => undefined);
      return {
        async close() {
          if (hearing.isOpen) hearing.destroy();
        },
      };
    },
    async close() {
      if (client.isOpen) client.destroy();
    },
  };
}

/** Whether Redis is there, and lets nobody in. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|invalid password))/.test(error.message);
}

/** Clock of those who keep something in Redis. */
export type RedisClock = Pick<Clock, "now">;

/** The answer, if it comes in time. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const isOver = new AbortController();
  const late = systemClock.sleep(ms, isOver.signal).then((): never => {
    throw new Error("no answer in time");
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    isOver.abort();
  }
}

async function driver(): Promise<typeof import("redis")> {
  try {
    return await import("redis");
  } catch (cause) {
    throw new ConfigError("config.missing", "redis", "the package redis is not installed", {
      cause,
      hint: "npm install redis",
    });
  }
}
