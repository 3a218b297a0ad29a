import { beforeEach, describe, expect, test } from "vitest";
import { ChannelError } from "../errors.js";
import type { MessageTemplateId, SuppressionId } from "../id.js";
import { createRecallKit } from "../kit/create-recallkit.js";
import type { RecallKit } from "../kit/kit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { Channel, DeliveryReport, SendOutcome } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import { seededRandom, sequentialIds } from "../testing/seeded.js";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.js";
import type { TemplateInput } from "./template-schema.js";

/** Monday 1 June 2026, 10:00 in Shanghai. */
const START = Date.UTC(2026, 5, 1, 2);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Sent {
  readonly address: string;
  readonly marker: string;
  readonly text: string;
  readonly values: Readonly<Record<string, string>>;
  readonly id: string;
  readonly at: number;
}

/** An SMS provider that does what a test tells it. */
function provider(clock: VirtualClock) {
  const sent: Sent[] = [];
  const reports = new Map<string, DeliveryReport>();
  const script: ((address: string, make: () => string) => SendOutcome | "throw")[] = [];
  const calls: number[] = [];
  const state = { capability: "lookup" as "lookup" | "none" | "keyed" };
  const channel: Channel = {
    name: "sms",
    specVersion: 1,
    personal: true,
    addressType: "mobile",
    maxBatchSize: 3,
    capability: () => state.capability,
    checkContent: ({ text = "" }) =>
      text.length > 70 ? [{ path: "text", code: "sms.too-long", message: "too long" }] : [],
    async send({ recipients }) {
      calls.push(recipients.length);
      return recipients.map(({ address, marker, content, values }) => {
        const make = () => {
          const known = state.capability === "keyed" ? sent.find((one) => one.marker === marker) : undefined;
          if (known) return known.id;
          const id = `p${sent.length + 1}`;
          sent.push({ address, marker, text: String(content.text), values, id, at: clock.now() });
          return id;
        };
        const step = script.shift() ?? (() => ({ kind: "accepted" as const, providerMessageId: make() }));
        const outcome = step(address, make);
        if (outcome === "throw")
          throw new ChannelError("channel.unavailable", "away", { channel: "sms", effect: "NOT_SENT" });
        return outcome;
      });
    },
    async lookUp({ marker, recipients }) {
      return sent
        .filter((one) => one.marker === marker || recipients.some((recipient) => recipient.marker === one.marker))
        .map(({ id, at, address }) => ({ providerMessageId: id, createdAt: at, address }));
    },
    async *results(ids) {
      yield ids.flatMap((id) => reports.get(id) ?? []);
    },
  };
  return { channel, sent, reports, script, calls, state };
}

const SHIPPED: TemplateInput = {
  name: "shipped",
  channel: "sms",
  content: { text: "您的订单 {{order_no}} 已发货" },
  variables: { order_no: { type: "text", maxLength: 40 } },
  messageClass: "transactional",
};

let clock: VirtualClock;
let stores: Stores;
let kit: RecallKit;
let sms: ReturnType<typeof provider>;

beforeEach(() => {
  clock = virtualClock(START);
  stores = memoryStores();
  sms = provider(clock);
  kit = createRecallKit({
    stores,
    clock,
    channels: [sms.channel],
    random: seededRandom(1),
    ids: sequentialIds("m"),
    logger: silentLogger,
    secretKey: "s".repeat(32),
    links: { publicUrl: "https://shop.example" },
  });
});

const send = (templateId: number, part: object = {}) =>
  kit.messages.send({ templateId, recipient: "13800138000", variables: { order_no: "A1" }, ...part });

