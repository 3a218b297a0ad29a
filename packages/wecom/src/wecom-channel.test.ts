import { systemClock } from "@recallkit/core";
import type { HttpRequest } from "@recallkit/core/ports";
import { describe, expect, test } from "vitest";
import {
  batchOf,
  CARD,
  COVER,
  CREDENTIALS,
  customers,
  failureOf,
  LINKED,
  MARKER,
  openRig,
  PICTURE,
  sendOptions,
  testTransport,
  transportOnCall,
} from "./test-rig.js";
import { wecomChannel } from "./wecom-channel.js";

const HOUR_MS = 3_600_000;
const signal = new AbortController().signal;
const kindsOf = (outcomes: readonly { readonly kind: string }[]) => [...new Set(outcomes.map(({ kind }) => kind))];

describe("wecomChannel: send", () => {
  test("makes one task of a batch and accepts everybody with its id", async () => {
    const { simulator, channel } = await openRig();
    const outcomes = await channel.send(batchOf(LINKED, customers(3)), sendOptions());
    const [task] = simulator.ledger.tasks;
    expect(outcomes).toEqual(customers(3).map(() => ({ kind: "accepted", providerMessageId: task?.msgid })));
    expect(task).toMatchObject({
      text: `喵～好久不见 https://shop.example/r?c=1&rk=${MARKER} 等你`,
      sender: undefined,
      recipients: 3,
    });
  });

  test("sends a picture and a card with uploaded images, and marks the page", async () => {
    const { simulator, channel } = await openRig();
    await channel.send(batchOf(CARD, customers(1)), sendOptions());
    const mediaIds = new Map(simulator.ledger.uploads.map(({ sha256, mediaId }) => [`media:${sha256}`, mediaId]));
    expect(simulator.ledger.tasks[0]).toMatchObject({
      text: "喵～",
      attachments: [
        { msgtype: "image", image: { media_id: mediaIds.get(PICTURE) } },
        {
          msgtype: "miniprogram",
          miniprogram: {
            title: "回来看看",
            pic_media_id: mediaIds.get(COVER),
            appid: "wx0123456789abcdef",
            page: `pages/home?x=1&rk=${MARKER}`,
          },
        },
      ],
    });
  });

  test("names the configured sender and mini program", async () => {
    const { simulator, channel } = await openRig({
      simulator: { staff: ["zhangsan"] },
      channel: { sender: "zhangsan", miniProgramAppId: "wxdefault" },
    });
    const card = { title: "t", image: COVER, page: "p" };
    await channel.send(batchOf({ miniProgram: card }, customers(1)), sendOptions());
    const [task] = simulator.ledger.tasks;
    expect(task?.sender).toBe("zhangsan");
    expect(task?.attachments).toMatchObject([{ miniprogram: { appid: "wxdefault", page: `p?rk=${MARKER}` } }]);
  });

  test("refuses those in fail_list and accepts the others, in the order given", async () => {
    const { simulator, channel } = await openRig();
    const people = customers(4);
    simulator.faults.push({
      on: "add_msg_template",
      kind: "partial-fail-list",
      ids: [people[1] ?? "", people[3] ?? ""],
    });
    const outcomes = await channel.send(batchOf(LINKED, people), sendOptions());
    expect(outcomes.map(({ kind }) => kind)).toEqual(["accepted", "refused", "accepted", "refused"]);
    expect(outcomes[1]).toEqual({ kind: "refused", reason: "rejected_by_provider" });
  });

  test("warns of strangers in fail_list, their ids apart from the text", async () => {
    const { simulator, channel } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind: "strangers", ids: ["wmStrangerA", "wmStrangerB"] });
    const options = sendOptions();
    expect(kindsOf(await channel.send(batchOf(LINKED, customers(2)), options))).toEqual(["accepted"]);
    expect(options.warnings).toEqual([
      {
        code: "unknown_ids_in_fail_list",
        detail: "2 of 2 ids in fail_list are not in the batch",
        addresses: ["wmStrangerA", "wmStrangerB"],
      },
    ]);
  });

  test("refuses everybody when nobody can be sent to", async () => {
    const { channel } = await openRig();
    const outcomes = await channel.send(batchOf(LINKED, ["xx1", "xx2"]), sendOptions());
    const refused = { kind: "refused", reason: "rejected_by_provider", providerCode: "41048" };
    expect(outcomes).toEqual([refused, refused]);
  });

  test("an expired token mid-run is replaced once and the batch sent once", async () => {
    const { simulator, channel, callsOf } = await openRig();
    await channel.prepare?.(1, LINKED, { signal });
    simulator.faults.push({ on: "add_msg_template", kind: "expire-token" });
    expect(kindsOf(await channel.send(batchOf(LINKED, customers(2)), sendOptions()))).toEqual(["accepted"]);
    expect([callsOf("gettoken"), callsOf("add_msg_template")]).toEqual([2, 2]);
    expect(simulator.ledger.tasks).toHaveLength(1);
  });

  test.each([
    ["45009", { kind: "45009" }, { effect: "RATE_LIMITED", retryAfterMs: 60_000 }],
    ["a blocked API", { kind: "error", errcode: 48002 }, { effect: "CONFIG", providerCode: "48002" }],
    ["refused content", { kind: "error", errcode: 40201 }, { effect: "REQUEST", providerCode: "40201" }],
    ["an errcode nobody knows", { kind: "error", errcode: 999999 }, { effect: "REQUEST", providerCode: "999999" }],
  ] as const)("%s proves that nothing was sent", async (_, fault, expected) => {
    const { simulator, channel } = await openRig();
    simulator.faults.push({ on: "add_msg_template", ...fault });
    expect(await failureOf(channel.send(batchOf(LINKED, customers(2)), sendOptions()))).toMatchObject(expected);
    expect(simulator.ledger.tasks).toEqual([]);
  });

  test("a send deadline that has passed proves that nothing was sent", async () => {
    const { channel, callsOf } = await openRig();
    await channel.prepare?.(1, LINKED, { signal });
    const late = { ...sendOptions(), writeBy: systemClock.monotonic() - 1 };
    expect(await failureOf(channel.send(batchOf(LINKED, customers(1)), late))).toMatchObject({
      effect: "NOT_SENT",
      cause: { code: "transport.deadline" },
    });
    expect(callsOf("add_msg_template")).toBe(0);
  });

  test("only the call that makes the task has a send deadline", async () => {
    const requests: HttpRequest[] = [];
    const real = testTransport();
    const transport = {
      request: (request: HttpRequest) => {
        requests.push(request);
        return real.request(request);
      },
    };
    const { channel } = await openRig({ channel: { transport } });
    const options = sendOptions();
    await channel.send(batchOf(CARD, customers(1)), options);
    const deadlines = requests.map(({ url, writeBy }) => [new URL(url).pathname.split("/").pop(), writeBy]);
    expect(deadlines).toEqual([
      ["gettoken", undefined],
      ["upload", undefined],
      ["upload", undefined],
      ["add_msg_template", options.writeBy],
    ]);
  });
});

