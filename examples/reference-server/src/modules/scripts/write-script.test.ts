import { expect, test } from "vitest";
import { engines } from "../../testing/engines.js";
import { openScripts } from "../../testing/script-author.js";
import { scriptOf, writeScript } from "./service.js";

const facts = { surname: "张", title: "女士", daysToBirthday: 7, vipLevel: "金卡", salonName: "北京XX医美诊所" };
const request = {
  tenantId: 1,
  customerId: 1,
  purpose: "birthday",
  channel: "sms",
  facts,
  now: 1_767_225_600_000,
} as const;
const [sqlite] = engines;

test("the same inputs get the same text, and it is kept", async () => {
  const { author, stores } = await openScripts(sqlite!);
  const first = await writeScript(author, request);
  expect(first).toMatchObject({ engine: "template", model: null, verdict: "pass", findings: [] });
  expect(first.text).toContain("张女士");
  expect(await writeScript(author, request)).toEqual(first);
  expect(await scriptOf(stores, 1, first.scriptId)).toEqual(first);
});