describe("templates", () => {
  test("declare every variable that they use", async () => {
    const wrong = kit.messages.templates.create({ ...SHIPPED, variables: {} });
    await expect(wrong).rejects.toMatchObject({ code: "input.invalid", issues: [{ path: "content.text" }] });
  });

  test("are judged by their channel with their examples in them", async () => {
    const long = { order_no: { example: "x".repeat(255) } };
    const wrong = kit.messages.templates.create({ ...SHIPPED, variables: long });
    await expect(wrong).rejects.toMatchObject({ issues: [{ path: "content.text", code: "sms.too-long" }] });
  });

  test("keep their versions, and messages the version that they were accepted with", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    await send(id);
    const edited = await kit.messages.templates.edit(
      id,
      { ...SHIPPED, content: { text: "new {{order_no}}" } },
      { version: 1 },
    );
    expect(edited.version).toBe(2);
    await expect(kit.messages.templates.edit(id, SHIPPED, { version: 1 })).rejects.toMatchObject({
      code: "state.stale-version",
    });
    await kit.tick();
    expect(sms.sent.map(({ text }) => text)).toEqual(["您的订单 A1 已发货"]);
    expect((await kit.messages.templates.versions(id)).length).toBe(2);
  });

  test("show what they would say", async () => {
    const { id } = await kit.messages.templates.create({
      ...SHIPPED,
      content: { text: "{{merchant_name}} {{order_no}}" },
    });
    const preview = await kit.messages.templates.preview(id, { order_no: "{{merchant_name}}" });
    expect(preview.content.text).toMatch(/ \{\{merchant_name\}\}$/);
    await expect(kit.messages.templates.preview(id, { other: "x" })).rejects.toMatchObject({
      issues: [{ path: "variables.other" }],
    });
  });

  test("of e-mail stand in a layout, and write values as text in it", async () => {
    const html = "<main>{{body}}</main><p>{{merchant_name}}</p>";
    const layout = await kit.messages.templates.create({
      name: "frame",
      channel: "email",
      content: { html, text: "-" },
      isLayout: true,
    });
    const { id } = await kit.messages.templates.create({
      ...SHIPPED,
      channel: "email",
      content: { subject: "s", text: "t {{order_no}}", html: "<b>{{order_no}}</b>" },
      layoutId: layout.id,
    });
    const { content } = await kit.messages.templates.preview(id, { order_no: "<i>{{body}}</i>" });
    expect(content.html).toMatch(/^<main><b>&#60;i&#62;\{\{body\}\}&#60;\/i&#62;<\/b><\/main><p>[^{]*<\/p>$/);
    await expect(kit.messages.send({ templateId: layout.id, recipient: "a@b.example" })).rejects.toMatchObject({
      issues: [{ path: "templateId", code: "template.is-layout" }],
    });
  });
});