describe("wecomChannel: lost answers", () => {
  test("a reset after the task was made is unknown, and the look-up finds it once", async () => {
    const { simulator, channel, clock } = await openRig();
    const before = clock.now();
    simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
    const outcomes = await channel.send(batchOf(LINKED, customers(2)), sendOptions());
    expect(outcomes).toEqual(customers(2).map(() => ({ kind: "unknown", reason: "transport.interrupted" })));
    const query = { marker: MARKER, content: LINKED, recipients: [], from: before - 300_000, to: clock.now() };
    expect(await channel.lookUp?.(query, { signal })).toEqual([
      { providerMessageId: simulator.ledger.tasks[0]?.msgid, createdAt: before },
    ]);
  });

  test("a hanging provider is unknown after the time-out", async () => {
    const { transport, timeIsUp } = transportOnCall();
    const { simulator, channel } = await openRig({ channel: { transport } });
    simulator.faults.push({ on: "add_msg_template", kind: "hang" });
    const outcomes = channel.send(batchOf(LINKED, customers(1)), sendOptions());
    await simulator.faults.whenHeld();
    timeIsUp();
    expect(await outcomes).toEqual([{ kind: "unknown", reason: "transport.timeout" }]);
  });

  test.each([
    ["html", "channel.malformed-response"],
    ["500", "channel.malformed-response"],
    ["bad-json", "channel.malformed-response"],
    ["lose-msgid", "channel.malformed-response"],
    ["busy", "errcode -1"],
  ] as const)("%s is unknown and never repeated", async (kind, reason) => {
    const { simulator, channel, callsOf } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind });
    const outcomes = await channel.send(batchOf(LINKED, customers(2)), sendOptions());
    expect(outcomes).toEqual(customers(2).map(() => ({ kind: "unknown", reason })));
    expect(callsOf("add_msg_template")).toBe(1);
  });

  test("an abort after the write is unknown", async () => {
    const { simulator, channel } = await openRig();
    const abort = new AbortController();
    simulator.faults.push({ on: "add_msg_template", kind: "hang" });
    const sending = channel.send(batchOf(LINKED, customers(1)), { ...sendOptions(), signal: abort.signal });
    await simulator.faults.whenHeld();
    abort.abort();
    expect(await sending).toEqual([{ kind: "unknown", reason: "transport.aborted" }]);
  });

  test("the look-up sees both copies, the older one first, and no other message", async () => {
    const { simulator, channel, clock } = await openRig();
    const from = clock.now();
    await channel.send(batchOf(CARD, customers(1)), sendOptions());
    clock.advance(60_000);
    await channel.send({ ...batchOf(CARD, customers(1)), marker: "ZZZZZZZZZZZZ" }, sendOptions());
    await channel.send(batchOf(CARD, customers(1)), sendOptions());
    const found = await channel.lookUp?.(
      { recipients: [], marker: MARKER, content: CARD, from, to: clock.now() },
      { signal },
    );
    const [older, , younger] = simulator.ledger.tasks;
    expect(found?.map(({ providerMessageId }) => providerMessageId)).toEqual([older?.msgid, younger?.msgid]);
  });

  test("the look-up goes through more than a month in spans that WeCom takes", async () => {
    const { channel, clock, callsOf } = await openRig();
    const from = clock.now();
    await channel.send(batchOf(LINKED, customers(1)), sendOptions());
    clock.advance(70 * 24 * HOUR_MS);
    const found = await channel.lookUp?.(
      { recipients: [], marker: MARKER, content: LINKED, from, to: clock.now() },
      { signal },
    );
    expect(found).toHaveLength(1);
    expect(callsOf("get_groupmsg_list_v2")).toBe(3);
  });

  test("a look-up that fails says nothing", async () => {
    const { simulator, channel, clock } = await openRig();
    simulator.faults.push({ on: "get_groupmsg_list_v2", kind: "html" });
    const query = { marker: MARKER, content: LINKED, recipients: [], from: clock.now(), to: clock.now() };
    expect(channel.lookUp).toBeDefined();
    if (channel.lookUp) await failureOf(channel.lookUp(query, { signal }));
  });
});

