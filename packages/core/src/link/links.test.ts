import { expect, test } from "vitest";
import type { RecallKit } from "../kit/kit.js";
import type { RecallKitOptions } from "../kit/options.js";
import { DAY, HOUR, lose, pushRig, START } from "../testing/push-rig.js";
import type { Link } from "./link.js";
import { CODE_ALPHABET } from "./link-keys.js";

const PAGES = { publicUrl: "https://shop.example" };
const TEXT = "看看 {{recall_link}} 码 {{recall_code}} 退订 {{unsubscribe_link}}";
const SECRET = "0123456789abcdef0123456789abcdef";

type Rig = Awaited<ReturnType<typeof rigOf>>;

async function rigOf(personal: boolean, options: Parameters<typeof pushRig>[0] = {}) {
  const rig = await pushRig({ links: PAGES, rule: { content: { text: "喵" } }, ...options });
  rig.channel.personal = personal;
  return rig;
}

const withLinks = async (rig: Rig, more: object = {}) =>
  (await rig.kit.rules.create({ ...rig.input, name: "links", content: { text: TEXT }, ...more })).id;

const textsOf = ({ channel }: Rig, call = 0) =>
  channel.calls[call]?.batch.recipients.map(({ content }) => String(content.text)) ?? [];
const tokenIn = (text: string | undefined) => /landing\/([\w-]+)/.exec(text ?? "")?.[1] ?? "";
const codeIn = (text: string | undefined) => /码 (\w+)/.exec(text ?? "")?.[1] ?? "";
const linksOf = async (kit: RecallKit) => (await kit.links.list({ limit: 200 })).items;
const facts = ({ kind, channel, batchNumber, externalKey }: Link) => [kind, channel, batchNumber, externalKey];

test("everybody on a personal channel gets a link, a code and a way out of their own", async () => {
  const rig = await rigOf(true);
  await rig.push(await withLinks(rig));
  const texts = textsOf(rig);
  const tokens = texts.map(tokenIn);
  expect(new Set(tokens).size).toBe(3);
  for (const [n, text] of texts.entries()) {
    expect(tokens[n]).toMatch(/^[\w-]{22}$/);
    expect(codeIn(text)).toMatch(new RegExp(`^[${CODE_ALPHABET}]{8}$`));
    expect(text).toBe(
      `看看 https://shop.example/landing/${tokens[n]} 码 ${codeIn(text)} 退订 https://shop.example/u/${tokens[n]}`,
    );
  }
  expect((await linksOf(rig.kit)).map(facts)).toEqual([0, 1, 2].map((n) => ["personal", "scripted", null, `c${n}`]));
  const [first] = rig.channel.calls[0]?.batch.recipients ?? [];
  expect(first?.values.recall_link).toBe(`https://shop.example/landing/${tokens[0]}`);
});

test("a channel that sends one text to all has one link for each batch", async () => {
  const rig = await rigOf(false, { people: 3, maxBatchSize: 2 });
  await rig.push(await withLinks(rig));
  const [first, second] = [textsOf(rig), textsOf(rig, 1)];
  expect(new Set(first).size).toBe(1);
  expect(tokenIn(first[0])).not.toBe(tokenIn(second[0]));
  expect(rig.channel.calls[0]?.batch.content.text).toBe(first[0]);
  expect((await linksOf(rig.kit)).map(facts)).toEqual([
    ["shared", "scripted", 1, null],
    ["shared", "scripted", 2, null],
  ]);
});

test("the same text goes out at every attempt, and a look-up asks for it", async () => {
  for (const personal of [true, false]) {
    const rig = await rigOf(personal);
    rig.channel.steps.push(lose(false));
    const looked: string[][] = [];
    const { lookUp } = rig.channel;
    rig.channel.lookUp = async (query, options) => {
      const texts = query.recipients.length > 0 ? query.recipients.map(({ content }) => content) : [query.content];
      looked.push(texts.map(({ text }) => String(text)));
      return (await lookUp?.(query, options)) ?? [];
    };
    await rig.push(await withLinks(rig));
    await rig.after(HOUR);
    await rig.after(HOUR);
    expect(rig.channel.calls.length).toBe(2);
    expect(textsOf(rig, 1)).toEqual(textsOf(rig));
    expect(looked.at(-1)).toEqual(personal ? textsOf(rig) : textsOf(rig).slice(0, 1));
    expect((await linksOf(rig.kit)).length).toBe(personal ? 3 : 1);
  }
});

