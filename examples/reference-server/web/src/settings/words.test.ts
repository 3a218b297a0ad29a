import { expect, test } from "vitest";
import { formOf, type Policy, partsOf } from "./policy-form";
import { bodyOf } from "./sms-providers";
import { intervalOf, ownWords } from "./words";

test("a text of both languages is read in one of them", () => {
  expect(ownWords("每日回访 / daily revisits", "zh-CN")).toBe("每日回访");
  expect(ownWords("每日回访 / daily revisits", "en")).toBe("daily revisits");
  expect(ownWords("one language", "en")).toBe("one language");
});

const policy: Policy = {
  caps: { max_per_day: 1, max_per_week: 3, min_gap_hours: 48 },
  consent: "off",
  quiet_hours: { sms: { from: "08:00", to: "20:00" } },
  spend: "off",
};

test("a policy that nobody changed has nothing to save, and what is saved is what was changed", () => {
  expect(partsOf(formOf(policy), policy)).toEqual({});
  expect(partsOf({ ...formOf(policy), perDay: 2 }, policy)).toEqual({
    caps: { max_per_day: 2, max_per_week: 3, min_gap_hours: 48 },
  });
  expect(partsOf({ ...formOf(policy), hasCaps: false, consent: "required" }, policy)).toEqual({
    caps: "off",
    consent: "required",
  });
  const hours = [{ channel: "sms", from: "09:00", to: "20:00" }];
  expect(partsOf({ ...formOf(policy), hours }, policy)).toEqual({
    quiet_hours: { sms: { from: "09:00", to: "20:00" } },
  });
  // Caps that are off come back with the figures that a tenant begins with.
  expect(partsOf({ ...formOf({ ...policy, caps: "off" }), hasCaps: true }, { ...policy, caps: "off" })).toEqual({
    caps: policy.caps,
  });
});

test("consents by channel stay as they are", () => {
  const byChannel: Policy = { ...policy, consent: { channels: ["sms"] }, quiet_hours: "off" };
  expect(partsOf(formOf(byChannel), byChannel)).toEqual({});
});

test("an account of SMS holds the fields of its providers and of no others", () => {
  const written = {
    yunpian: { weight: 1, apikey: " key " },
    aliyun: { weight: 1, access_key_id: "id" },
    tencent: { weight: 0, secret_id: "a", secret_key: "b", sdk_app_id: "14" },
  };
  expect(bodyOf(" 宠本本 ", ["yunpian", "tencent"], written)).toEqual({
    signature: "宠本本",
    providers: [
      { name: "yunpian", weight: 1, apikey: "key" },
      { name: "tencent", weight: 0, secret_id: "a", secret_key: "b", sdk_app_id: "14" },
    ],
  });
  expect(bodyOf("", ["aliyun"], written)).not.toHaveProperty("signature");
});

test("an interval is told in the longest unit that fits, and a cron expression as it is", () => {
  expect(intervalOf("every 3600000 ms")).toEqual({ unit: "hours", count: 1 });
  expect(intervalOf("every 5400000 ms")).toEqual({ unit: "minutes", count: 90 });
  expect(intervalOf("every 1500 ms")).toBeUndefined();
  expect(intervalOf("0 8 * * * Asia/Shanghai")).toBeUndefined();
});
