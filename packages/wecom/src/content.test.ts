import { describe, expect, test } from "vitest";
import { attachedParts, checkWecomContent, miniProgramOf, wecomContent } from "./content.js";

const IMAGE = "https://img.example/cat.png";
const MEDIA = `media:${"0a".repeat(32)}`;
const card = { title: "猫粮", image: IMAGE, page: "pages/goods?id=1" };

const faults = (content: Parameters<typeof checkWecomContent>[0]) => checkWecomContent(content).map(({ path }) => path);

describe("content of WeCom", () => {
  test("is a text, an image, a card, or several of them", () => {
    for (const content of [{ text: "喵" }, { image: IMAGE }, { image: MEDIA }, { miniProgram: card }]) {
      expect(faults(content)).toEqual([]);
      expect(wecomContent(content)).toEqual(content);
    }
    expect(miniProgramOf({ text: "喵", miniProgram: { ...card, appId: "wx1" } })).toMatchObject({ appId: "wx1" });
    expect(miniProgramOf({ text: "喵" })).toBeUndefined();
  });

  test("counts bytes of UTF-8, up to the limit", () => {
    expect(faults({ text: `${"喵".repeat(1333)}a` })).toEqual([]);
    expect(faults({ text: `${"喵".repeat(1333)}ab` })).toEqual(["text"]);
    expect(faults({ miniProgram: { ...card, title: `${"喵".repeat(21)}a` } })).toEqual([]);
    expect(faults({ miniProgram: { ...card, title: `${"喵".repeat(21)}ab` } })).toEqual(["miniProgram.title"]);
  });

  test("needs every part of a card, and knows no other part", () => {
    expect(faults({ miniProgram: {} })).toEqual(["miniProgram.title", "miniProgram.image", "miniProgram.page"]);
    expect(faults({ miniProgram: { ...card, title: " ", page: " ", appId: "" } })).toEqual([
      "miniProgram.title",
      "miniProgram.page",
      "miniProgram.appId",
    ]);
    expect(faults({ miniProgram: { ...card, url: IMAGE } })).toEqual(["miniProgram.url"]);
    expect(faults({ miniProgram: { ...card, image: "http://img.example/a.png" } })).toEqual(["miniProgram.image"]);
    expect(faults({ text: "喵", video: "media" })).toEqual(["video"]);
    expect(faults({ text: "喵", music: "media" })).toEqual(["music"]);
    expect(faults({ subject: "only a subject" })).toEqual([""]);
  });

  test("is refused as proof that nothing was sent when it is of another form", () => {
    expect(() => wecomContent({ miniProgram: { title: "a" } })).toThrow(
      expect.objectContaining({ effect: "REQUEST", message: expect.stringContaining("miniProgram.image") }),
    );
  });
});

describe("attachments of WeCom", () => {
  const link = { title: "回来看看", url: "https://a.cn/x", description: "满 100 减 20", image: IMAGE };
  const video = "https://cdn.example/a.mp4";
  const file = { url: "https://cdn.example/a.pdf", name: "价目表.pdf" };

  test("may be nine of any kind, in the list or beside it, and not ten", () => {
    const attachments = [
      { image: MEDIA },
      { link },
      { miniProgram: card },
      { video },
      { file },
      { link },
      { link },
      { link },
    ];
    expect(faults({ attachments })).toEqual([]);
    expect(faults({ link, attachments })).toEqual([]);
    expect(faults({ link, video, attachments })).toEqual(["attachments"]);
    expect(faults({ attachments: [] })).toEqual([""]);
    expect(attachedParts(wecomContent({ video, link, attachments: [{ file }] })).map(([path]) => path)).toEqual([
      "",
      "",
      "attachments.0.",
    ]);
  });

  const bytes = (count: number) => `${"喵".repeat(Math.floor(count / 3))}${"a".repeat(count % 3)}`;

  test.each([
    ["link.title", 128, (value: string) => ({ link: { ...link, title: value } })],
    ["link.description", 512, (value: string) => ({ link: { ...link, description: value } })],
    ["link.url", 2048, (value: string) => ({ link: { ...link, url: `https://a.cn/${value}`.slice(0, value.length) } })],
    ["miniProgram.title", 64, (value: string) => ({ miniProgram: { ...card, title: value } })],
    ["text", 4000, (value: string) => ({ text: value })],
    ["file.name", 255, (value: string) => ({ file: { ...file, name: value } })],
  ])("%s may have %i bytes and not one more", (path, limit, content) => {
    const fill = path === "link.url" ? (count: number) => "a".repeat(count) : bytes;
    expect(faults(content(fill(limit)))).toEqual([]);
    expect(faults(content(fill(limit + 1)))).toEqual([path]);
  });

  test("a link card opens a page of the web, or the link of the recall", () => {
    for (const url of ["{{recall_link}}", "{{ recall_link }}?from=wecom", "http://a.cn"]) {
      expect(faults({ link: { title: "t", url } })).toEqual([]);
    }
    for (const url of ["javascript:alert(1)", "a.cn", "https://", "x {{recall_link}}"]) {
      expect(faults({ link: { title: "t", url } })).toEqual(["link.url"]);
    }
  });

  test("a wrong attachment is named by its place", () => {
    expect(faults({ attachments: [{ image: MEDIA }, { link: { title: "t" } }] })).toEqual(["attachments.1.link.url"]);
    expect(faults({ attachments: [{ image: MEDIA, video }] })).toEqual(["attachments.0.video"]);
    expect(faults({ video: "http://cdn.example/a.mp4" })).toEqual(["video"]);
  });
});