test("links made with a secret before are made again with it, and wait without it", async () => {
  const rig = await rigOf(true, { people: 1, caps: "off" });
  rig.channel.steps.push(() => [{ kind: "deferred", notBefore: START + HOUR }]);
  const ruleId = await withLinks(rig);
  await rig.push(ruleId);
  const options: Partial<RecallKitOptions> = { secretKey: "another secret that is long enough" };
  await rig.clock.advance(HOUR);
  await rig.open(options).tick();
  expect(rig.channel.calls.length).toBe(1);
  expect(await rig.alarms()).toContain("channel.misconfigured");
  const rotated = rig.open({ ...options, previousSecretKeys: [SECRET] });
  await rig.clock.advance(HOUR);
  await rotated.tick();
  await rig.clock.advance(HOUR);
  await rotated.tick();
  expect(textsOf(rig, 1)).toEqual(textsOf(rig));
  // New links are made with the new secret, and codes of both are known.
  const occurrence = await rotated.occurrences.runNow(ruleId);
  await rotated.tick();
  expect(await rig.people(occurrence.id)).toEqual(["delivered"]);
  for (const text of [textsOf(rig)[0], textsOf(rig, rig.channel.calls.length - 1)[0]]) {
    const token = tokenIn(text);
    expect(await rotated.resolveLink(codeIn(text))).toMatchObject({ tenantId: 1, token });
    expect(await rotated.resolveLink(token)).toMatchObject({ tenantId: 1, token });
  }
});

test("a code that belongs to another link is made anew", async () => {
  const rig = await rigOf(true);
  const { insertMany } = rig.stores.links;
  let isFirst = true;
  // The hash of the first code is taken, as if by chance.
  Object.assign(rig.stores.links, {
    insertMany: (tenantId: number, links: Parameters<typeof insertMany>[1]) => {
      const [first] = links;
      if (!isFirst || !first) return insertMany(tenantId, links);
      isFirst = false;
      const other = { ...first, deliveryId: null, tokenHash: "0".repeat(64) };
      return insertMany(tenantId, [other]).then(() => insertMany(tenantId, links));
    },
  });
  await rig.push(await withLinks(rig));
  const texts = textsOf(rig);
  for (const text of texts) expect(await rig.kit.resolveLink(codeIn(text))).toMatchObject({ token: tokenIn(text) });
  expect(texts).toHaveLength(3);
});

test("content with a link is refused where no option says where its page is", async () => {
  const rig = await rigOf(true, { links: undefined as never });
  await expect(withLinks(rig)).rejects.toMatchObject({
    issues: ["recall_link", "recall_code", "unsubscribe_link"].map((name) => ({
      path: "content",
      code: "links.unconfigured",
      params: { name },
    })),
  });
  await expect(withLinks(rig, { variables: { recall_link: "x" } })).rejects.toMatchObject({
    issues: [{ path: "variables.recall_link", code: "content.reserved-variable" }],
  });
});

test("texts hold the short domain where there is one, and links are over after the rule's days", async () => {
  const rig = await rigOf(true, {
    people: 1,
    caps: "off",
    links: { ...PAGES, shortUrl: "https://s.example/", expireAfterDays: 3 },
  });
  await rig.push(await withLinks(rig));
  await rig.push(await withLinks(rig, { name: "other", linkExpiresAfterDays: 7 }));
  const [, token] = /s\.example\/r\/([\w-]{22}) /.exec(textsOf(rig)[0] ?? "") ?? [];
  expect(await rig.kit.links.get(token ?? "")).toMatchObject({ state: "open", expiresAt: START + 3 * DAY });
  expect((await linksOf(rig.kit)).map(({ expiresAt }) => expiresAt)).toEqual([START + 3 * DAY, START + 7 * DAY]);
  await rig.clock.advance(3 * DAY);
  expect(await rig.kit.links.get(token ?? "")).toMatchObject({ state: "expired" });
});

test("a link by hand is told once, found by token and code, counted, and taken back", async () => {
  const { kit } = await rigOf(true);
  const { token, code, url, shortUrl, link } = await kit.links.issue({ externalKey: "c1", channel: "sms" });
  expect([url, shortUrl]).toEqual([`https://shop.example/landing/${token}`, url]);
  expect(link).toMatchObject({ kind: "personal", occurrenceId: null, externalKey: "c1", expiresAt: START + 30 * DAY });
  expect(await kit.resolveLink(token)).toEqual({ tenantId: 1, token, link });
  const typed = `${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`;
  expect(await kit.resolveLink(typed)).toEqual({ tenantId: 1, link });
  for (const kind of ["view", "click", "scan", "view"] as const) await kit.links.visit(token, { kind });
  expect(await kit.links.get(typed)).toMatchObject({ state: "open", views: 2, clicks: 1, scans: 1 });
  expect(await kit.links.visit(token, { kind: "scan", link })).toMatchObject({ state: "open", scans: 1 });
  expect(await kit.links.visit(token, { kind: "scan", link: { ...link, id: link.id + 1 } })).toBe(undefined);
  expect(await kit.links.get(typed)).toMatchObject({ scans: 2 });
  expect(
    await kit
      .forTenant(2)
      .links.get(token)
      .catch((error) => error.code),
  ).toBe("tenant.not-found");
  expect(await kit.links.revoke({ token })).toBe(1);
  expect(await kit.links.revoke({ externalKey: "c1" })).toBe(0);
  expect(await kit.links.get(token)).toMatchObject({ state: "revoked" });
  for (const text of ["", "x", "A".repeat(22), "ABCDEFGH", `${token}x`])
    expect(await kit.resolveLink(text)).toBe(undefined);
  await expect(kit.links.issue({ externalKey: "nobody", channel: "sms" })).rejects.toMatchObject({
    code: "customer.not-found",
  });
});

