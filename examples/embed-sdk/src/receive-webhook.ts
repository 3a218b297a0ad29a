import { createServer } from "node:http";
import { verifyWebhook, webhookChannel } from "@recallkit/channels/webhook";

const SECRET = `whsec_${Buffer.from("32 random bytes, known to both..").toString("base64")}`;

// A receiver: it checks signature and age (300 s), drops repeats, and answers 2xx once the message is in safe hands.
const seen = new Set<string>(); // in an application a table with a unique column
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const check = verifyWebhook(request.headers, body, { secret: SECRET, now: Date.now() });
  if (!check.isGenuine) return response.writeHead(401).end(check.fault);
  if (!seen.has(check.id)) {
    const { data } = JSON.parse(body.toString("utf8"));
    console.log(data.to.value, data.content.text);
  }
  seen.add(check.id);
  return response.writeHead(204).end();
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const address = receiver.address();
const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/messages`;

// A kit does this by itself: createRecallKit({ channels: [webhook] }). `network` is for receivers of one's own.
const webhook = webhookChannel({ url, secret: SECRET, network: "any" });
const content = { text: "好久不见，猫粮到货了" };
const recipients = [{ address: "C-1001", content, values: {}, marker: "abcdefgh2345" }];
for (const attempt of ["first", "repeat"]) {
  const [outcome] = await webhook.send(
    { tenantId: 1, marker: "abcdefgh2345", content, recipients },
    { writeBy: performance.now() + 10_000, signal: new AbortController().signal },
  );
  console.log(attempt, outcome?.kind);
}
const forged = await fetch(url, { method: "POST", body: "{}", headers: { "webhook-id": "msg_1" } });
console.log("a forged message answers", forged.status, await forged.text());
receiver.close();
