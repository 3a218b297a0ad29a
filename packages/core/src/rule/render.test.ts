import { describe, expect, test } from "vitest";
import { parseRule } from "./parse-rule.js";
import { contentHash, renderContent, renderShared, sharedValues } from "./render.js";

const card = { title: "{{rule_name}}", image: "https://img.example/a.png", page: "pages/{{a}}", appId: "wx1" };
const rule = parseRule({
  channel: "wecom",
  name: "召回",
  segment: { everybody: true },
  validFrom: "2026-01-01",
  validTo: "2026-12-31",
  content: { text: "{{merchant_name}} {{date}} {{gift}}", image: "https://img.example/b.png", miniProgram: card },
  variables: { gift: "{{date}}", merchant_name: "an impostor" },
});
// 23:30 UTC is the next day in Shanghai.
const occurrence = { dueAt: Date.UTC(2026, 4, 31, 23, 30), timeZone: "Asia/Shanghai" };

const said = (definition: typeof rule, merchantName: string) =>
  renderContent(definition.content, sharedValues(definition, occurrence, merchantName));

describe("rendering", () => {
  test("fills in what is built in and what the rule brings, in the zone of the occurrence", () => {
    expect(said(rule, "喵店")).toEqual({
      text: "喵店 2026-06-01 {{date}}",
      image: "https://img.example/b.png",
      miniProgram: { ...card, title: "召回" },
    });
  });

  test("writes values as text into html, once each, and as they are into everything else", () => {
    const content = {
      text: "{{merchant_name}} {{customer_name}}",
      html: '<a title="{{customer_name}}">{{merchant_name}}</a>',
    };
    const shared = renderShared(content, { merchant_name: "猫 & 狗" });
    expect(shared).toEqual({
      text: "猫 & 狗 {{customer_name}}",
      html: '<a title="{{customer_name}}">猫 &#38; 狗</a>',
    });
    expect(renderContent(shared, { customer_name: `"><b>O'喵` })).toEqual({
      text: `猫 & 狗 "><b>O'喵`,
      html: '<a title="&#34;&#62;&#60;b&#62;O&#39;喵">猫 &#38; 狗</a>',
    });
  });

  test("leaves out what the content does not have", () => {
    expect(said({ ...rule, content: { text: "a" } }, "")).toEqual({ text: "a" });
    expect(said({ ...rule, content: { image: "https://a" } }, "")).toEqual({ image: "https://a" });
  });
});

test("the hash of content changes with all that a recipient would see", () => {
  const content = said(rule, "喵店");
  const others = [
    { ...content, text: "b" },
    { ...content, image: "https://c" },
    { ...content, miniProgram: { ...card, title: "召回", page: "p" } },
    { ...content, miniProgram: { ...card, title: "召回", appId: "wx2" } },
    { text: "b" },
    { image: "b" },
  ];
  const hashes = others.map(contentHash);
  expect(new Set([contentHash(content), ...hashes]).size).toBe(7);
  expect(contentHash({ ...content })).toBe(contentHash(content));
});
