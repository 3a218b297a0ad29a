import { describe, expect, test } from "vitest";
import { checkWecomContent, miniProgramOf, wecomContent } from "./content.js";

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
    expect(faults({ subject: "only a subject" })).toEqual([""]);
  });

  test("is refused as proof that nothing was sent when it is of another form", () => {
    expect(() => wecomContent({ miniProgram: { title: "a" } })).toThrow(
      expect.objectContaining({ effect: "REQUEST", message: expect.stringContaining("miniProgram.image") }),
    );
  });
});
