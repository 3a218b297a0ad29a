import { describe, expect, test } from "vitest";
import { contentSchema, mediaHash } from "./content.js";

const IMAGE = "https://img.example/cat.png";
const MEDIA = `media:${"0a".repeat(32)}`;

const faults = (content: unknown) => contentSchema.safeParse(content).error?.issues.map(({ path }) => path.join("."));

describe("content", () => {
  test("is a text, an image, a part of its channel, or several of them", () => {
    const card = { title: "猫粮", buttons: [{ url: IMAGE, weight: 1 }, null], isLarge: true };
    for (const content of [{ text: "喵" }, { image: IMAGE }, { image: MEDIA }, { card }]) {
      expect(contentSchema.parse(content)).toEqual(content);
    }
    expect(contentSchema.parse({ subject: " 想你了 ", text: "喵" })).toEqual({ subject: "想你了", text: "喵" });
  });

  test("is not nothing", () => {
    expect(faults({})).toEqual([""]);
    expect(faults({ subject: "a subject alone" })).toEqual([""]);
    expect(faults({ text: "" })).toContain("text");
    expect(faults(undefined)).toEqual([""]);
  });

  test("holds plain JSON within bounds", () => {
    expect(faults({ text: "a".repeat(100_000) })).toBeUndefined();
    expect(faults({ text: "a".repeat(100_001) })).toEqual(["text"]);
    expect(faults({ card: "a".repeat(200_000) })).toEqual([""]);
    expect(faults({ card: () => 1 })).toEqual(["card"]);
    expect(faults({ text: "a", subject: "two\nlines" })).toEqual(["subject"]);
    expect(faults({ text: "a", subject: "a".repeat(256) })).toEqual(["subject"]);
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
  });
});

test("a media reference names a hash", () => {
  expect(mediaHash(MEDIA)).toBe("0a".repeat(32));
  expect(mediaHash(IMAGE)).toBeUndefined();
  expect(mediaHash(` ${MEDIA}`)).toBeUndefined();
});
