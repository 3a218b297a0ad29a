import type { MessageContent } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import { carriesMarker, hasMarkerPlace, placeMarker } from "./marker.js";

const M = "K7Q2MZ4ABCDE";
const card = (page: string): MessageContent => ({
  text: "https://a.cn/x",
  miniProgram: { title: "t", image: "media:0", page },
});

describe("placeMarker", () => {
  test.each([
    ["a bare link", "https://a.cn/x", `https://a.cn/x?rk=${M}`],
    ["a link with a query", "https://a.cn/x?b=1&c=%E5%96%B5", `https://a.cn/x?b=1&c=%E5%96%B5&rk=${M}`],
    ["a link with an empty query", "https://a.cn/x?", `https://a.cn/x?rk=${M}?`],
    ["a link with an open query", "https://a.cn/x?b=1&", `https://a.cn/x?b=1&rk=${M}`],
    ["a link with a fragment", "https://a.cn/x#top", `https://a.cn/x?rk=${M}#top`],
    ["a link with query and fragment", "https://a.cn/?b=1#/r?c=2", `https://a.cn/?b=1&rk=${M}#/r?c=2`],
    ["a link with a port", "http://a.cn:8080/x", `http://a.cn:8080/x?rk=${M}`],
    ["a link in capitals", "HTTPS://A.CN/X", `HTTPS://A.CN/X?rk=${M}`],
    ["a link between Chinese words", "点https://a.cn/x领取", `点https://a.cn/x?rk=${M}领取`],
    ["a link before a Chinese full stop", "看 https://a.cn/x。", `看 https://a.cn/x?rk=${M}。`],
    ["a link before a full stop", "See https://a.cn/x.", `See https://a.cn/x?rk=${M}.`],
    ["a link in brackets", "(https://a.cn/x)", `(https://a.cn/x?rk=${M})`],
    ["the first of two links", "https://a.cn/1 https://a.cn/2", `https://a.cn/1?rk=${M} https://a.cn/2`],
  ])("puts the marker into %s", (_, text, expected) => {
    expect(placeMarker({ text }, M)).toEqual({ text: expected });
  });

  test.each([
    ["a page", "pages/home", `pages/home?rk=${M}`],
    ["a page with a query", "pages/home.html?x=1", `pages/home.html?x=1&rk=${M}`],
  ])("puts the marker into %s and leaves the text alone", (_, page, expected) => {
    expect(placeMarker(card(page), M)).toEqual(card(expected));
  });

  test.each(["没有链接", "ftp://a.cn/x", "https://", "www.a.cn"])("leaves %j as it is", (text) => {
    expect(placeMarker({ text }, M)).toEqual({ text });
    expect(hasMarkerPlace({ text })).toBe(false);
  });
});

describe("placeMarker in cards", () => {
  const link = (url: string) => ({ link: { title: "t", url } });
  const mini = (page: string) => ({ miniProgram: { title: "t", image: "media:0", page } });

  test.each([
    [
      "a link card",
      { text: "https://a.cn", ...link("https://a.cn/x") },
      { text: "https://a.cn", ...link(`https://a.cn/x?rk=${M}`) },
    ],
    [
      "one in the list",
      { attachments: [{ image: "i" }, link("https://a.cn/x")] },
      { attachments: [{ image: "i" }, link(`https://a.cn/x?rk=${M}`)] },
    ],
    [
      "a mini program before a link card",
      { ...link("https://a.cn"), attachments: [mini("p")] },
      { ...link("https://a.cn"), attachments: [mini(`p?rk=${M}`)] },
    ],
  ])("%s carries it", (_, content, expected) => {
    expect(hasMarkerPlace(content)).toBe(true);
    expect(placeMarker(content, M)).toEqual(expected);
  });
});

describe("hasMarkerPlace", () => {
  test("sees a card, a link, and a link that is still to come", () => {
    expect(hasMarkerPlace(card("pages/home"))).toBe(true);
    expect(hasMarkerPlace({ text: "https://a.cn" })).toBe(true);
    expect(hasMarkerPlace({ text: "点 {{ recall_link }} 领取" })).toBe(true);
    expect(hasMarkerPlace({ image: "media:0" })).toBe(false);
  });
});

describe("carriesMarker", () => {
  test.each([
    ["a text", { text: { content: `看 https://a.cn/x?b=1&rk=${M}。` } }],
    ["an escaped text", { text: { content: `https://a.cn/x?b=1&amp;rk=${M}` } }],
    ["a card", { attachments: [{ msgtype: "miniprogram", miniprogram: { page: `p.html?rk%3D${M}` } }] }],
    ["a link attachment", { attachments: [{ msgtype: "link", link: { url: `https://a.cn?rk=${M}` } }] }],
    ["a card in the old form", { miniprogram: { page: `p?rk=${M}` } }],
  ])("finds the marker in %s", (_, message) => expect(carriesMarker(message, M)).toBe(true));

  test("tells another marker apart", () => {
    expect(carriesMarker({ text: { content: "https://a.cn/x?rk=K7Q2MZ4ABCDF" } }, M)).toBe(false);
  });
});
