import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { systemClock } from "@recallkit/core";
import { undiciTransport, webhookAlerts } from "@recallkit/core/http";

const SECRET = "known to both sides, at least 32 characters";
const LONGEST_AGE_MS = 300_000;

/** Whether a posted alarm is RecallKit's own and fresh. */
export function isGenuine(body: string, timestamp: string, signature: string, now = Date.now()): boolean {
  const expected = Buffer.from(`v1=${createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex")}`);
  const given = Buffer.from(signature);
  const isFresh = Math.abs(now - Number(timestamp) * 1000) <= LONGEST_AGE_MS;
  return isFresh && given.length === expected.length && timingSafeEqual(given, expected);
}

// A receiver: it checks, drops repeats, and answers 2xx only once the alarm is in safe hands.
const seen = new Set<number>();
const receiver = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString("utf8");
  });
  request.on("end", () => {
    const { "recallkit-timestamp": timestamp, "recallkit-signature": signature } = request.headers;
    if (!isGenuine(body, String(timestamp), String(signature))) return response.writeHead(401).end();
    const alarm: { id: number; code: string; detail: string } = JSON.parse(body);
    if (!seen.has(alarm.id)) console.log(alarm.code, alarm.detail);
    seen.add(alarm.id);
    return response.writeHead(204).end();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const address = receiver.address();
const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/alarms`;

// In an application this goes into the kit: createRecallKit({ alerts: webhookAlerts({ … }) }).
const transport = undiciTransport();
const alerts = webhookAlerts({ url, secret: SECRET, transport, clock: systemClock });
const alarm = {
  id: 1,
  tenantId: 1,
  code: "push.failure-rate",
  entity: "occurrence",
  entityId: 7,
  detail: "300 of 1000 failed",
  at: Date.now(),
} as const;
const { signal } = new AbortController();
await alerts.send(alarm, { signal });
await alerts.send(alarm, { signal }); // a repeat after a lost answer: told once
const forged = await fetch(url, { method: "POST", body: "{}", headers: { "recallkit-signature": "v1=00" } });
console.log("a forged alarm answers", forged.status);
receiver.close();
await transport.close();
