import { emailChannel, readBounce, suppressionOf } from "@recallkit/channels/email";
import { startEmailSimulator } from "@recallkit/channels/simulator";

// In production: the host of a mail service, and TLS, which is the default.
const simulator = await startEmailSimulator();
const email = emailChannel({
  smtp: {
    host: simulator.host,
    port: simulator.smtpPort,
    tls: "none",
    auth: { user: "simulator", pass: "simulator-password" },
  },
  from: { name: "喵星球", address: "hello@shop.example" },
  sender: { name: "喵星球", contact: "上海市徐汇区 400-000-0000" },
  bounceAddress: "bounces@shop.example",
});

// A kit does this by itself: createRecallKit({ channels: [email] }).
const content = { subject: "好久不见", text: "您好，猫粮到货了", html: "<p>您好，<b>猫粮</b>到货了</p>" };
const send = (address: string, marker: string) =>
  email.send(
    {
      tenantId: 1,
      marker,
      content,
      recipients: [{ address, content, values: { unsubscribe_link: `https://shop.example/u/${marker}` }, marker }],
    },
    { writeBy: performance.now() + 10_000, signal: new AbortController().signal },
  );

console.log((await send("mimi@example.com", "abcdefgh2345"))[0]?.kind);
console.log((await send("unknown@example.com", "abcdefgh2346"))[0]);
await send("bounce@example.com", "abcdefgh2347");

console.log(simulator.ledger.mails[0]?.headers["list-unsubscribe"]);
for (const raw of simulator.takeNotices()) {
  for (const bounce of await readBounce(raw)) console.log(suppressionOf(bounce));
}
email.close();
await simulator.close();
