import {
  RECEIVER_SECRET,
  startEmailSimulator,
  startFeishuSimulator,
  startJpushSimulator,
  startWebhookReceiver,
} from "@recallkit/channels/simulator";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import { startOfficialAccountSimulator } from "@recallkit/wecom/official-account/simulator";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { makeSampleTemplates } from "./sample.js";

const OPENID = "o-simulator-follower-0000001";

let server: TestServer;
let sms: Awaited<ReturnType<typeof startSmsSimulator>>;
let email: Awaited<ReturnType<typeof startEmailSimulator>>;
let feishu: Awaited<ReturnType<typeof startFeishuSimulator>>;
let push: Awaited<ReturnType<typeof startJpushSimulator>>;
let webhook: Awaited<ReturnType<typeof startWebhookReceiver>>;
let account: Awaited<ReturnType<typeof startOfficialAccountSimulator>>;

beforeAll(async () => {
  [sms, email, feishu, push, webhook, account] = await Promise.all([
    startSmsSimulator(),
    startEmailSimulator(),
    startFeishuSimulator(),
    startJpushSimulator(),
    startWebhookReceiver(),
    startOfficialAccountSimulator({ appId: "wx1", secret: "secret", followers: [OPENID] }),
  ]);
  account.write(OPENID, "hi");
  server = await startTestServer({
    SMS_SIGNATURE: "示例",
    YUNPIAN_API_KEY: "simulator-apikey",
    YUNPIAN_BASE_URL: sms.yunpianUrl,
    SMTP_URL: `smtp://simulator:simulator-password@${email.host}:${email.smtpPort}`,
    EMAIL_FROM: "Shop <shop@example.com>",
    EMAIL_CONTACT: "shop@example.com",
    EMAIL_UNSUBSCRIBE_ADDRESS: "unsubscribe@example.com",
    FEISHU_APP_ID: "cli_simulator",
    FEISHU_APP_SECRET: "simulator-secret",
    FEISHU_BASE_URL: feishu.url,
    JPUSH_APP_KEY: "simulator-key",
    JPUSH_MASTER_SECRET: "simulator-secret",
    JPUSH_BASE_URL: push.url,
    MESSAGE_WEBHOOK_URL: `${webhook.url}/hook`,
    MESSAGE_WEBHOOK_SECRET: RECEIVER_SECRET,
    OFFICIAL_ACCOUNT_APP_ID: "wx1",
    OFFICIAL_ACCOUNT_SECRET: "secret",
    OFFICIAL_ACCOUNT_BASE_URL: account.url,
    PUBLIC_URL: "https://shop.example",
    RESULTS_POLL_MS: "100",
  });
  await makeSampleTemplates(server.context.kit);
}, 60_000);

afterAll(async () => {
  await server?.close();
  await Promise.all([sms, email, feishu, push, webhook, account].map((one) => one?.close()));
});

interface Sent {
  readonly id: number;
  readonly trace_id: string;
  readonly status: string;
  readonly recipient_hash: string;
}

const statusOf = async (id: number) => ((await server.get(`/api/messages/${id}`)).json as Sent).status;
const isTaken = (id: number) =>
  vi.waitFor(async () => expect(["accepted", "delivered"]).toContain(await statusOf(id)), {
    timeout: 60_000,
    interval: 50,
  });