describe("wecomChannel: images", () => {
  test("prepare uploads each image once, so that send only makes the task", async () => {
    const { channel, callsOf } = await openRig();
    await channel.prepare?.(1, CARD, { signal });
    await channel.prepare?.(1, CARD, { signal });
    expect([callsOf("upload"), callsOf("gettoken")]).toEqual([2, 1]);
    await channel.send(batchOf(CARD, customers(1)), sendOptions());
    expect([callsOf("upload"), callsOf("gettoken"), callsOf("add_msg_template")]).toEqual([2, 1, 1]);
  });

  test("uploads again an hour before WeCom forgets", async () => {
    const { channel, clock, callsOf } = await openRig();
    await channel.prepare?.(1, { image: PICTURE }, { signal });
    clock.advance(71 * HOUR_MS - 1);
    await channel.prepare?.(1, { image: PICTURE }, { signal });
    expect(callsOf("upload")).toBe(1);
    clock.advance(1);
    await channel.prepare?.(1, { image: PICTURE }, { signal });
    expect(callsOf("upload")).toBe(2);
  });

  test("an image that WeCom forgot early is uploaded again and the message sent once", async () => {
    const { simulator, channel, clock, callsOf } = await openRig({ simulator: { mediaTtlMs: HOUR_MS } });
    await channel.prepare?.(1, CARD, { signal });
    clock.advance(HOUR_MS);
    expect(kindsOf(await channel.send(batchOf(CARD, customers(2)), sendOptions()))).toEqual(["accepted"]);
    expect([callsOf("upload"), callsOf("add_msg_template")]).toEqual([4, 2]);
    expect(simulator.ledger.tasks).toHaveLength(1);
  });

  test("an image that WeCom refuses again is a refusal", async () => {
    const { simulator, channel, callsOf } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind: "error", errcode: 40007, times: "always" });
    expect(await failureOf(channel.send(batchOf(CARD, customers(1)), sendOptions()))).toMatchObject({
      effect: "REQUEST",
      providerCode: "40007",
    });
    expect(callsOf("add_msg_template")).toBe(2);
  });

  test("an image that is stored nowhere refuses the batch before anything is sent", async () => {
    const { channel, callsOf } = await openRig();
    const content = { image: `media:${"0".repeat(64)}` };
    expect(await failureOf(channel.send(batchOf(content, customers(1)), sendOptions()))).toMatchObject({
      effect: "REQUEST",
    });
    expect(callsOf("add_msg_template")).toBe(0);
  });

  test("without an image source content with an image is a matter of configuration", async () => {
    const { channel } = await openRig({ channel: { images: undefined } });
    expect(await failureOf(channel.send(batchOf({ image: PICTURE }, customers(1)), sendOptions()))).toMatchObject({
      code: "image.no-source",
      effect: "CONFIG",
    });
    expect(kindsOf(await channel.send(batchOf(LINKED, customers(1)), sendOptions()))).toEqual(["accepted"]);
  });

  test("a failed upload proves that nothing was sent", async () => {
    const { simulator, channel } = await openRig();
    simulator.faults.push({ on: "upload", kind: "reset" });
    expect(await failureOf(channel.send(batchOf(CARD, customers(1)), sendOptions()))).toMatchObject({
      effect: "NOT_SENT",
    });
  });
});

