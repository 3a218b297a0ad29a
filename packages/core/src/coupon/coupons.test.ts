import { expect, test } from "vitest";
import { DAY, HOUR, pushRig, START } from "../testing/push-rig.js";
import type { Claim, ClaimOutcome, ClaimStep, CouponInput } from "./coupon.js";

const PAGES = { publicUrl: "https://shop.example" };
const COUPON: CouponInput = { name: "满减", stock: 2, valueMinor: 500, validFrom: "2026-06-01", validTo: "2026-06-30" };

async function shop(coupon: Partial<CouponInput> = {}, personal = true) {
  const rig = await pushRig({ links: PAGES, caps: "off" });
  rig.channel.personal = personal;
  const { kit } = rig;
  const made = await kit.coupons.create({ ...COUPON, ...coupon });
  const link = async (externalKey: string, expiresAt?: number) =>
    (await kit.links.issue({ externalKey, channel: "sms", couponId: made.id, expiresAt })).token;
  return { ...rig, coupon: made, link };
}

const claimOf = (outcome: ClaimOutcome | ClaimStep): Claim => {
  if (!("claim" in outcome)) throw new Error(outcome.kind);
  return outcome.claim;
};

test("a coupon is claimed once by a link, and again it is the same claim", async () => {
  const { kit, coupon, link } = await shop();
  const token = await link("c0");
  const first = await kit.coupons.claim({ token });
  expect(first).toMatchObject({ kind: "claimed", claim: { state: "claimed", couponId: coupon.id, number: 1 } });
  expect(claimOf(first).code).toMatch(/^[2-9A-HJKMNP-Z]{12}$/);
  expect(await kit.coupons.claim({ token })).toEqual({ kind: "repeated", claim: claimOf(first) });
  // Another link of the same person: the coupon is for each once.
  expect(await kit.coupons.claim({ token: await link("c0") })).toEqual({ kind: "repeated", claim: claimOf(first) });
  expect((await kit.coupons.report(coupon.id)).stockLeft).toBe(1);
});

test("who claims by another's link is told so, and the person may call themselves as they like", async () => {
  const { kit, link } = await shop();
  await kit.customers.upsert([{ externalKey: "c0", name: "咪咪", mobile: "+8613800138000" }]);
  const token = await link("c0");
  expect(await kit.coupons.claim({ token, username: "默默" })).toEqual({ kind: "wrong_user" });
  for (const username of ["c0", "咪咪", " 13800138000 ", "+8613800138000", "wm_0"])
    expect("claim" in (await kit.coupons.claim({ token, username })), username).toBe(true);
});

test("what keeps a claim from being made has a name each", async () => {
  const { kit, clock, coupon, link } = await shop({ stock: 1, validFrom: "2026-06-02" });
  const kindBy = async (token: string) => (await kit.coupons.claim({ token })).kind;
  expect(await kindBy("A".repeat(22))).toBe("unknown");
  expect(await kindBy((await kit.links.issue({ externalKey: "c0", channel: "sms" })).token)).toBe("unknown");
  const [first, second, brief] = [await link("c0"), await link("c1"), await link("c2", START + 2 * HOUR)];
  expect(await kindBy(first)).toBe("not_started");
  await clock.advance(DAY);
  expect(await kindBy(brief)).toBe("expired");
  const revoked = await link("c2");
  await kit.links.revoke({ token: revoked });
  expect(await kindBy(revoked)).toBe("revoked");
  await kit.coupons.update(coupon.id, { closed: true });
  expect(await kindBy(first)).toBe("closed");
  await kit.coupons.update(coupon.id, { closed: false });
  expect(await kindBy(first)).toBe("claimed");
  expect(await kindBy(second)).toBe("sold_out");
  await kit.coupons.update(coupon.id, { stock: 2 });
  await clock.advance(40 * DAY);
  expect(await kindBy(await link("c1"))).toBe("expired");
  // What was claimed is still shown.
  expect(await kindBy(first)).toBe("repeated");
});

