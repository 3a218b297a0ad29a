import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { type MessageContent, systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import type { Recipient, SendOptions } from "@recallkit/core/ports";
import { describe, expect, onTestFinished, test } from "vitest";
import { type EmailFault, type EmailSimulatorOptions, startEmailSimulator } from "../simulator/index.js";
import { type EmailOptions, emailChannel, lintEmail, memoryBounces, readBounce, suppressionOf } from "./index.js";

const sender = { name: "喵星球", contact: "上海市徐汇区 400-000-0000" };
const auth = { user: "simulator", pass: "simulator-password" };
const content = { subject: "好久不见", text: "您好，猫粮到货了", html: "<p>您好，<b>猫粮</b>到货了</p>" };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const dkim = {
  domain: "shop.example",
  selector: "s1",
  privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
};
const dkimPublicKey = publicKey.export({ type: "spki", format: "pem" }).toString();

type Override = Omit<Partial<EmailOptions>, "smtp"> & { readonly smtp?: Partial<EmailOptions["smtp"]> };

async function opened(simulation: EmailSimulatorOptions = {}) {
  const simulator = await startEmailSimulator(simulation);
  onTestFinished(() => simulator.close());
  const channelOf = ({ smtp, ...options }: Override = {}) => {
    const channel = emailChannel({
      smtp: { host: simulator.host, port: simulator.smtpPort, tls: "none", auth, ...smtp },
      from: { name: "喵星球", address: "hello@shop.example" },
      sender,
      unsubscribeAddress: "leave@shop.example",
      ...options,
    });
    onTestFinished(() => channel.close());
    return channel;
  };
  return { simulator, channelOf };
}

const inTime = (): SendOptions => ({ writeBy: systemClock.monotonic() + 10_000, signal: new AbortController().signal });
const marker = (n: number) => `abcdefgh${String(2222 + n).replace(/[0189]/g, "7")}`;
const person = (
  address: string,
  values: Readonly<Record<string, string>> = {},
  said: MessageContent = content,
): Recipient => ({ address, content: said, values, marker: marker(address.length) });
const batchOf = (recipient: Recipient) => ({
  tenantId: 7,
  marker: "batchbatch22",
  content: recipient.content,
  recipients: [recipient],
});

describe("e-mail", () => {
  const open = async () => {
    const { simulator, channelOf } = await opened();
    return {
      channel: channelOf(),
      content,
      address: (index: number) => `guest${index}@example.com`,
      refused: "unknown@example.com",
      messages: async () => simulator.ledger.mails.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);

  test("a mail has text and page, its sender and the way to refuse, and its id names the person in the push", async () => {
    const { simulator, channelOf } = await opened();
    const link = "https://shop.example/u/abc?a=1&b=2";
    const channel = channelOf({ bounceAddress: "bounces@shop.example" });
    const recipient = person("guest@example.com", { unsubscribe_link: link });
    const [outcome] = await channel.send(batchOf(recipient), inTime());
    const [mail] = simulator.ledger.mails;
    const token = `${recipient.marker}.7`;
    expect(outcome).toEqual({ kind: "accepted", providerMessageId: `<${token}@shop.example>` });
    expect(mail).toMatchObject({
      to: "guest@example.com",
      from: "喵星球 <hello@shop.example>",
      subject: "好久不见",
      messageId: `<${token}@shop.example>`,
      envelopeFrom: `bounces+${token}@shop.example`,
      envelopeId: token,
    });
    expect(mail?.text.trimEnd()).toBe(`您好，猫粮到货了\n\n-- \n喵星球 · ${sender.contact}\n退订 Unsubscribe: ${link}`);
    expect(mail?.html).toContain('<a href="https://shop.example/u/abc?a=1&#38;b=2"');
    expect(mail?.headers).toMatchObject({
      "list-unsubscribe": `<${link}>, <mailto:leave@shop.example?subject=unsubscribe%20${token}>`,
      "list-unsubscribe-post": "List-Unsubscribe=One-Click",
    });
    const { subject = "", text = "", html } = mail ?? {};
    expect(lintEmail({ subject, text, html }, { sender })).toEqual([]);
    expect(lintEmail({ subject: "短", text: "没有署名" }, { sender }).map(({ code }) => code)).toEqual([
      "email.sender-missing",
      "email.opt-out-missing",
    ]);
  });

  test("the signature covers both headers of unsubscribing, and one changed sign breaks it", async () => {
    const { simulator, channelOf } = await opened({ account: { ...auth, dkimPublicKey } });
    const link = `https://shop.example/u/${"x".repeat(300)}`;
    const recipient = person("guest@example.com", { unsubscribe_link: link });
    expect(await channelOf({ dkim }).send(batchOf(recipient), inTime())).toMatchObject([{ kind: "accepted" }]);
    expect(simulator.ledger.mails[0]?.dkim).toMatchObject({
      isValid: true,
      headers: expect.arrayContaining(["from", "subject", "list-unsubscribe", "list-unsubscribe-post"]),
    });
    // Without the key, and with another one, a strict server takes nothing.
    await expect(channelOf().send(batchOf(recipient), inTime())).rejects.toMatchObject({
      effect: "CONFIG",
      providerCode: "550 5.7.20",
    });
    const other = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const forged = channelOf({ dkim: { ...dkim, privateKey: other.toString() } });
    await expect(forged.send(batchOf(recipient), inTime())).rejects.toMatchObject({ effect: "CONFIG" });
    expect(simulator.ledger.mails).toHaveLength(1);
  });

  test("a mail client's one click posts to the person's own link", async () => {
    const posted: string[] = [];
    const { simulator, channelOf } = await opened({
      post: async (url, body) => {
        posted.push(url, body);
        return 200;
      },
    });
    const link = "https://shop.example/u/abc";
    await channelOf().send(batchOf(person("guest@example.com", { unsubscribe_link: link })), inTime());
    await channelOf().send(batchOf(person("other@example.com")), inTime());
    const [first, second] = simulator.ledger.mails;
    expect([first && (await simulator.unsubscribe(first)), second && (await simulator.unsubscribe(second))]).toEqual([
      200,
      undefined,
    ]);
    expect(posted).toEqual([link, "List-Unsubscribe=One-Click"]);
    expect(second?.headers["list-unsubscribe-post"]).toBeUndefined();
  });

  test("marketing without any way to refuse goes nowhere; a notice needs none and says who sends it", async () => {
    const { simulator, channelOf } = await opened();
    const bare = channelOf({ unsubscribeAddress: undefined });
    await expect(bare.send(batchOf(person("guest@example.com")), inTime())).rejects.toMatchObject({
      code: "channel.misconfigured",
      hint: expect.stringContaining("unsubscribe_link"),
    });
    const notices = channelOf({ unsubscribeAddress: undefined, messageClass: "service" });
    await notices.send(batchOf(person("guest@example.com")), inTime());
    expect(simulator.ledger.mails.map(({ text }) => text.trimEnd())).toEqual([
      `您好，猫粮到货了\n\n-- \n喵星球 · ${sender.contact}`,
    ]);
  });

  test("values bring no header along, and addresses are taken as they are or not at all", async () => {
    const { simulator, channelOf } = await opened();
    const channel = channelOf();
    const said = { ...content, subject: "您好\r\nBcc: all@example.com\u2028x" };
    await channel.send(batchOf(person("guest@example.com", {}, said)), inTime());
    expect(simulator.ledger.mails[0]).toMatchObject({ subject: "您好 Bcc: all@example.com x" });
    expect(simulator.ledger.mails[0]?.headers.bcc).toBeUndefined();
    for (const address of [
      "a@b\r\nRCPT TO:<c@d>",
      "a b@c.example",
      "a@b@c",
      "<a@b>",
      "a,b@c.example",
      "a..b@c.example",
    ]) {
      expect(await channel.send(batchOf(person(address)), inTime())).toEqual([
        { kind: "refused", reason: "invalid_address" },
      ]);
    }
    expect(simulator.ledger.mails).toHaveLength(1);
  });
});

describe("what a mail server says", () => {
  const sent = async (fault: EmailFault, to = "guest@example.com") => {
    const { simulator, channelOf } = await opened();
    simulator.faults.push(fault);
    // Only who waits for nothing waits a short time.
    const isSilent = fault.kind.endsWith("stall");
    const channel = channelOf({ smtp: isSilent ? { socketTimeoutMs: 1500, connectTimeoutMs: 1500 } : {} });
    const end = await channel.send(batchOf(person(to)), inTime()).catch((error: unknown) => error);
    return { end, taken: simulator.ledger.mails.length, channel, simulator };
  };

  test.each([
    ["connect", 421, undefined, "NOT_SENT"],
    ["connect", 554, undefined, "CONFIG"],
    ["login", 535, "5.7.8", "AUTH"],
    ["login", 454, "4.7.0", "NOT_SENT"],
    ["sender", 421, "4.7.0", "NOT_SENT"],
    ["sender", 450, undefined, "RATE_LIMITED"],
    ["sender", 451, "4.7.1", "RATE_LIMITED"],
    ["sender", 553, "5.7.1", "CONFIG"],
    ["sender", 552, "5.3.4", "REQUEST"],
    ["recipient", 421, undefined, "NOT_SENT"],
    ["recipient", 550, "5.7.1", "CONFIG"],
    ["recipient", 554, undefined, "CONFIG"],
    ["message", 421, undefined, "NOT_SENT"],
    ["message", 451, "4.7.0", "RATE_LIMITED"],
    ["message", 552, undefined, "REQUEST"],
    ["message", 554, "5.6.0", "REQUEST"],
    ["message", 554, "5.7.1", "CONFIG"],
    ["message", 554, undefined, "CONFIG"],
  ] as const)("%s %i %s proves that nothing was sent: %s", async (on, code, status, effect) => {
    const { end, taken } = await sent({ on, kind: "reply", code, ...(status && { status }) });
    expect([end, taken]).toMatchObject([{ effect }, 0]);
    expect(String((end as Error).message)).not.toContain("example.com");
  });

  test.each([
    ["recipient", 450, "4.2.0", { kind: "deferred" }],
    ["recipient", 450, "4.7.1", { kind: "deferred" }],
    ["recipient", 550, "5.1.1", { kind: "refused", reason: "unknown_mailbox", providerCode: "550 5.1.1" }],
    ["recipient", 550, "5.2.2", { kind: "refused", reason: "mailbox_full" }],
    ["recipient", 553, "5.1.3", { kind: "refused", reason: "invalid_address" }],
    ["message", 450, "4.2.0", { kind: "deferred" }],
    ["message", 550, "5.1.1", { kind: "refused", reason: "unknown_mailbox" }],
    ["message", 552, "5.2.2", { kind: "refused", reason: "mailbox_full" }],
  ] as const)("%s %i %s is an outcome of its reader", async (on, code, status, outcome) => {
    const { end, taken } = await sent({ on, kind: "reply", code, status });
    expect([end, taken]).toMatchObject([[outcome], 0]);
  });

  test.each(["connect", "login", "sender", "recipient"] as const)(
    "a server that hangs up or falls silent at %s has taken nothing",
    async (on) => {
      for (const kind of ["drop", "stall"] as const) {
        const { end, taken } = await sent({ on, kind });
        expect([end, taken]).toMatchObject([{ effect: "NOT_SENT", retryable: true }, 0]);
      }
    },
  );

  test.each([
    ["drop", 0],
    ["stall", 0],
    ["take-then-drop", 1],
    ["take-then-stall", 1],
  ] as const)(
    "a mail that was ended and not answered (%s) has an unknown outcome, and is not sent again",
    async (kind, count) => {
      const { end, taken, simulator } = await sent({ on: "message", kind });
      expect([end, taken]).toMatchObject([[{ kind: "unknown" }], count]);
      expect(simulator.ledger.calls.filter(({ on }) => on === "message")).toHaveLength(1);
    },
  );

  test("after a refusal, and after a lost connection, the next mail goes out", async () => {
    const { channel, simulator } = await sent({ on: "recipient", kind: "drop" });
    for (const address of ["unknown@example.com", "full@example.com", "guest@example.com"]) {
      await channel.send(batchOf(person(address)), inTime());
    }
    expect(simulator.ledger.mails.map(({ to }) => to)).toEqual(["guest@example.com"]);
    // One connection was lost; all that followed shared another one.
    expect(simulator.ledger.calls.filter(({ on }) => on === "connect")).toHaveLength(2);
  });

  test("a wrong password stops the channel, and is not told", async () => {
    const { channelOf } = await opened();
    const channel = channelOf({ smtp: { auth: { user: "simulator", pass: "hunter2-secret" } } });
    const end: unknown = await channel.send(batchOf(person("guest@example.com")), inTime()).catch((error) => error);
    expect(end).toMatchObject({ effect: "AUTH", code: "channel.unauthorized" });
    expect(JSON.stringify(end) + String(end)).not.toContain("hunter2");
  });

  test("a connection that does not become TLS sends nothing", async () => {
    const { simulator, channelOf } = await opened();
    const channel = channelOf({ smtp: { tls: "starttls" } });
    await expect(channel.send(batchOf(person("guest@example.com")), inTime())).rejects.toMatchObject({
      effect: "CONFIG",
    });
    expect(simulator.ledger.mails).toEqual([]);
  });

  test("nobody there is proof that nothing was sent", async () => {
    const { simulator, channelOf } = await opened();
    const channel = channelOf();
    await simulator.close();
    await expect(channel.send(batchOf(person("guest@example.com")), inTime())).rejects.toMatchObject({
      effect: "NOT_SENT",
    });
  });
});

describe("the pool", () => {
  test("sends side by side over few connections, each mail once", async () => {
    const { simulator, channelOf } = await opened();
    const channel = channelOf({ smtp: { maxConnections: 3, maxMessages: 10 } });
    const addresses = Array.from({ length: 60 }, (_, n) => `guest-${n}@example.com`);
    const outcomes = await Promise.all(addresses.map((address) => channel.send(batchOf(person(address)), inTime())));
    expect(new Set(outcomes.flat().map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
    expect([...simulator.ledger.sentPerAddress().values()]).toEqual(Array(60).fill(1));
    const connections = simulator.ledger.calls.filter(({ on }) => on === "connect").length;
    expect(connections).toBeGreaterThanOrEqual(6);
    expect(connections).toBeLessThanOrEqual(9);
  });

  test("a mail whose deadline passes between its first and its last line is not ended", async () => {
    const { simulator, channelOf } = await opened();
    // From the recipient's answer on, which comes right before the mail itself, it is a minute later.
    const isLate = () => simulator.ledger.calls.some(({ on }) => on === "recipient");
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + (isLate() ? 60_000 : 0) };
    const long = { ...content, text: "很久 ".repeat(20_000) };
    const sending = channelOf({ clock }).send(batchOf(person("guest@example.com", {}, long)), inTime());
    await expect(sending).rejects.toMatchObject({ effect: "NOT_SENT" });
    expect(isLate()).toBe(true);
    expect(simulator.ledger.mails).toEqual([]);
  });

  test("a caller who gives up while nobody answers is let go, and the place is free again", async () => {
    const { simulator, channelOf } = await opened();
    const channel = channelOf({ smtp: { maxConnections: 1, socketTimeoutMs: 60_000 } });
    for (const end of [[{ kind: "unknown" }], { effect: "NOT_SENT" }]) {
      const abort = new AbortController();
      const on = "effect" in end ? "sender" : "message";
      simulator.faults.push({ on, kind: "stall" });
      const sending = channel.send(batchOf(person("guest@example.com")), { ...inTime(), signal: abort.signal });
      await expect.poll(() => simulator.ledger.calls.at(-1)).toMatchObject({ on, code: undefined });
      abort.abort();
      expect(await sending.catch((error: unknown) => error)).toMatchObject(end);
    }
    expect(await channel.send(batchOf(person("guest@example.com")), inTime())).toMatchObject([{ kind: "accepted" }]);
  });

  test("whoever gets no connection in time has sent nothing", async () => {
    const { simulator, channelOf } = await opened();
    const channel = channelOf({ smtp: { maxConnections: 1, socketTimeoutMs: 60_000 } });
    simulator.faults.push({ on: "sender", kind: "stall" });
    const abort = new AbortController();
    const first = channel.send(batchOf(person("guest@example.com")), { ...inTime(), signal: abort.signal });
    await expect.poll(() => simulator.ledger.calls.at(-1)).toMatchObject({ on: "sender" });
    const soon = { writeBy: systemClock.monotonic() + 50, signal: new AbortController().signal };
    await expect(channel.send(batchOf(person("other@example.com")), soon)).rejects.toMatchObject({
      effect: "NOT_SENT",
    });
    abort.abort();
    await expect(first).rejects.toMatchObject({ effect: "NOT_SENT" });
  });

  test("a server that speaks no SMTP is no server", async () => {
    const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const { channelOf } = await opened();
    const channel = channelOf({ smtp: { port: typeof address === "object" ? (address?.port ?? 0) : 0 } });
    await expect(channel.send(batchOf(person("guest@example.com")), inTime())).rejects.toMatchObject({
      effect: "NOT_SENT",
    });
  });
});

describe("bounces", () => {
  test("come back to the mail that they are about, and are told when asked", async () => {
    const { simulator, channelOf } = await opened();
    const bounces = memoryBounces();
    const channel = channelOf({ bounces, bounceAddress: "bounces@shop.example" });
    const ids: string[] = [];
    for (const address of ["bounce@example.com", "late@example.com", "complaint1@example.com", "guest@example.com"]) {
      const [outcome] = await channel.send(batchOf(person(address)), inTime());
      if (outcome?.kind === "accepted") ids.push(outcome.providerMessageId);
    }
    const read = (await Promise.all(simulator.takeNotices().map((raw) => readBounce(raw)))).flat();
    expect(read).toEqual([
      {
        kind: "bounced",
        address: "bounce@example.com",
        status: "5.1.1",
        reason: "unknown_mailbox",
        providerMessageId: ids[0],
      },
      {
        kind: "delayed",
        address: "late@example.com",
        status: "4.4.1",
        reason: "not_delivered",
        providerMessageId: ids[1],
      },
      { kind: "complaint", address: "complaint1@example.com", reason: "complaint", providerMessageId: ids[2] },
    ]);
    await bounces.put(read);
    const told = [];
    for await (const page of channel.results?.(ids, { signal: new AbortController().signal }) ?? []) told.push(...page);
    expect(told).toEqual([
      { address: "bounce@example.com", kind: "not_delivered", reason: "unknown_mailbox", providerMessageId: ids[0] },
    ]);
    expect(read.map((bounce) => suppressionOf(bounce))).toEqual([
      { channel: "email", address: "bounce@example.com", reason: "unknown_mailbox" },
      undefined,
      { channel: "email", address: "complaint1@example.com", reason: "complaint" },
    ]);
  });
});

describe("content of mails", () => {
  const { checkContent } = emailChannel({
    smtp: { host: "mx.example" },
    from: { name: "a", address: "a@b.example" },
    sender,
  });
  const codes = (said: MessageContent) => checkContent?.(said).map(({ path, code }) => `${path} ${code}`);

  test("has a subject and a text, and no parts of other channels", () => {
    expect(codes({ html: "<p>a</p>" })).toEqual(["subject content.subject-missing", "text content.text-missing"]);
    expect(codes({ ...content, image: "https://a.example/b.png" })).toEqual(["image content.unknown-part"]);
    expect(codes({ ...content, html: { a: 1 } })).toEqual(["html content.html-invalid"]);
  });

  test.each([
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    '<a href="javascript:alert(1)">a</a>',
    '<form action="https://a.example">',
    '<meta http-equiv="refresh" content="0">',
  ])("refuses what mail clients refuse: %s", (html) => {
    expect(codes({ ...content, html })).toEqual(["html email.html-forbidden"]);
  });

  test.each([
    ["<p title={{customer_name}}>a</p>", true],
    ["<a href='{{customer_name}}'>a</a>", true],
    ["<p {{customer_name}}>a</p>", true],
    ['<p style="color:{{customer_name}}">a</p>', true],
    ["<style>p{color:{{date}}}</style>", true],
    ['<p title="{{customer_name}}">{{customer_name}}，您好</p>', false],
    ['<a href="{{unsubscribe_link}}">退订</a>', false],
    ['<a href="https://shop.example/?n={{date}}">a</a>', false],
  ])("says whether a variable stands where it could do more than be read: %s", (html, isWrong) => {
    expect(codes({ ...content, html })).toEqual(isWrong ? ["html email.variable-place"] : []);
  });

  test("options are judged before the first mail", () => {
    const right: EmailOptions = {
      smtp: { host: "mx.example" },
      from: { name: "喵", address: "a@b.example" },
      sender,
    };
    const wrong: readonly (readonly [string, Partial<EmailOptions>])[] = [
      ["from.address", { from: { name: "喵", address: "a" } }],
      ["from.name", { from: { name: "a\r\nBcc: x", address: "a@b.example" } }],
      ["sender.contact", { sender: { name: "喵", contact: "" } }],
      ["dkim.privateKey", { dkim: { ...dkim, privateKey: "no key" } }],
      [
        "dkim.privateKey",
        {
          dkim: {
            ...dkim,
            privateKey: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
          },
        },
      ],
      ["dkim.selector", { dkim: { ...dkim, selector: "a;b" } }],
      ["bounceAddress", { bounceAddress: "b" }],
      ["smtp.maxConnections", { smtp: { host: "mx.example", maxConnections: 0 } }],
    ];
    for (const [option, change] of wrong) {
      expect(() => emailChannel({ ...right, ...change }), option).toThrow(expect.objectContaining({ option }));
    }
  });
});
