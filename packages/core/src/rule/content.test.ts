import { describe, expect, test } from "vitest";
import { contentSchema, mediaHash } from "./content.js";

const IMAGE = "https://img.example/cat.png";
const MEDIA = `media:${"0a".repeat(32)}`;
const card = { title: "猫粮", image: IMAGE, page: "pages/goods?id=1" };

const faults = (content: unknown) => contentSchema.safeParse(content).error?.issues.map(({ path }) => path.join("."));

describe("content", () => {
  test("is a text, an image, a card, or several of them", () => {
    for (const content of [{ text: "喵" }, { image: IMAGE }, { image: MEDIA }, { miniProgram: card }]) {
      expect(contentSchema.parse(content)).toEqual(content);
    }
    expect(contentSchema.parse({ text: "喵", image: MEDIA, miniProgram: { ...card, appId: "wx1" } })).toMatchObject({
      miniProgram: { appId: "wx1" },
    });
  });

  test("is not nothing", () => {
    expect(faults({})).toEqual([""]);
    expect(faults({ text: "" })).toContain("text");
    expect(faults(undefined)).toEqual([""]);
  });

  test("counts bytes of UTF-8, up to the limit", () => {
    expect(faults({ text: `${"喵".repeat(1333)}a` })).toBeUndefined();
    expect(faults({ text: `${"喵".repeat(1333)}ab` })).toEqual(["text"]);
    expect(faults({ miniProgram: { ...card, title: `${"喵".repeat(21)}a` } })).toBeUndefined();
    expect(faults({ miniProgram: { ...card, title: `${"喵".repeat(21)}ab` } })).toEqual(["miniProgram.title"]);
  });

  test.each([
    "http://img.example/cat.png",
    "ftp://img.example/cat.png",
    "cat.png",
    "",
    "media:",
    `media:${"0A".repeat(32)}`,
    `media:${"0a".repeat(31)}`,
    `https://img.example/${"x".repeat(2048)}`,
  ])("does not take %j for an image", (image) => {
    expect(faults({ image })).toContain("image");
    expect(faults({ miniProgram: { ...card, image } })).toContain("miniProgram.image");
  });

  test("needs every part of a card", () => {
    expect(faults({ miniProgram: {} })).toEqual(["miniProgram.title", "miniProgram.image", "miniProgram.page"]);
    expect(faults({ miniProgram: { ...card, title: " ", page: " ", appId: "" } })).toEqual([
      "miniProgram.title",
      "miniProgram.page",
      "miniProgram.appId",
    ]);
    expect(faults({ miniProgram: { ...card, url: IMAGE } })).toEqual(["miniProgram"]);
  });
});

test("a media reference names a hash", () => {
  expect(mediaHash(MEDIA)).toBe("0a".repeat(32));
  expect(mediaHash(IMAGE)).toBeUndefined();
  expect(mediaHash(` ${MEDIA}`)).toBeUndefined();
});