describe("wecomChannel: content", () => {
  test("a lost answer can be cleared up when there is a link or a card", async () => {
    const channel = wecomChannel(CREDENTIALS);
    expect([LINKED, CARD, { text: "喵～" }, { image: PICTURE }].map((content) => channel.capability(content))).toEqual([
      "lookup",
      "lookup",
      "none",
      "none",
    ]);
  });

  test("a text that is too long with its marker is refused before any call", async () => {
    const { channel, callsOf } = await openRig();
    const fits = { text: `https://a.cn/${"x".repeat(4000 - 13 - 16)}` };
    const tooLong = { text: `${fits.text}x` };
    await channel.send(batchOf(fits, customers(1)), sendOptions());
    expect(await failureOf(channel.send(batchOf(tooLong, customers(1)), sendOptions()))).toMatchObject({
      effect: "REQUEST",
    });
    await expect(channel.prepare?.(1, tooLong, { signal })).rejects.toMatchObject({ effect: "REQUEST" });
    expect(callsOf("add_msg_template")).toBe(1);
  });

  test("a card without any mini program is a matter of configuration", async () => {
    const { channel } = await openRig();
    const content = { miniProgram: { title: "t", image: COVER, page: "p" } };
    await expect(channel.prepare?.(1, content, { signal })).rejects.toMatchObject({ effect: "CONFIG" });
  });

  test.each([0, 10_001, 1.5, Number.NaN])("the batch size %d is refused", (batchSize) => {
    expect(() => wecomChannel({ ...CREDENTIALS, batchSize })).toThrow(expect.objectContaining({ option: "batchSize" }));
  });
});