describe("a message", () => {
  test("goes out once, and its trace has every node", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const message = await send(id);
    await kit.tick();
    sms.reports.set("p1", { address: "+8613800138000", kind: "delivered", providerMessageId: "p1" });
    await clock.advance(MINUTE);
    await kit.tick();
    expect(sms.sent.map(({ address, text }) => [address, text])).toEqual([["+8613800138000", "您的订单 A1 已发货"]]);
    const trace = await kit.messages.trace(message.traceId);
    expect(trace.steps.map(({ node, outcome }) => `${node} ${outcome}`)).toEqual([
      "queue queued",
      "process dispatching",
      "send accepted",
      "callback delivered",
    ]);
    await expect(kit.messages.trace(`${message.id.toString(36)}-aaaaaaaaaaaa`)).rejects.toMatchObject({
      code: "trace.not-found",
    });
  });

  test("is traced for a week to the millisecond, and longer where something went wrong", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const good = await send(id);
    const bad = await send(id, { recipient: "13800138001" });
    sms.script.push(
      (_, make) => ({ kind: "accepted", providerMessageId: make() }),
      () => ({ kind: "refused", reason: "invalid_number", providerCode: "2" }),
    );
    await kit.tick();
    sms.reports.set("p1", { address: "+8613800138000", kind: "delivered", providerMessageId: "p1" });
    await clock.advance(HOUR);
    await kit.tick();
    await clock.advance(7 * 24 * HOUR - HOUR - 1);
    expect((await kit.messages.trace(good.traceId)).steps.length).toBe(4);
    await clock.advance(1);
    await kit.retain();
    await expect(kit.messages.trace(good.traceId)).rejects.toMatchObject({ code: "trace.not-found" });
    const steps = (await kit.messages.trace(bad.traceId)).steps;
    expect(steps.at(-1)).toMatchObject({ node: "send", outcome: "failed", errorClass: "RECIPIENT" });
  });

  test.each([
    ["variables.order_no", { variables: {} }],
    ["variables.other", { variables: { order_no: "1", other: "2" } }],
    ["variables.order_no", { variables: { order_no: { nested: "1" } } }],
    ["variables.order_no", { variables: { order_no: "1\r\nBcc: x" } }],
    ["variables.order_no", { variables: { order_no: "x".repeat(41) } }],
    ["recipient", { recipient: "user@example.com" }],
    ["priority", { priority: 11 }],
    ["sendAt", { sendAt: START - HOUR }],
  ])("is refused at %s", async (path, part) => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    await expect(send(id, part)).rejects.toMatchObject({ code: "input.invalid", issues: [{ path }] });
    expect((await kit.messages.list()).items).toEqual([]);
  });

  test("of an unknown or inactive template is refused", async () => {
    await expect(send(9)).rejects.toMatchObject({ code: "template.not-found" });
    const { id } = await kit.messages.templates.create(SHIPPED, { status: "inactive" });
    await expect(send(id)).rejects.toMatchObject({ code: "template.inactive" });
  });

  test("of one key is one message, and another message under it is refused", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const key = { idempotencyKey: "order-1" };
    const all = await Promise.all([send(id, key), send(id, key), send(id, key)]);
    expect(new Set(all.map((one) => one.id)).size).toBe(1);
    expect(all.filter(({ isNew }) => isNew).length).toBe(1);
    await expect(send(id, { ...key, recipient: "13800138001" })).rejects.toMatchObject({
      code: "message.request-differs",
    });
    await kit.tick();
    expect(sms.sent.length).toBe(1);
  });

  test("waits for its time, and can be called off until then", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const later = await send(id, { sendAt: START + HOUR });
    const never = await send(id, { sendAt: START + HOUR });
    await kit.tick();
    expect(sms.sent).toEqual([]);
    expect((await kit.messages.cancel(never.id)).state).toBe("cancelled");
    await clock.advance(HOUR);
    await kit.tick();
    expect(sms.sent.length).toBe(1);
    await expect(kit.messages.cancel(later.id)).rejects.toMatchObject({ code: "message.begun" });
  });

  test("expires when its channel is away for too long", async () => {
    const { id } = await kit.messages.templates.create({ ...SHIPPED, expireAfterMs: HOUR });
    const message = await send(id);
    for (let n = 0; n < 90; n++) {
      sms.script.push(() => "throw");
      await kit.tick();
      sms.script.length = 0;
      await clock.advance(MINUTE);
    }
    expect((await kit.messages.get(message.id))?.state).toBe("expired");
    expect(sms.sent).toEqual([]);
  });
});

describe("an unknown outcome", () => {
  const lost = (isMade: boolean) => (_: string, make: () => string) => {
    if (isMade) make();
    return { kind: "unknown" as const, reason: "timeout" };
  };

  test("is looked up, and never sent again blindly", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    sms.script.push(lost(true));
    const message = await send(id);
    await kit.tick();
    expect((await kit.messages.get(message.id))?.state).toBe("unknown");
    await clock.advance(15_000);
    await kit.tick();
    expect(await kit.messages.get(message.id)).toMatchObject({ state: "accepted", providerMessageId: "p1" });
    expect(sms.sent.length).toBe(1);
  });

  test("is sent again once it is certainly not there", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    sms.script.push(lost(false));
    const message = await send(id);
    await kit.tick();
    for (let n = 0; n < 9; n++) {
      await clock.advance(MINUTE);
      await kit.tick();
    }
    expect(sms.sent).toEqual([]);
    await clock.advance(MINUTE);
    await kit.tick();
    expect(sms.sent.length).toBe(1);
    expect(await kit.messages.get(message.id)).toMatchObject({ state: "accepted", resends: 1, attempts: 2 });
  });

  test("that nobody can look up waits for a person", async () => {
    sms.state.capability = "none";
    const { id } = await kit.messages.templates.create(SHIPPED);
    sms.script.push(lost(false));
    const message = await send(id);
    await kit.tick();
    await clock.advance(15_000);
    await kit.tick();
    expect((await kit.messages.get(message.id))?.state).toBe("needs_review");
    expect((await kit.alarms.list()).items.map(({ code, entity }) => [code, entity])).toContainEqual([
      "message.needs_review",
      "message",
    ]);
    expect((await kit.messages.decide(message.id, "pending")).state).toBe("queued");
    await kit.tick();
    expect(sms.sent.length).toBe(1);
    await expect(kit.messages.decide(message.id, "accepted")).rejects.toMatchObject({ code: "review.closed" });
  });

  test("goes out again under its key where the provider drops repeats", async () => {
    sms.state.capability = "keyed";
    const { id } = await kit.messages.templates.create(SHIPPED);
    sms.script.push(lost(true));
    const message = await send(id);
    await kit.tick();
    await clock.advance(15_000);
    await kit.tick();
    expect(await kit.messages.get(message.id)).toMatchObject({ state: "accepted", attempts: 2 });
    expect(sms.sent.length).toBe(1);
  });
});

