import { generateKeyPairSync } from "node:crypto";
import { createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { expect, onTestFinished, test } from "vitest";
import { startEmailSimulator } from "../simulator/index.js";
import { emailChannel, memoryBounces, readBounce, suppressionOf } from "./index.js";

test("a push by mail is signed and each person's own; one click and a bounce keep people from the next one", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const auth = { user: "simulator", pass: "simulator-password" };
  const unsubscribed: string[] = [];
  const simulator = await startEmailSimulator({
    account: { ...auth, dkimPublicKey: publicKey.export({ type: "spki", format: "pem" }).toString() },
    // What the host's route of `/u/<token>` does with a POST.
    post: async (url) => {
      const { kind } = await kit.links.unsubscribe(url.slice(url.lastIndexOf("/") + 1));
      unsubscribed.push(kind);
      return 200;
    },
  });
  const bounces = memoryBounces();
  const channel = emailChannel({
    smtp: { host: simulator.host, port: simulator.smtpPort, tls: "none", auth },
    from: { name: "喵星球", address: "hello@shop.example" },
    sender: { name: "喵星球", contact: "400-000-0000" },
    bounceAddress: "bounces@shop.example",
    dkim: {
      domain: "shop.example",
      selector: "s1",
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    },
    bounces,
  });
  let shift = 0;
  const kit = createRecallKit({
    clock: { ...systemClock, now: () => systemClock.now() + shift },
    stores: memoryStores(),
    channels: [channel],
    links: { publicUrl: "https://shop.example" },
    secretKey: "for-this-test-only-0123456789abcdefgh",
    logger: silentLogger,
  });
  onTestFinished(async () => {
    await kit.close();
    channel.close();
    await simulator.close();
  });
  await kit.customers.upsert([
    { externalKey: "c1", name: "小橘 <b>&", email: "guest1@example.com" },
    { externalKey: "c2", email: "guest2@example.com" },
    { externalKey: "c3", name: "年糕", email: "bounce@example.com" },
    { externalKey: "c4", name: "咪咪", email: "unknown@example.com" },
  ]);
  const rule = await kit.rules.create({
    name: "回来看看",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2099-12-31",
    content: {
      subject: "{{customer_name}}，想你了",
      text: "{{customer_name}}，好久不见。退订 {{unsubscribe_link}}",
      html: '<p>{{customer_name}}，好久不见</p><p><a href="{{unsubscribe_link}}">退订</a></p>',
    },
    variables: { customer_name: "朋友" },
  });
  const push = async () => {
    await kit.occurrences.runNow(rule.id);
    await kit.tick();
  };
  await push();
  const mailTo = (to: string) => simulator.ledger.mails.find((mail) => mail.to === to);
  const first = mailTo("guest1@example.com");
  const link = /https:\/\/shop\.example\/u\/[\w-]+/.exec(first?.text ?? "")?.[0] ?? "";
  expect(first).toMatchObject({
    subject: "小橘 <b>&，想你了",
    html: expect.stringContaining(`<p>小橘 &#60;b&#62;&#38;，好久不见</p><p><a href="${link}">退订</a></p>`),
    dkim: {
      isValid: true,
      headers: expect.arrayContaining(["list-unsubscribe", "list-unsubscribe-post"]),
    },
    headers: { "list-unsubscribe": `<${link}>`, "list-unsubscribe-post": "List-Unsubscribe=One-Click" },
  });
  expect(mailTo("guest2@example.com")?.subject).toBe("朋友，想你了");
  expect(await kit.report(rule.id)).toMatchObject({ audience: 4, accepted: 3, failed: 1, unknown: 0 });

  if (first) await simulator.unsubscribe(first);
  const returned = (await Promise.all(simulator.takeNotices().map((raw) => readBounce(raw)))).flat();
  await bounces.put(returned);
  for (const entry of returned.flatMap((bounce) => suppressionOf(bounce) ?? [])) await kit.suppressions.add(entry);
  // Beyond all caps.
  shift = 30 * 86_400_000;
  await push();
  expect(unsubscribed).toEqual(["unsubscribed"]);
  expect(Object.fromEntries(simulator.ledger.sentPerAddress())).toEqual({
    "guest1@example.com": 1,
    "guest2@example.com": 2,
    "bounce@example.com": 1,
  });
});
