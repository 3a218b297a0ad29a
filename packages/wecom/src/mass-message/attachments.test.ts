import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { FileSource } from "../files.js";
import {
  allOf,
  batchOf,
  CREDENTIALS,
  customers,
  failureOf,
  MARKER,
  openRig,
  PICTURE,
  sendOptions,
  testTransport,
} from "../test-rig.js";
import { wecomGroups } from "./groups.js";
import type { MessageTemplate } from "./template.js";

const VIDEO = Uint8Array.from([0, 0, 0, 24, ...Buffer.from("ftypisom"), 1, 2]);
const files: FileSource = {
  async load(url) {
    const bytes = url.endsWith(".mp4") ? VIDEO : new TextEncoder().encode("%PDF-1.7 price list");
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  },
};
const link = { title: "回来看看", description: "满 100 减 20", url: "https://shop.example/r/abc" };
const everything = {
  text: "喵～",
  link: { ...link, image: PICTURE },
  video: "https://cdn.example/a.mp4",
  file: { url: "https://cdn.example/a.pdf", name: "价目表.pdf" },
  attachments: [{ image: PICTURE }, { link: { ...link, image: "https://cdn.example/c.png" } }],
};

describe("wecomChannel: attachments", () => {
  test("link cards, video, file and pictures arrive in one message, each uploaded once", async () => {
    const { simulator, channel, callsOf } = await openRig({ channel: { files } });
    for (let count = 0; count < 2; count += 1) {
      const outcomes = await channel.send(batchOf(everything, customers(2)), sendOptions());
      expect(outcomes.map(({ kind }) => kind)).toEqual(["accepted", "accepted"]);
    }
    const [task] = simulator.ledger.tasks;
    expect(task?.attachments.map(({ msgtype }) => msgtype)).toEqual(["link", "video", "file", "image", "link"]);
    expect(task?.attachments[0]).toMatchObject({
      link: {
        title: "回来看看",
        desc: "满 100 减 20",
        url: `${link.url}?rk=${MARKER}`,
        picurl: expect.stringMatching(/qpic/),
      },
    });
    expect(task?.attachments[4]).toMatchObject({ link: { url: link.url, picurl: "https://cdn.example/c.png" } });
    expect(simulator.ledger.uploads.map(({ type, filename }) => [type, filename])).toEqual([
      ["video", "video.mp4"],
      ["file", "价目表.pdf"],
      ["image", expect.stringMatching(/\.png$/)],
    ]);
    expect(callsOf("uploadimg")).toBe(1);
  });

  test("a message of link cards is found by its marker", async () => {
    const { channel, clock } = await openRig();
    const content = { link };
    expect(channel.capability(content)).toBe("lookup");
    const [outcome] = await channel.send(batchOf(content, customers(1)), sendOptions());
    const query = { marker: MARKER, content, recipients: [], from: clock.now() - 1000, to: clock.now() + 1000 };
    const found = await channel.lookUp?.(query, { signal: new AbortController().signal });
    expect(found?.map(({ providerMessageId }) => providerMessageId)).toEqual([
      outcome?.kind === "accepted" ? outcome.providerMessageId : "",
    ]);
  });

  test("files that WeCom forgot are uploaded again", async () => {
    const { simulator, channel, clock } = await openRig({ channel: { files }, simulator: { mediaTtlMs: 1000 } });
    await channel.send(batchOf(everything, customers(1)), sendOptions());
    clock.advance(1000);
    const [outcome] = await channel.send(batchOf(everything, customers(1)), sendOptions());
    expect(outcome?.kind).toBe("accepted");
    expect(simulator.ledger.uploads).toHaveLength(6);
  });

  test("without a source of files nothing is sent, and the settings are told", async () => {
    const { channel, callsOf } = await openRig();
    const error = await failureOf(channel.send(batchOf({ video: everything.video }, customers(1)), sendOptions()));
    expect(error).toMatchObject({ code: "file.no-source", effect: "CONFIG" });
    expect(callsOf("add_msg_template")).toBe(0);
  });

  test("the content's sender goes before the channel's, and both before who spoke last", async () => {
    const { simulator, channel } = await openRig({ simulator: { staff: ["a", "b"] }, channel: { sender: "a" } });
    for (const id of customers(2)) simulator.setFollowers(id, ["a", "b"]);
    await channel.send(batchOf({ text: "喵", sender: "b" }, customers(2)), sendOptions());
    await channel.send(batchOf({ text: "喵" }, customers(2)), sendOptions());
    expect(simulator.ledger.tasks.map(({ sender }) => sender)).toEqual(["b", "a"]);
  });

  test("staff is shown cards as news, and files as they are", async () => {
    const { simulator, channel } = await openRig({ channel: { files, agentId: 1_000_002 } });
    const message = { tenantId: 1, content: everything, staff: ["staff-01"] };
    expect(await channel.showToStaff?.(message, sendOptions())).toEqual([]);
    expect(simulator.ledger.staffMessages.map(({ type }) => type)).toEqual([
      "text",
      "news",
      "video",
      "file",
      "image",
      "news",
    ]);
  });
});