describe("the examples of the document", () => {
  test("send a message by template 1, which is traced and found by its recipient", async () => {
    const sent = await server.post("/api/messages/send", {
      template_id: 1,
      recipient: "13800138000",
      variables: { order_no: "202401010001" },
      priority: 8,
    });
    expect(sent.status).toBe(201);
    const { id, trace_id, recipient_hash } = sent.json as Sent;
    await isTaken(id);
    expect(sms.ledger.messages.length).toBe(1);
    const trace = await server.get(`/api/messages/traces/${trace_id}`);
    const { nodes } = trace.json as { nodes: { node: string }[] };
    expect(nodes.map(({ node }) => node).slice(0, 3)).toEqual(["queue", "process", "send"]);
    const found = await server.post("/api/messages/search", { recipient: "138 0013 8000" });
    expect((found.json as { items: Sent[] }).items.map((one) => one.id)).toEqual([id]);
    const byHash = await server.get(`/api/messages?recipient_hash=${recipient_hash}`);
    expect((byHash.json as { items: Sent[] }).items.map((one) => one.id)).toEqual([id]);
  });

  test("send a batch by template 2, and tell how far it is", async () => {
    const sent = await server.post("/api/messages/send-batch", {
      template_id: 2,
      recipients: ["user1@example.com", "user2@example.com"],
      priority: 5,
    });
    expect(sent.status).toBe(201);
    const { batch_id } = sent.json as { batch_id: number };
    const isDone = async () => {
      const batch = await server.get(`/api/messages/batches/${batch_id}`);
      expect(batch.json).toMatchObject({ accepted: 2, duplicates: 0, rejected: [], progress: 1 });
    };
    await vi.waitFor(isDone, { timeout: 60_000, interval: 50 });
    expect([...email.ledger.sentPerAddress()]).toEqual([
      ["user1@example.com", 1],
      ["user2@example.com", 1],
    ]);
    const events = await server.get(`/api/messages/batches/${batch_id}/events`);
    expect(events.text).toContain("event: end");
  });

  test("tell figures", async () => {
    const overview = await server.get("/api/messages/statistics/overview");
    expect(overview.json).toMatchObject({ total: 3, failed: 0, success_rate: 1 });
    const realtime = await server.get("/api/messages/statistics/realtime");
    expect(realtime.json).toMatchObject({ queue: { urgent: 0, high: 0, normal: 0, low: 0 } });
    const trend = await server.get("/api/messages/statistics/trend?days=2");
    expect((trend.json as { days: unknown[] }).days.length).toBe(2);
  });

  test("tell all figures as they are now, and to somebody who has seen them only that they still hold", async () => {
    const first = await firstEvent();
    expect(first.event).toBe("realtime");
    expect(first.data).toMatchObject({ queue: { urgent: 0 }, today: { total: 3, failed: 0, success_rate: 1 } });
    expect(first.id).toMatch(/^[\w-]{16}$/);
    const again = await firstEvent(first.id);
    // Figures of the last minute may have moved on meanwhile; nothing is told that was not told whole.
    expect(again.event === "beat" ? {} : (again.data as { today: unknown }).today).toEqual(
      again.event === "beat" ? again.data : (first.data as { today: unknown }).today,
    );
    expect((await firstEvent("of-another-time!")).event).toBe("realtime");
  });
});

/** The first event of the stream, which has no end. */
async function firstEvent(seen?: string) {
  const headers = { authorization: `Bearer ${server.token}`, ...(seen !== undefined && { "last-event-id": seen }) };
  const leaving = new AbortController();
  const answer = await fetch(`${server.url}/api/messages/stream`, { headers, signal: leaving.signal });
  expect(answer.headers.get("x-accel-buffering")).toBe("no");
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of answer.body ?? []) {
    text += decoder.decode(bytes);
    if (/^data: .*\n\n/m.test(text)) break;
  }
  leaving.abort();
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  return { event: field("event"), id: field("id"), data: JSON.parse(field("data")) as unknown };
}

describe("every channel hands a message to its provider once", () => {
  const cases = [
    ["feishu", "ou_member1", { text: "hello {{name}}" }, () => feishu.ledger.messages.length],
    ["app-push", "device-1", { text: "hello {{name}}" }, () => push.ledger.messages.length],
    ["webhook", "c42", { text: "hello {{name}}" }, () => webhook.ledger.messages.length],
    ["official-account-customer", OPENID, { text: "hello {{name}}" }, () => account.sent.length],
  ] as const;

  test.each(cases)("%s", async (channel, recipient, content, count) => {
    const template = { name: channel, channel, content, variables: { name: {} }, message_class: "transactional" };
    const made = await server.post("/api/templates", template);
    expect(made.status, made.text).toBe(201);
    const { id: template_id } = made.json as { id: number };
    const sent = await server.post("/api/messages/send", { template_id, recipient, variables: { name: "you" } });
    expect(sent.status, sent.text).toBe(201);
    await isTaken((sent.json as Sent).id);
    expect(count()).toBe(1);
  });
});