test("an opt-out by a link holds for its channel, and once more changes nothing", async () => {
  const rig = await rigOf(true);
  const ruleId = await withLinks(rig);
  await rig.push(ruleId);
  const token = tokenIn(textsOf(rig)[0]);
  expect(await rig.kit.links.unsubscribe(token)).toMatchObject({ kind: "unsubscribed", channel: "scripted" });
  expect(await rig.kit.links.unsubscribe(token)).toMatchObject({ kind: "repeated" });
  expect(await rig.kit.links.unsubscribe(token, { channel: "*" })).toMatchObject({ kind: "unsubscribed" });
  expect(await rig.kit.links.unsubscribe("A".repeat(22))).toEqual({ kind: "unknown" });
  await rig.clock.advance(3 * DAY);
  const occurrence = await rig.push(ruleId);
  expect(await rig.people(occurrence)).toEqual(["suppressed: opt_out", "accepted", "accepted"]);
});

test("who is there at a shared link says so", async () => {
  const rig = await rigOf(false);
  await rig.kit.customers.upsert([
    { externalKey: "c0", name: "咪咪", mobile: "+8613800138000" },
    { externalKey: "c1", name: "默默" },
    { externalKey: "c2", name: "默默" },
  ]);
  await rig.push(await withLinks(rig));
  const token = tokenIn(textsOf(rig)[0]);
  const outcome = async (username?: string) => (await rig.kit.links.unsubscribe(token, { username })).kind;
  expect(await outcome()).toBe("shared");
  expect(await outcome("默默")).toBe("wrong_user");
  expect(await outcome("nobody")).toBe("wrong_user");
  expect(await outcome("咪咪")).toBe("unsubscribed");
  expect(await outcome("138 0013 8000")).toBe("repeated");
  expect(await outcome("c0")).toBe("repeated");
  expect(await outcome("wm_1")).toBe("unsubscribed");
});

test("a merged person's link is made from what it was made from", async () => {
  const rig = await rigOf(true, { people: 2 });
  rig.channel.steps.push(lose(true));
  await rig.push(await withLinks(rig));
  await rig.kit.customers.merge("c0", "c1");
  const looked: string[] = [];
  rig.channel.lookUp = async ({ recipients }) => {
    looked.push(...recipients.map(({ content }) => String(content.text)));
    return [];
  };
  await rig.after(HOUR);
  expect(looked.length).toBeGreaterThan(0);
  for (const text of looked) expect(textsOf(rig)).toContain(text);
});

test("tests of a rule have links, and staff see one that leads nowhere", async () => {
  const rig = await rigOf(true);
  const ruleId = await withLinks(rig);
  await rig.kit.sendTest(ruleId, { addresses: ["wm_1"] });
  await rig.tick();
  expect(await linksOf(rig.kit)).toMatchObject([{ isTest: true, externalKey: "c1" }]);
  const shown: unknown[] = [];
  rig.channel.showToStaff = async ({ content }) => {
    shown.push(content.text);
    return [];
  };
  await rig.kit.sendTest(ruleId, { staff: ["zhang"] });
  expect(shown).toEqual([expect.stringContaining("https://shop.example/landing/sample-")]);
  expect(await rig.kit.resolveLink(tokenIn(String(shown[0])))).toBe(undefined);
});

test("links that are over go after their days, and no others", async () => {
  const rig = await rigOf(true, { retention: { links: 10 } });
  const expiresAt = START + DAY;
  for (const at of [expiresAt, expiresAt + DAY])
    await rig.kit.links.issue({ externalKey: "c0", channel: "sms", expiresAt: at });
  await rig.clock.advance(11 * DAY + 1);
  expect((await rig.kit.retain()).links).toBe(1);
  expect((await linksOf(rig.kit)).map((link) => link.expiresAt)).toEqual([expiresAt + DAY]);
});

test("what a channel judges of content has a link as long as a real one", async () => {
  const rig = await rigOf(true);
  const judged: unknown[] = [];
  rig.channel.checkContent = ({ text }) => {
    judged.push(text);
    return [];
  };
  await rig.push(await withLinks(rig));
  const [written] = judged;
  expect(String(written).length).toBe(textsOf(rig)[0]?.length);
  expect(new Set(judged).size).toBe(1);
});