describe("wecomGroups", () => {
  const groups = ["wr1", "wr2"].map((chatId) => ({ chatId, owner: "staff-01" }));

  test("sends to groups of one owner, finds the message and follows it", async () => {
    const { simulator, clock } = await openRig({ simulator: { groups } });
    const target = wecomGroups({ ...CREDENTIALS, baseUrl: simulator.url, transport: testTransport(), clock });
    const post = {
      content: { text: "群友好", link },
      chatIds: ["wr1", "wr2", "wr9"],
      sender: "staff-01",
      marker: MARKER,
    };
    const { msgid, failed } = await target.send(post);
    expect(failed).toEqual(["wr9"]);
    expect(await target.find(MARKER, clock.now() - 1000, clock.now() + 1000)).toEqual([msgid]);
    expect(await allOf(target.results(msgid, "staff-01"))).toEqual([]);
    simulator.confirmAll();
    expect(await allOf(target.results(msgid, "staff-01"))).toMatchObject([
      { chatId: "wr1", kind: "delivered" },
      { chatId: "wr2", kind: "delivered" },
    ]);
    expect(await failureOf(target.send({ content: { text: "a" }, marker: MARKER }))).toMatchObject({
      effect: "CONFIG",
    });
    const many = Array.from({ length: 2001 }, (_, index) => `wr${index}`);
    expect((await failureOf(target.send({ ...post, chatIds: many }))).message).toContain("at most 2000");
  });
});

describe("createWecomClient: limits of a mass message", () => {
  const text = { content: "a" };
  const card = { msgtype: "link", link: { title: "t", url: "https://a.cn" } } as const;
  const long = (size: number) => "a".repeat(size);

  test.each<[string, MessageTemplate]>([
    ["text.content", { sender: "a", text: { content: `${"喵".repeat(1333)}ab` } }],
    ["external_userid", { external_userid: customers(10_001), text }],
    ["chat_id_list", { chat_type: "group", sender: "a", chat_id_list: customers(2001), text }],
    ["sender", { chat_type: "group", chat_id_list: ["wr1"], text }],
    ["external_userid", { text }],
    ["text", { sender: "a" }],
    ["tag_filter.group_list.0.tag_list", { tag_filter: { group_list: [{ tag_list: customers(101) }] }, text }],
    ["attachments", { sender: "a", attachments: Array(10).fill(card) }],
    ["attachments.0.link.title", { sender: "a", attachments: [{ ...card, link: { ...card.link, title: long(129) } }] }],
    ["attachments.0.link.desc", { sender: "a", attachments: [{ ...card, link: { ...card.link, desc: long(513) } }] }],
    [
      "attachments.0.link.picurl",
      { sender: "a", attachments: [{ ...card, link: { ...card.link, picurl: long(2049) } }] },
    ],
    ["attachments.0.link.url", { sender: "a", attachments: [{ ...card, link: { ...card.link, url: long(2049) } }] }],
    ["attachments.0.image", { sender: "a", attachments: [{ msgtype: "image", image: {} }] }],
    ["attachments.0.msgtype", { sender: "a", attachments: [{ msgtype: "voice", voice: { media_id: "3" } }] }],
    [
      "attachments.0.miniprogram.title",
      {
        sender: "a",
        attachments: [
          { msgtype: "miniprogram", miniprogram: { title: long(65), pic_media_id: "3", appid: "w", page: "p" } },
        ],
      },
    ],
  ])("%s is refused before any call", async (field, template) => {
    const { client, callsOf } = await openRig();
    const error = await failureOf(client.addMsgTemplate(template));
    expect(error).toMatchObject({
      effect: "REQUEST",
      message: expect.stringContaining(`add_msg_template: ${field}: `),
    });
    expect([callsOf("add_msg_template"), callsOf("gettoken")]).toEqual([0, 0]);
  });
});