describe("gates", () => {
  const marketing: TemplateInput = { ...SHIPPED, messageClass: "marketing" };

  test("keep away whom a suppression names, whatever the class", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    await kit.suppressions.add({ channel: "sms", address: "+8613800138000", reason: "opt_out" });
    const message = await send(id);
    await kit.tick();
    expect(await kit.messages.get(message.id)).toMatchObject({ state: "suppressed", reason: "opt_out", attempts: 0 });
    expect(sms.calls).toEqual([]);
  });

  test("hold marketing until the morning, and let a notice pass", async () => {
    const ad = (await kit.messages.templates.create(marketing)).id;
    const notice = (await kit.messages.templates.create(SHIPPED)).id;
    await clock.advance(12 * HOUR);
    const held = await send(ad);
    await send(notice, { recipient: "13800138001" });
    await kit.tick();
    expect(sms.sent.map(({ address }) => address)).toEqual(["+8613800138001"]);
    expect(await kit.messages.get(held.id)).toMatchObject({ state: "queued", reason: "quiet_hours" });
    await clock.advance(10 * HOUR);
    await kit.tick();
    expect(sms.sent.length).toBe(2);
  });

  test("count marketing of messages against the caps of a person, and notices not", async () => {
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const ad = (await kit.messages.templates.create(marketing)).id;
    const notice = (await kit.messages.templates.create(SHIPPED)).id;
    const [first, second] = [await send(ad), await send(ad)];
    await send(notice);
    await kit.tick();
    const states = await Promise.all([first, second].map(async ({ id }) => (await kit.messages.get(id))?.state));
    expect(states.sort()).toEqual(["accepted", "suppressed"]);
    expect(sms.sent.length).toBe(2);
  });

  test("need a consent for marketing where the tenant asks for it", async () => {
    await kit.contactPolicy.set({ consent: "required" });
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const { id } = await kit.messages.templates.create(marketing);
    const without = await send(id);
    const stranger = await send(id, { recipient: "13800138001" });
    await kit.tick();
    for (const one of [without, stranger]) {
      expect(await kit.messages.get(one.id)).toMatchObject({ state: "suppressed", reason: "no_consent" });
    }
    await kit.consents.record({ externalKey: "c1", channel: "sms", status: "granted", source: "form" });
    await send(id);
    await kit.tick();
    expect(sms.sent.length).toBe(1);
  });

  test("hear a reader who refuses, once for all", async () => {
    const { id } = await kit.messages.templates.create({
      ...marketing,
      content: { text: "{{order_no}} {{unsubscribe_link}}" },
    });
    await send(id, { variables: { order_no: "1" } });
    await kit.tick();
    const link = sms.sent[0]?.values.unsubscribe_link ?? "";
    expect(link).toMatch(/^https:\/\/shop\.example\/u\/m\//);
    const token = link.slice("https://shop.example/u/m/".length);
    expect(await kit.unsubscribeMessage(token)).toEqual({
      kind: "unsubscribed",
      tenantId: 1,
      channel: "sms",
      category: undefined,
    });
    expect((await kit.unsubscribeMessage(token)).kind).toBe("repeated");
    expect((await kit.unsubscribeMessage(`${token.slice(0, -1)}a`)).kind).toBe("unknown");
    const next = await send(id);
    await kit.tick();
    expect((await kit.messages.get(next.id))?.state).toBe("suppressed");
  });
});

