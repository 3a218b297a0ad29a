import { describe, expect, test } from "vitest";
import { type LintOptions, lintSms } from "./lint-sms.js";
import { completeText, hasOptOutText, signatureIssue } from "./sms-text.js";

const codes = (text: string, options?: LintOptions) =>
  lintSms(text, options).map(({ code, severity }) => `${severity[0]} ${code}`);
const GOOD = "【喵星球】亲爱的会员，您常买的猫粮到货了，回店看看吧 拒收请回复R";

describe("a text of mainland China", () => {
  test("that is as it should be is let pass", () => expect(lintSms(GOOD)).toEqual([]));
  test.each([
    ["没有签名 拒收请回复R", "e sms.signature-missing"],
    ["【甲店】好【乙店】拒收请回复R", "e sms.signature-several"],
    ["【123】好久不见 拒收请回复R", "e sms.signature-invalid"],
    ["【喵星球】好久不见", "e sms.opt-out-missing"],
    [`【喵星球】${"好".repeat(490)}拒收请回复R`, "e sms.too-long"],
    [`【喵星球】${"好".repeat(70)}拒收请回复R`, "w sms.segments"],
    ["【喵星球】送您★好礼 拒收请回复R", "w sms.character"],
    ["【喵星球】老用户召回活动 拒收请回复R", "w sms.category"],
    ["【喵星球】低息贷款 拒收请回复R", "e sms.category"],
    ["【喵星球】点 https://a.cn/x 看 拒收请回复R", "w sms.link"],
    ["【喵星球】点 {{link}} 看 拒收请回复R", "w sms.link"],
    ["【喵星球】电话 13800138000 拒收请回复R", "w sms.contact"],
    ["【喵星球】{{name}}{{city}}您好 拒收请回复R", "w sms.variables-adjacent"],
    ["【喵星球】{{name}} 拒收请回复R", "e sms.variables-only"],
    ["【喵星球】", "e sms.empty"],
  ])("%s: %s", (text, code) => expect(codes(text)).toContain(code));
  test("whose variable holds a link is refused, save for the link itself", () => {
    expect(codes(GOOD, { values: { name: "看 http://evil.example", link: "https://a.cn/r/x" } })).toEqual([
      "e sms.variable-link",
    ]);
  });
  test("that is a notice must not carry a way to refuse", () => {
    expect(codes(GOOD, { messageClass: "service" })).toEqual(["e sms.opt-out-forbidden"]);
    expect(codes("【喵星球】您的验证码是 1234", { messageClass: "verification" })).toEqual([]);
  });
  test("tells whose rule it is, and never the text", () => {
    for (const { source, message } of lintSms("好")) {
      expect(source.url).toMatch(/^https:/);
      expect(message).not.toContain("好");
    }
  });
});

test("a text is completed once", () => {
  const rules = { signature: "喵星球", messageClass: "marketing" } as const;
  const whole = "【喵星球】好久不见 拒收请回复R";
  expect(completeText("好久不见", rules)).toBe(whole);
  expect(completeText(whole, rules)).toBe(whole);
  expect(completeText("好久不见，回T退订", rules)).toBe("【喵星球】好久不见，回T退订");
  expect(completeText("验证码 1234", { ...rules, messageClass: "verification" })).toBe("【喵星球】验证码 1234");
  expect(["退订回T", "回复TD退订", "回R退订", "拒收请回复R"].every((text) => hasOptOutText(text))).toBe(true);
  expect(hasOptOutText("可退订的会员")).toBe(false);
});

test("a signature has 2 to 20 characters and no brackets", () => {
  expect(["喵星球", "Cat & Co", "A1"].map(signatureIssue)).toEqual([undefined, undefined, undefined]);
  expect(["喵", "【喵星球】", "12345", "长".repeat(21)].every((name) => signatureIssue(name) !== undefined)).toBe(true);
});