describe("what is wrong", () => {
  test.each([
    [404, "", { template_id: 999, recipient: "13800138000" }],
    [400, "variables.order_no", { template_id: 1, recipient: "13800138000" }],
    [400, "variables.other", { template_id: 1, recipient: "13800138000", variables: { order_no: "1", other: "2" } }],
    [400, "variables.order_no", { template_id: 1, recipient: "13800138000", variables: { order_no: { a: 1 } } }],
    [400, "recipient", { template_id: 1, recipient: "user@example.com", variables: { order_no: "1" } }],
    [400, "priority", { template_id: 1, recipient: "13800138000", variables: { order_no: "1" }, priority: 11 }],
    [400, "send_at", { template_id: 1, recipient: "13800138000", variables: { order_no: "1" }, send_at: "2020-01-01" }],
  ])("is answered with %i at %s", async (status, path, body) => {
    const answer = await server.post("/api/messages/send", body);
    expect(answer.status, answer.text).toBe(status);
    if (path) expect((answer.json as { errors: { path: string }[] }).errors.map((one) => one.path)).toEqual([path]);
  });

  test("a batch of 10 001 is answered with 413 and the limit", async () => {
    const recipients = Array.from({ length: 10_001 }, (_, n) => `u${n}@example.com`);
    const answer = await server.post("/api/messages/send-batch", { template_id: 2, recipients });
    expect([answer.status, answer.text.includes("10000") || answer.text.includes("10 000")]).toEqual([413, true]);
  });

  test("one key is one message, by the header too", async () => {
    const body = { template_id: 1, recipient: "13800138009", variables: { order_no: "9" } };
    const once = await server.post("/api/messages/send", body, { "idempotency-key": "order-9" });
    const twice = await server.post("/api/messages/send", body, { "idempotency-key": "order-9" });
    expect((twice.json as Sent).id).toBe((once.json as Sent).id);
    const field = await server.post("/api/messages/send", { ...body, idempotency_key: "order-9" });
    expect((field.json as Sent).id).toBe((once.json as Sent).id);
  });
});

test("one click in a mail keeps its reader from the next one; looking at the link does not", async () => {
  const template = {
    name: "news",
    channel: "email",
    content: { subject: "news", text: "news {{unsubscribe_link}}" },
    message_class: "marketing",
  };
  const { id: template_id } = (await server.post("/api/templates", template)).json as { id: number };
  const send = async () =>
    ((await server.post("/api/messages/send", { template_id, recipient: "reader@example.com" })).json as Sent).id;
  await isTaken(await send());
  const mail = email.ledger.mails.find(({ to }) => JSON.stringify(to).includes("reader@example.com"));
  const [, token = ""] = /https:\/\/shop\.example(\/u\/m\/[a-z0-9.]+)/.exec(JSON.stringify(mail)) ?? [];
  expect((await server.request("GET", token)).status).toBe(200);
  await isTaken(await send());
  const form = { body: "List-Unsubscribe=One-Click", headers: { "content-type": "application/x-www-form-urlencoded" } };
  expect((await server.request("POST", token, form)).status).toBe(200);
  const last = await send();
  await vi.waitFor(async () => expect(await statusOf(last)).toBe("suppressed"), { timeout: 60_000, interval: 50 });
  const forged = `${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`;
  expect((await server.request("GET", forged)).status).toBe(404);
});