describe("callers at once", () => {
  test("wait for the disk together, each with a message of its own, and a repeat with the same", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    let transactions = 0;
    const counted: Stores = {
      ...stores,
      transaction: (work) => {
        transactions += 1;
        return stores.transaction(work);
      },
    };
    const other = createRecallKit({ stores: counted, clock, channels: [sms.channel], logger: silentLogger });
    const sends = Array.from({ length: 200 }, (_, index) =>
      other.messages.send({
        templateId: id,
        recipient: "13800138000",
        variables: { order_no: String(index % 100) },
        // The second hundred repeats the first.
        idempotencyKey: `${index % 100}`,
      }),
    );
    const sent = await Promise.all(sends);
    expect(new Set(sent.map((one) => one.id)).size).toBe(100);
    expect(sent.filter(({ isNew }) => isNew)).toHaveLength(100);
    expect(sent.every((one, index) => one.variables.order_no === String(index % 100))).toBe(true);
    expect(transactions).toBeLessThanOrEqual(4);
  });

  test("inside a transaction share its fate, and nobody else does", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const lost = stores.transaction(async () => {
      await send(id, { variables: { order_no: "inside" } });
      throw new Error("no");
    });
    const outside = send(id, { variables: { order_no: "outside" } });
    const within = stores.transaction(() => send(id, { variables: { order_no: "within" } }));
    await expect(lost).rejects.toThrow("no");
    await Promise.all([outside, within]);
    const kept = (await kit.messages.list()).items.map(({ variables }) => variables.order_no);
    expect(kept.toSorted()).toEqual(["outside", "within"]);
  });

  test("are told apart when one of them cannot be kept", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const row = await send(id);
    const broken: Stores = {
      ...stores,
      transaction: (work) =>
        stores.transaction((tx) =>
          work({
            ...tx,
            messages: {
              ...tx.messages,
              insertMany: (tenantId, rows) =>
                rows.some(({ variables }) => variables.order_no === "bad")
                  ? Promise.reject(new Error("refused"))
                  : tx.messages.insertMany(tenantId, rows),
            },
          }),
        ),
    };
    const other = createRecallKit({ stores: broken, clock, channels: [sms.channel], logger: silentLogger });
    const of = (order_no: string) =>
      other.messages.send({ templateId: id, recipient: "13800138000", variables: { order_no } });
    const [first, bad, last] = await Promise.allSettled([of("1"), of("bad"), of("2")]);
    expect([first?.status, bad?.status, last?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await kit.messages.list()).items.map((one) => one.variables.order_no)).toEqual(["2", "1", "A1"]);
    expect(row.isNew).toBe(true);
  });
});

describe("categories", () => {
  test("can be refused one by one, by the reader or by the merchant, on a channel or on all", async () => {
    const text = "{{order_no}} {{unsubscribe_link}}";
    const news = await kit.messages.templates.create({ ...SHIPPED, name: "n", category: "上新", content: { text } });
    const sale = await kit.messages.templates.create({ ...SHIPPED, name: "s", category: "促销", content: { text } });
    const stateOf = async (id: MessageTemplateId, recipient = "13800138000") => {
      const sent = await send(id, { recipient, variables: { order_no: "1" } });
      await kit.tick();
      return (await kit.messages.get(sent.id))?.state;
    };
    expect(await stateOf(news.id)).toBe("accepted");
    const token = String(sms.sent[0]?.values.unsubscribe_link).slice("https://shop.example/u/m/".length);
    expect(await kit.unsubscribeMessage(token, { isLook: true })).toMatchObject({ kind: "found", category: "上新" });
    expect(await kit.unsubscribeMessage(token, { scope: "category" })).toMatchObject({ kind: "unsubscribed" });
    expect([await stateOf(news.id), await stateOf(sale.id)]).toEqual(["suppressed", "accepted"]);
    const [kept] = (await kit.suppressions.list({ channel: "sms#上新" })).items;
    await kit.suppressions.remove(kept?.id as SuppressionId);
    await kit.suppressions.add({ channel: "*#促销", address: "+8613800138000", reason: "opt_out" });
    expect([await stateOf(news.id), await stateOf(sale.id)]).toEqual(["accepted", "suppressed"]);
    for (const channel of ["sms#", "#促销", "sms#a\nb", `sms#${"x".repeat(65)}`])
      await expect(kit.suppressions.add({ channel, address: "+8613800138000", reason: "opt_out" })).rejects.toThrow(
        "channel",
      );
  });
});

