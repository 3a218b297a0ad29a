import { seededRandom } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { cdata, childText, readAnyXml, readFlatXml, readXml } from "./xml.js";

test("keeps text as it was sent: nothing is trimmed, nothing becomes a number", () => {
  const xml = readXml(
    "<xml><State>007</State><Content><![CDATA[ <b> & ]]></Content><Id>4561255354251345929</Id></xml>",
  );
  expect(xml && [childText(xml, "State"), childText(xml, "Content"), childText(xml, "Id")]).toEqual([
    "007",
    " <b> & ",
    "4561255354251345929",
  ]);
});

test("takes a declaration before the root, and characters that are written as references", () => {
  const xml = readXml('﻿<?xml version="1.0" encoding="UTF-8"?>\n<xml><A>&lt;&#x4e2d;&amp;</A></xml>');
  expect(xml && childText(xml, "A")).toBe("<中&");
});

test("a text may talk of document types", () => {
  const xml = readXml(`<xml><Content>${cdata("<!DOCTYPE html> ]]> &x;")}</Content></xml>`);
  expect(xml && childText(xml, "Content")).toBe("<!DOCTYPE html> ]]> &x;");
});

test("a section holds any text without what XML does not know", () => {
  const xml = readXml(`<xml><A>${cdata("a\u0000b\u001bc\ud800d😀\ufffe]]>")}</A></xml>`);
  expect(xml && childText(xml, "A")).toBe("abcd😀]]>");
});

test.each([
  ["a document type", "<!DOCTYPE xml><xml><A>1</A></xml>"],
  ["one behind a comment", "<!-- x --><!DOCTYPE xml><xml/>"],
  ["an entity of its own", '<!DOCTYPE xml [<!ENTITY x "y">]><xml><A>&x;</A></xml>'],
  ["an entity from a file", '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><A>&x;</A></xml>'],
  ["a declaration with a document type behind it", '<?xml version="1.0"?><!DOCTYPE xml><xml></xml>'],
  ["a document type within", "<xml><!DOCTYPE xml></xml>"],
  ["an entity that nobody declared", "<xml><A>&x;</A></xml>"],
  ["no end", "<xml><A>1</A>"],
  ["two roots", "<xml></xml><xml></xml>"],
  ["another root", "<html></html>"],
  ["text", "hello"],
  ["nothing", ""],
  ["a bomb", bomb()],
  ["great depth", "<xml>".repeat(12_000) + "</xml>".repeat(12_000)],
  ["some depth", "<xml>".repeat(17) + "</xml>".repeat(17)],
])("refuses %s", (_what, text) => {
  expect(readXml(text)).toBeUndefined();
});

function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);
  return `<!DOCTYPE xml [<!ENTITY e0 "ha">${levels.join("")}]><xml><A>&e12;</A></xml>`;
}

test("the quick reader says of every text what the parser says, or nothing", () => {
  const texts = [
    "",
    "a",
    " 1 ",
    "中文",
    "]",
    "]]>",
    "&amp;",
    "&x;",
    "<b>",
    "\r\n",
    "\u0001",
    "😀",
    "<![CDATA[x]]>",
    "\ufffe",
    "-->",
  ];
  const names = ["A", "Event", "_x", "__proto__", "a-b", "1a", "中", "A b='c'"];
  const gaps = ["", "\n", " ", "\r", "x", "<!-- c -->", "<?pi?>"];
  const random = seededRandom(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
  const child = () => {
    const name = random.next() < 0.8 ? "Event" : pick(names);
    const text = random.next() < 0.5 ? pick(texts) : `<![CDATA[${pick(texts)}]]>`;
    return `<${name}>${text}</${random.next() < 0.95 ? name : pick(names)}>${random.next() < 0.8 ? "" : pick(gaps)}`;
  };
  let read = 0;
  for (let run = 0; run < 20_000; run += 1) {
    const inner = Array.from({ length: Math.floor(random.next() * 4) }, child).join("");
    const text = `${random.next() < 0.9 ? "" : pick(gaps)}<xml>${inner}</xml>${random.next() < 0.9 ? "" : pick(gaps)}`;
    const quick = readFlatXml(text);
    if (quick === undefined) continue;
    read += 1;
    expect(readAnyXml(text), text).toEqual(quick);
  }
  expect(read).toBeGreaterThan(1_500);
});
