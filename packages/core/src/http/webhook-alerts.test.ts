import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../ports/http-transport.js";
import { virtualClock } from "../testing/index.js";
import { webhookAlerts } from "./webhook-alerts.js";

const secret = "0123456789abcdef0123456789abcdef";
const alarm = {
  id: 7,
  tenantId: 1,
  code: "push.failure-rate",
  entity: "occurrence",
  entityId: 3,
  detail: "x",
  at: 5,
} as const;

function sink(status: number) {
  const requests: HttpRequest[] = [];
  const transport = {
    async request(request: HttpRequest) {
      requests.push(request);
      return { status, headers: {}, body: new Uint8Array() };
    },
  };
  const clock = virtualClock(1_700_000_000_500);
  return { requests, sink: webhookAlerts({ url: "https://ops.example.com/hook", secret, transport, clock }) };
}

describe("webhook alerts", () => {
  test("are signed over timestamp and body", async () => {
    const { requests, sink: alerts } = sink(204);
    await alerts.send(alarm, { signal: new AbortController().signal });
    const [request] = requests;
    const body = String(request?.body);
    expect(JSON.parse(body)).toEqual({
      id: 7,
      code: "push.failure-rate",
      tenant_id: 1,
      entity: "occurrence",
      entity_id: 3,
      detail: "x",
      at: 5,
    });
    const expected = createHmac("sha256", secret).update(`1700000000.${body}`).digest("hex");
    expect(request?.headers).toMatchObject({
      "recallkit-timestamp": "1700000000",
      "recallkit-signature": `v1=${expected}`,
    });
  });

  test("are tried again when the receiver does not take them", async () => {
    const { sink: alerts } = sink(500);
    await expect(alerts.send(alarm, { signal: new AbortController().signal })).rejects.toMatchObject({
      code: "channel.rejected",
      providerCode: "500",
    });
  });

  test.each(["http://ops.example.com/", "ftp://x/", "not a url", "https://user:pw@x/"])("refuse %s", (url) => {
    const transport = { request: () => Promise.reject(new Error("unused")) };
    expect(() => webhookAlerts({ url, secret, transport, clock: virtualClock(0) })).toThrow(/url/);
    expect(() =>
      webhookAlerts({ url: "http://127.0.0.1:9/", secret: "short", transport, clock: virtualClock(0) }),
    ).toThrow(/secret/);
  });
});