describe("many sends that are one message", () => {
  const key = "ticket 7";
  const windowMs = 60_000;

  test("a digest says the newest values and how many there were, once its window is over", async () => {
    const { id } = await kit.messages.templates.create({
      ...SHIPPED,
      content: { text: "{{order_no}}：{{digest_count}} 条" },
    });
    const sends = await Promise.all(
      ["1", "2", "3"].map((no) => send(id, { variables: { order_no: no }, digest: { key, windowMs } })),
    );
    expect(new Set(sends.map((one) => one.id)).size).toBe(1);
    expect(sends.filter(({ isNew }) => isNew)).toHaveLength(1);
    const other = await send(id, { variables: { order_no: "9" }, digest: { key: "ticket 8", windowMs } });
    expect(other.isNew).toBe(true);
    await kit.tick();
    expect(sms.sent).toEqual([]);
    await clock.advance(windowMs);
    await kit.tick();
    const texts = sms.sent.map(({ text }) => text).toSorted();
    expect(texts).toEqual([expect.stringMatching(/^[123]：3 条$/), "9：1 条"]);
    const next = await send(id, { variables: { order_no: "4" }, digest: { key, windowMs } });
    expect(next).toMatchObject({ isNew: true, variables: { digest_count: "1" } });
    await kit.messages.cancel(next.id);
    const after = await send(id, { variables: { order_no: "5" }, digest: { key, windowMs } });
    expect([after.isNew, (after.notBefore ?? 0) - (next.notBefore ?? 0)]).toEqual([true, windowMs]);
  });

  test("a throttle lets the first one out and answers the others with it, for a window's length", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const once = (no: string) => send(id, { variables: { order_no: no }, throttle: { key, windowMs } });
    const first = await once("1");
    await kit.tick();
    await clock.advance(windowMs - 1);
    expect(await once("2")).toMatchObject({ id: first.id, isNew: false, state: "accepted" });
    await clock.advance(1);
    expect((await once("3")).isNew).toBe(true);
    await kit.tick();
    expect(sms.sent.map(({ text }) => text)).toEqual(["您的订单 1 已发货", "您的订单 3 已发货"]);
  });

  test("go with no time and no key of their own", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const gathering = { key, windowMs };
    for (const wrong of [
      { digest: gathering, throttle: gathering },
      { digest: gathering, idempotencyKey: "a" },
      { throttle: gathering, sendAt: clock.now() + 5 },
      { digest: { key: "", windowMs } },
      { throttle: { key, windowMs: 999 } },
    ])
      await expect(send(id, { variables: { order_no: "1" }, ...wrong })).rejects.toMatchObject({
        code: "input.invalid",
      });
  });
});