test("a shared link gives everybody of its batch one claim", async () => {
  const rig = await shop({ stock: 9 }, false);
  const { id } = await rig.kit.rules.create({
    ...rig.input,
    name: "links",
    content: { text: "{{recall_link}}" },
    coupon: rig.coupon.id,
  });
  await rig.push(id);
  const token = /landing\/([\w-]+)/.exec(String(rig.channel.calls[0]?.batch.content.text))?.[1] ?? "";
  expect(await rig.kit.coupons.claim({ token })).toEqual({ kind: "wrong_user" });
  const first = await rig.kit.coupons.claim({ token, username: "c0" });
  expect(first.kind).toBe("claimed");
  expect(await rig.kit.coupons.claim({ token, username: "wm_0" })).toEqual({ kind: "repeated", claim: claimOf(first) });
  expect((await rig.kit.coupons.claim({ token, username: "c1" })).kind).toBe("claimed");
});

test("a test push shows a sample, and takes nothing of the stock", async () => {
  const rig = await shop();
  const content = { text: "{{recall_link}}" };
  const { id } = await rig.kit.rules.create({ ...rig.input, name: "links", content, coupon: rig.coupon.id });
  await rig.kit.sendTest(id, { addresses: ["wm_1"] });
  await rig.tick();
  const token = /landing\/([\w-]+)/.exec(String(rig.channel.calls[0]?.batch.recipients[0]?.content.text))?.[1] ?? "";
  const sample = await rig.kit.coupons.claim({ token });
  expect(sample).toMatchObject({ kind: "claimed", claim: { id: 0, code: "TEST000001" } });
  expect(await rig.kit.coupons.claim({ token })).toEqual(sample);
  expect(await rig.kit.coupons.redeem("TEST000001", { orderNo: "o1" })).toEqual({ kind: "unknown" });
  expect(await rig.kit.coupons.report(rig.coupon.id)).toMatchObject({ issued: 0, stockLeft: 2 });
});

test("a rule names a coupon that there is", async () => {
  const rig = await shop();
  const rule = { ...rig.input, name: "links", coupon: 99 };
  await expect(rig.kit.rules.create(rule)).rejects.toMatchObject({
    issues: [{ path: "coupon", code: "coupon.not-found" }],
  });
});

test("imported codes are given out once each, and a link per person and number", async () => {
  const { kit, coupon, link } = await shop({ codes: "imported", stock: null, perPerson: 2 });
  expect(await kit.coupons.addCodes(coupon.id, ["b", "a", "b"])).toEqual({ added: 2, known: 1 });
  expect((await kit.coupons.report(coupon.id)).stockLeft).toBe(2);
  const codes = [];
  for (const token of [await link("c0"), await link("c0"), await link("c0")])
    codes.push(claimOf(await kit.coupons.claim({ token })).code);
  expect(codes).toEqual(["b", "a", "b"]);
  expect((await kit.coupons.claim({ token: await link("c1") })).kind).toBe("sold_out");
  const generated = await kit.coupons.create(COUPON);
  await expect(kit.coupons.addCodes(generated.id, ["x"])).rejects.toMatchObject({ code: "coupon.codes-generated" });
});

