import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { startClickhouse } from "./clickhouse.ts";
import { startMariadb } from "./mariadb.ts";
import { startPostgres } from "./postgres.ts";
import { startRabbitmq } from "./rabbitmq.ts";
import { startRedis } from "./redis.ts";

/** The first bytes that a server says after a greeting. */
function firstWord(url: string, greeting: string | Uint8Array): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(greeting));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data);
    });
    socket.once("error", reject);
  });
}

// What each protocol answers at once: https://www.postgresql.org/docs/15/protocol-message-formats.html (SSLRequest), the
// version in MariaDB's handshake, PONG, and class 10, method 10 of AMQP: connection.start.
const SERVICES = [
  ["PostgreSQL", startPostgres, Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47), "N"],
  ["MariaDB", startMariadb, "", "MariaDB"],
  ["ClickHouse", startClickhouse, "GET /ping HTTP/1.0\r\n\r\n", "200 OK"],
  ["Redis", startRedis, "PING\r\n", "+PONG"],
  ["RabbitMQ", startRabbitmq, Buffer.from("AMQP\0\0\x09\x01", "latin1"), "\0\x0a\0\x0a"],
] as const;

describe("private servers", () => {
  test.for(SERVICES)(
    "%s starts, is restarted and leaves nothing",
    { timeout: 120_000 },
    async ([name, start, greeting, word], { skip }) => {
      const server = await start();
      if (!server) return skip(`${name} is not installed`);
      onTestFinished(() => server.stop());
      // One that begins to listen before it is ready cuts the first callers off.
      const heard = () => firstWord(server.url, greeting).then(String, () => "");
      await expect.poll(heard, { timeout: 60_000 }).toContain(word);
      await server.restart("killed");
      await expect.poll(heard, { timeout: 60_000 }).toContain(word);
      await server.stop();
      await expect(firstWord(server.url, greeting)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    },
  );
});