describe("a batch", () => {
  test("tells what it leaves out, and how far it is", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const batch = await kit.messages.sendBatch({
      templateId: id,
      variables: { order_no: "B1" },
      recipients: [
        "13800138000",
        "nobody",
        "+86 138-0013-8000",
        { recipient: "13800138002", variables: { order_no: "own" } },
        { recipient: "13800138003", variables: { x: "y" } },
      ],
    });
    expect(batch).toMatchObject({ total: 5, accepted: 2, duplicates: 1 });
    expect(batch.rejected.map(({ index, path }) => [index, path])).toEqual([
      [1, "recipient"],
      [4, "variables.x"],
    ]);
    await kit.tick();
    expect(sms.sent.map(({ text }) => text)).toEqual(["您的订单 B1 已发货", "您的订单 own 已发货"]);
    expect(await kit.messages.batch(batch.id)).toMatchObject({ byState: { accepted: 2 }, done: 2, progress: 1 });
  });

  test("of more than 10 000 is refused", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const recipients = Array.from({ length: 10_001 }, () => "13800138000");
    await expect(kit.messages.sendBatch({ templateId: id, recipients })).rejects.toMatchObject({
      issues: [{ path: "recipients" }],
    });
  });

  test("costs as many statements for a thousand as for one", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const calls: string[] = [];
    const counted = createRecallKit({
      stores: countingStores(stores, calls),
      clock,
      channels: [sms.channel],
      logger: silentLogger,
      secretKey: "s".repeat(32),
      messagesInFlight: 1_000,
    });
    const recipients = Array.from({ length: 1_000 }, (_, n) => `138${String(n).padStart(8, "0")}`);
    await counted.messages.sendBatch({ templateId: id, variables: { order_no: "1" }, recipients });
    calls.length = 0;
    await counted.tick();
    expect(sms.sent.length).toBe(1_000);
    expect(calls.filter((name) => name.startsWith("messages.")).length).toBeLessThan(60);
  });

  test("is called off for whoever has not been sent to", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const batch = await kit.messages.sendBatch({
      templateId: id,
      variables: { order_no: "1" },
      recipients: ["13800138000"],
      sendAt: START + HOUR,
    });
    expect((await kit.messages.cancelBatch(batch.id)).cancelled).toBe(1);
    await clock.advance(HOUR);
    await kit.tick();
    expect(sms.sent).toEqual([]);
  });

  test("of one request is one batch", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const request = { templateId: id, variables: { order_no: "1" }, recipients: ["13800138000"], idempotencyKey: "b" };
    const [first, second] = [await kit.messages.sendBatch(request), await kit.messages.sendBatch(request)];
    expect([first.id === second.id, first.isNew, second.isNew]).toEqual([true, true, false]);
    await kit.tick();
    expect(sms.sent.length).toBe(1);
  });
});

test("an urgent message passes thousands that wait, and these are not starved by urgent ones", async () => {
  const { id } = await kit.messages.templates.create(SHIPPED);
  const numbers = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `138${String(from + n).padStart(8, "0")}`);
  const batch = { templateId: id, variables: { order_no: "1" } };
  await kit.messages.sendBatch({ ...batch, recipients: numbers(0, 2_000), priority: 0 });
  await kit.messages.sendBatch({ ...batch, recipients: numbers(5_000, 1_000), priority: 10 });
  const stop = new AbortController();
  await kit.tick();
  stop.abort();
  const first = sms.sent.slice(0, 150).map(({ address }) => Number(address.slice(-8)) >= 5_000);
  expect(first.filter(Boolean).length).toBeGreaterThan(75);
  expect(first.filter((isUrgent) => !isUrgent).length).toBeGreaterThan(0);
  expect(sms.sent.length).toBe(3_000);
});

test("figures say what their rates are of", async () => {
  const { id } = await kit.messages.templates.create(SHIPPED);
  sms.script.push(
    (_, make) => ({ kind: "accepted", providerMessageId: make() }),
    () => ({ kind: "refused", reason: "x" }),
    () => ({ kind: "unknown", reason: "x" }),
  );
  for (let n = 0; n < 3; n++) await send(id, { recipient: `1380013800${n}` });
  await kit.tick();
  expect(await kit.messages.statistics()).toMatchObject({
    total: 3,
    sent: 1,
    failed: 1,
    unknown: 1,
    successRate: 0.5,
    deliveryRate: null,
  });
  const trend = await kit.messages.trend({ days: 2 });
  expect(trend.map(({ date, total }) => [date, total])).toEqual([
    ["2026-05-31", 0],
    ["2026-06-01", 3],
  ]);
});

/** Stores whose calls are written down. */
function countingStores(real: Stores, calls: string[]): Stores {
  const ports = Object.entries(real).map(([port, methods]) => {
    if (typeof methods !== "object") return [port, methods];
    const counted = Object.entries(methods as Record<string, (...args: never[]) => unknown>).map(([name, method]) => [
      name,
      (...args: never[]) => {
        calls.push(`${port}.${name}`);
        return method(...args);
      },
    ]);
    return [port, Object.fromEntries(counted)];
  });
  return {
    ...(Object.fromEntries(ports) as Stores),
    transaction: (work) => real.transaction((tx) => work(countingStores(tx, calls))),
  };
}

