import { expect, test } from "vitest";
import { redaction } from "./redaction.js";

test.each([
  { token: "planted" },
  { access_token: "planted" },
  { password: "planted" },
  { newPassword: "planted" },
  { mobile: "planted" },
  { request: { headers: { Authorization: "planted" } } },
  { a: { b: [{ c: { secret_key: "planted" } }] } },
  { customerName: "planted" },
  { nickname: ["planted"] },
  { external_userid: "planted" },
])("what is named like a secret is never written: %j", (fields) => {
  const written = JSON.stringify(redaction()(fields));
  expect(written).toContain("[redacted]");
  expect(written).not.toContain("planted");
});

test.each([
  ["call 13800138000 back", "call [phone] back"],
  ["+86 138-0013-8000", "[phone]"],
  ["to a.b+c@shop.example.com now", "to [email] now"],
  ["Authorization: Bearer abc.DEF_123-x", "Authorization: Bearer [redacted]"],
  ["GET /gettoken?corpid=ww1&corpsecret=s3cr3t&debug=1", "GET /gettoken?corpid=ww1&corpsecret=[redacted]&debug=1"],
  ["order 20260101123456789 stays", "order 20260101123456789 stays"],
  ["batch 1234567890123 stays", "batch 1234567890123 stays"],
])("secrets are taken out of texts: %s", (text, written) => {
  const redact = redaction();
  expect(redact({ reason: text, error: new Error(text), deep: [{ text }] })).toEqual({
    reason: written,
    error: { name: "Error", message: written },
    deep: [{ text: written }],
  });
});

test("a secret that is part of another one leaves nothing of either", () => {
  const redact = redaction(["abcdefgh", "abcdefgh-and-more"]);
  expect(redact({ text: "abcdefgh-and-more abcdefgh" })).toEqual({ text: "[redacted] [redacted]" });
});

test("what is nested deeper than anybody reads is left out", () => {
  const deep = { a: { a: { a: { a: { a: { a: { a: "x" } } } } } } };
  expect(JSON.stringify(redaction()(deep))).toContain("[deep]");
});