test("a reservation is held, confirmed, and both once", async () => {
  const { kit, clock, coupon, link } = await shop({ minSpendMinor: 1_000 });
  const { code } = claimOf(await kit.coupons.claim({ token: await link("c0") }));
  const kindOf = async (step: Promise<ClaimStep>) => (await step).kind;
  const order = { orderNo: "o1" };
  expect(await kindOf(kit.coupons.confirm(code, order))).toBe("not_reserved");
  expect(await kindOf(kit.coupons.reserve(code, order))).toBe("done");
  expect(await kindOf(kit.coupons.reserve(code, order))).toBe("repeated");
  expect(await kindOf(kit.coupons.reserve(code, { orderNo: "o2" }))).toBe("reserved");
  expect(await kindOf(kit.coupons.redeem(code, { orderNo: "o2" }))).toBe("reserved");
  expect((await kit.coupons.report(coupon.id)).budget).toEqual({ usedMinor: 0, reservedMinor: 500, openMinor: 500 });
  expect(await kindOf(kit.coupons.release(code, order))).toBe("done");
  expect(await kindOf(kit.coupons.release(code, order))).toBe("repeated");
  expect(await kindOf(kit.coupons.redeem(code, { ...order, amountMinor: 999 }))).toBe("below_minimum");
  await kit.coupons.reserve(code, order);
  expect(await kindOf(kit.coupons.confirm(code, order))).toBe("done");
  expect(await kindOf(kit.coupons.confirm(code, order))).toBe("repeated");
  expect(await kindOf(kit.coupons.redeem(code, order))).toBe("repeated");
  expect(await kindOf(kit.coupons.redeem(code, { orderNo: "o3" }))).toBe("redeemed");
  expect((await kit.coupons.report(coupon.id)).budget).toEqual({ usedMinor: 500, reservedMinor: 0, openMinor: 0 });
  expect(await kindOf(kit.coupons.reverse(code, { reason: "退款" }))).toBe("done");
  expect(await kindOf(kit.coupons.reverse(code, { reason: "退款" }))).toBe("repeated");
  // A late repeat of what was taken back uses nothing; another order may.
  expect(await kindOf(kit.coupons.redeem(code, order))).toBe("reversed");
  expect(await kindOf(kit.coupons.redeem(code.toLowerCase(), { orderNo: "o4" }))).toBe("done");
  expect(await kindOf(kit.coupons.redeem("nothing", order))).toBe("unknown");
  await clock.advance(40 * DAY);
  expect(await kit.coupons.expireDue()).toEqual({ released: 0, expired: 0 });
});

test("reservations and claims that are over end by themselves", async () => {
  const { kit, clock, coupon, link, tick } = await shop({ claimValidDays: 3 });
  const { code } = claimOf(await kit.coupons.claim({ token: await link("c0") }));
  await kit.coupons.claim({ token: await link("c1") });
  await kit.coupons.reserve(code, { orderNo: "o1" });
  await clock.advance(HOUR);
  // Nobody has swept yet: the reservation is over all the same.
  expect((await kit.coupons.reserve(code, { orderNo: "o2", untilMs: START + 4 * DAY })).kind).toBe("done");
  await clock.advance(3 * DAY);
  await tick();
  expect(await kit.coupons.report(coupon.id)).toMatchObject({ issued: 2, reserved: 1, expired: 1, stockLeft: 0 });
  // Whoever holds it in time may pay after its end.
  expect((await kit.coupons.confirm(code, { orderNo: "o2" })).kind).toBe("done");
  expect((await kit.coupons.claims({ states: ["expired"] })).items).toHaveLength(1);
});

test("the stock is only raised, and only where there is one", async () => {
  const { kit, coupon } = await shop();
  const lowered = { issues: [{ path: "stock", code: "coupon.stock-lowered" }] };
  await expect(kit.coupons.update(coupon.id, { stock: 1 })).rejects.toMatchObject(lowered);
  const endless = await kit.coupons.create({ ...COUPON, stock: null });
  await expect(kit.coupons.update(endless.id, { stock: 9 })).rejects.toMatchObject(lowered);
  const changed = await kit.coupons.update(coupon.id, { stock: 5, title: "券", terms: null });
  expect(changed).toMatchObject({ stock: 5, stockLeft: 5, title: "券", terms: null, name: "满减" });
  expect(coupon).toMatchObject({ validFrom: Date.UTC(2026, 4, 31, 16), validTo: Date.UTC(2026, 5, 30, 16) });
});

test("claims of two who turn out to be one person stay, and no more are made", async () => {
  const { kit, link } = await shop({ stock: 9 });
  const tokens = [await link("c0"), await link("c1")];
  const codes = [];
  for (const token of tokens) codes.push(claimOf(await kit.coupons.claim({ token })).code);
  await kit.customers.merge("c0", "c1");
  for (const [n, token] of tokens.entries()) expect(claimOf(await kit.coupons.claim({ token })).code).toBe(codes[n]);
  expect((await kit.coupons.claim({ token: await link("c1") })).kind).toBe("repeated");
  const record = await kit.customers.export("c1");
  expect(record.claims.map(({ code }) => code)).toEqual(codes);
  expect(record.links).toHaveLength(3);
});