describe("a ledger that was restored from a backup", () => {
  const SETTLE = 10 * MINUTE;

  test("looks up what it would send, and sends what is not there once", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const [there, missing] = [
      await send(id, { recipient: "13800138000" }),
      await send(id, { recipient: "13800138001", sendAt: START }),
    ];
    const later = await send(id, { recipient: "13800138002", sendAt: START + 30 * 24 * HOUR });
    // The other ledger had sent the first one.
    const other = createRecallKit({
      stores: memoryStores(),
      clock,
      channels: [sms.channel],
      logger: silentLogger,
      secretKey: "s".repeat(32),
      links: { publicUrl: "https://shop.example" },
    });
    await other.messages.templates.create(SHIPPED);
    await other.messages.send({ templateId: 1, recipient: "13800138000", variables: { order_no: "A1" } });
    await other.tick();
    expect(sms.sent.length).toBe(1);

    await clock.advance(HOUR);
    expect(await kit.reconcileFirst()).toEqual({ skipped: 0, batches: 0, messages: 2 });
    await kit.tick();
    expect(sms.sent.length).toBe(1);
    await clock.advance(SETTLE);
    await kit.tick();
    expect(sms.sent.map(({ address }) => address)).toEqual(["+8613800138000", "+8613800138001"]);
    const states = [there, missing, later].map(async (one) => (await kit.messages.get(one.id))?.state);
    expect(await Promise.all(states)).toEqual(["accepted", "accepted", "queued"]);
  });

  test("leaves to a person what nobody can look up", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    sms.state.capability = "none";
    const { id: messageId } = await send(id);
    expect((await kit.reconcileFirst()).messages).toBe(1);
    await clock.advance(SETTLE);
    await kit.tick();
    expect([(await kit.messages.get(messageId))?.state, sms.sent]).toEqual(["needs_review", []]);
  });
});

test("a repeat by key says since when its message may be there, however often it is repeated", async () => {
  const { id } = await kit.messages.templates.create(SHIPPED);
  sms.state.capability = "keyed";
  const since: (number | undefined)[] = [];
  const { send: really } = sms.channel;
  Object.assign(sms.channel, {
    send: (...[batch, how]: Parameters<Channel["send"]>) => {
      since.push(batch.mayBeSentSince);
      return really(batch, how);
    },
  });
  sms.script.push(
    () => ({ kind: "unknown", reason: "lost" }),
    () => ({ kind: "unknown", reason: "lost" }),
  );
  await send(id);
  await kit.tick();
  for (let step = 0; step < 4; step++) {
    await clock.advance(5 * MINUTE);
    await kit.tick();
  }
  expect(since).toEqual([undefined, START, START]);
});

describe("sends at the same time", () => {
  test("are judged one by one: what is wrong with one is told to its caller alone", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const { id: other } = await kit.messages.templates.create({ ...SHIPPED, name: "other" }, { status: "inactive" });
    const outcomes = await Promise.allSettled([
      send(id),
      send(id, { recipient: "nobody" }),
      send(id, { recipient: "13800138001", variables: {} }),
      send(other),
      send(999 as MessageTemplateId),
      send(id, { recipient: "13800138002", variables: { order_no: "A2" } }),
    ]);
    const told = outcomes.map((outcome) =>
      outcome.status === "fulfilled"
        ? (outcome.value.variables.order_no ?? "")
        : [outcome.reason.code, outcome.reason.issues?.[0]?.path],
    );
    expect(told).toEqual([
      "A1",
      ["input.invalid", "recipient"],
      ["input.invalid", "variables.order_no"],
      ["template.inactive", undefined],
      ["template.not-found", undefined],
      "A2",
    ]);
  });

  test("each keep their own priority, time and key", async () => {
    const { id } = await kit.messages.templates.create(SHIPPED);
    const sent = await Promise.all(
      [0, 1, 2].map((n) =>
        send(id, {
          recipient: `1380013800${n}`,
          priority: n,
          sendAt: START + n * HOUR,
          idempotencyKey: `key-${n}`,
        }),
      ),
    );
    expect(sent.map(({ priority, notBefore, requestKey }) => [priority, notBefore, requestKey])).toEqual([
      [0, START, "k:key-0"],
      [1, START + HOUR, "k:key-1"],
      [2, START + 2 * HOUR, "k:key-2"],
    ]);
  });
});