test("a category of messages can be refused by itself, on the page of any of them", async () => {
  const text = "上新 {{unsubscribe_link}}";
  const template = {
    name: "news",
    channel: "sms",
    category: "上新",
    message_class: "transactional",
    content: { text },
  };
  const { id: template_id } = (await server.post("/api/templates", template)).json as { id: number };
  const recipient = "13900139011";
  const send = async () => ((await server.post("/api/messages/send", { template_id, recipient })).json as Sent).id;
  await isTaken(await send());
  const told = sms.ledger.messages.find(({ text: said }) => said.includes("/u/m/"));
  const [, path = ""] = /https:\/\/shop\.example(\/u\/m\/[a-z0-9.]+)/.exec(String(told?.text)) ?? [];
  expect((await server.request("GET", path)).text).toContain("只退订“上新”");
  const form = { body: "scope=category", headers: { "content-type": "application/x-www-form-urlencoded" } };
  expect((await server.request("POST", path, form)).text).toContain("已退订");
  const last = await send();
  await vi.waitFor(async () => expect(await statusOf(last)).toBe("suppressed"), { timeout: 60_000, interval: 50 });
  const example = { template_id: 1, recipient, variables: { order_no: "202401010009" } };
  await isTaken(((await server.post("/api/messages/send", example)).json as Sent).id);
});

test("ten sends of a key are one message: the first at once, or all of them at the end of the window", async () => {
  const send = async (more: object) =>
    (await server.post("/api/messages/send", {
      ...{ template_id: 1, recipient: "13900139012", variables: { order_no: "202401010010" } },
      ...more,
    })) as { status: number; json: Sent & { send_at: number } };
  const throttle = { key: "order 10", window_ms: 86_400_000 };
  const sent = await Promise.all(Array.from({ length: 10 }, () => send({ throttle })));
  expect([new Set(sent.map(({ json }) => json.id)).size, sent[0]?.status]).toEqual([1, 201]);
  const digest = { key: "order 10", window_ms: 3_600_000 };
  const [first, second] = [await send({ digest }), await send({ digest })];
  expect(second?.json.id).toBe(first?.json.id);
  expect((first?.json.send_at ?? 1) % 3_600_000).toBe(0);
  const both = await send({ digest, throttle });
  expect([both.status, JSON.stringify(both.json)]).toEqual([400, expect.stringContaining('"throttle"')]);
});

test("channels and messages are figures for Prometheus", async () => {
  const { text } = await server.request("GET", "/metrics");
  expect(text).toContain('recallkit_breakers{channel="sms",state="closed"} 1');
  expect(text).toMatch(/recallkit_messages_10m\{channel="sms",state="(accepted|delivered)"\} \d/);
});

test("a mail that comes back is not delivered, and its address gets no further ones; one that is made up changes nothing", async () => {
  const template = {
    name: "bills",
    channel: "email",
    content: { subject: "bill", text: "your bill" },
    message_class: "transactional",
  };
  const { id: template_id } = (await server.post("/api/templates", template)).json as { id: number };
  const send = async (recipient: string) =>
    ((await server.post("/api/messages/send", { template_id, recipient })).json as Sent).id;
  const first = await send("bounce@example.com");
  await isTaken(first);
  const handIn = async (mail: string) => {
    const headers = { "content-type": "message/rfc822", authorization: `Bearer ${server.token}` };
    return (await server.request("POST", "/api/messages/bounces", { body: mail, headers })).json;
  };
  const notice = email.takeNotices().find((raw) => raw.includes("bounce@example.com")) ?? "";
  expect(await handIn(notice.replaceAll("bounce@example.com", "somebody@example.com"))).toEqual({
    taken: 0,
    suppressed: 0,
  });
  expect(await handIn("Subject: I am away\r\n\r\nBack on Monday")).toEqual({ taken: 0, suppressed: 0 });
  for (let times = 0; times < 2; times++) expect(await handIn(notice)).toEqual({ taken: 1, suppressed: 1 });
  await vi.waitFor(async () => expect(await statusOf(first)).toBe("not_delivered"), { timeout: 60_000, interval: 50 });
  const next = await send("bounce@example.com");
  await vi.waitFor(async () => expect(await statusOf(next)).toBe("suppressed"), { timeout: 60_000, interval: 50 });
});
