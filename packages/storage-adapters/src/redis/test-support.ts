// What the tests of this folder share; not part of the package.
import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { inject, onTestFinished } from "vitest";
import { openRedis, type RedisConnection } from "./connection.js";

declare module "vitest" {
  interface ProvidedContext {
    redisUrl: string;
  }
}

/** Where the tests' Redis is; empty without one. */
export const redisUrl = inject("redisUrl");

/** A prefix of its own. */
export const newPrefix = () => `recallkit_test_${randomBytes(6).toString("hex")}:`;

/** A connection that is closed when the test ends. */
export async function connection(prefix: string, url = redisUrl): Promise<RedisConnection> {
  const redis = await openRedis({ url, prefix, timeoutMs: 500 });
  onTestFinished(() => redis.close());
  return redis;
}

/** A way to Redis that can be cut and mended. */
export async function cuttableRedis(): Promise<{ readonly url: string; cut(): Promise<void>; mend(): Promise<void> }> {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  onTestFinished(cut);
  return { url: `redis://127.0.0.1:${port}`, cut, mend: () => listen(port) };
}
