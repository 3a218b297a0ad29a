import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLogger, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { expect, onTestFinished, test } from "vitest";
import type { ServerContext } from "../../frame/context.js";
import { alarmSink } from "./alarm-targets.js";

const alarm = {
  id: 7,
  tenantId: 1,
  code: "missed",
  entity: "occurrence",
  entityId: 3,
  detail: "x",
  at: systemClock.now(),
} as const;
const options = { signal: new AbortController().signal };

/** Who is told, and what they heard. */
async function targets() {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    request.on("data", (chunk) => heard.push(String(chunk)));
    request.on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = { kind: "webhook", url, secret: "a secret that both sides know, 32+" };
  const hotConfig = { get: () => [target] } as unknown as ServerContext["hotConfig"];
  return { heard, desk: { hotConfig, transport: undiciTransport(), clock: systemClock, logger: silentLogger } };
}

test("a webhook that is away is tried again, and keeps nobody else from hearing, once", async () => {
  const { heard, desk } = await targets();
  let calls = 0;
  const away = {
    send: async () => {
      calls += 1;
      if (calls < 3) throw new Error("away");
    },
  };
  const sink = alarmSink(desk, away);
  await expect(sink.send(alarm, options)).rejects.toThrow("away");
  await expect(sink.send(alarm, options)).rejects.toThrow("away");
  await sink.send(alarm, options);
  expect([calls, heard.length]).toEqual([3, 1]);
  await sink.send({ ...alarm, id: 8 }, options);
  expect(heard.map((text) => JSON.parse(text).id)).toEqual([7, 8]);
});

test("what is older than a day is told to no target", async () => {
  const { heard, desk } = await targets();
  await alarmSink(desk, undefined).send({ ...alarm, at: alarm.at - 2 * 86_400_000 }, options);
  expect(heard).toEqual([]);
});
