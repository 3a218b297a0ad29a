import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, SCANNERS } from "../../testing/link-visitors.js";
import { shopWithCoupon } from "../../testing/shop-with-coupon.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PUBLIC_URL: "https://shop.example.com", SHORT_URL: "https://s.example.com" });
});
afterAll(() => server.close());

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
const claim = (body: object, headers: Record<string, string> = {}) =>
  server.request("POST", "/coupon/get", { body: JSON.stringify(body), headers: { ...json, ...headers } });
const linkOf = async (coupon: number) => (await server.context.kit.links.list({ couponId: coupon })).items[0];

describe("POST /coupon/get", () => {
  test("answers as its document has it, and a repeat with the same code", async () => {
    const { token } = await shopWithCoupon(server);
    const first = await claim({ token, username: "张三" });
    expect([first.status, first.json]).toEqual([
      200,
      {
        status_code: "200",
        message: "优惠券领取成功！请前往游戏内商城使用。",
        already_claimed: false,
        code: expect.stringMatching(/^[2-9A-Z]{8,}$/),
        coupon_id: expect.any(Number),
        valid_until: expect.any(String),
      },
    ]);
    const again = await claim({ token, username: "张三" });
    const { code } = first.json as { readonly code: string };
    expect(again.json).toMatchObject({ status_code: "200", already_claimed: true, code });
  });

  test.each([
    ["sold-out", 409],
    ["revoked", 410],
    ["expired", 410],
  ] as const)("a link or coupon that is %s answers %i", async (state, status) => {
    const { token, end } = await shopWithCoupon(server);
    await end[state]?.();
    const answer = await claim({ token, username: "张三" });
    expect([answer.status, answer.json]).toEqual([
      status,
      { status_code: String(status), message: expect.stringMatching(/[\u4e00-\u9fff]/) },
    ]);
  });

  test("an unknown token answers 404, somebody else's name 403", async () => {
    const { token } = await shopWithCoupon(server);
    expect((await claim({ token: "A".repeat(22), username: "张三" })).status).toBe(404);
    expect((await claim({ token: "?", username: "张三" })).json).toMatchObject({ status_code: "404" });
    const wrong = await claim({ token, username: "李四" });
    expect([wrong.status, wrong.json]).toMatchObject([403, { status_code: "403" }]);
    expect((await claim({ token, username: "张三" })).status).toBe(200);
  });

  test.each([
    [{}, "token"],
    [{ token: "" }, "token"],
    [{ token: "x", username: 1 }, "username"],
    [{ token: "x", stock: 5 }, "stock"],
  ])("a body of %j is refused by name", async (body, path) => {
    const answer = await claim(body);
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { status_code: "400", message: expect.stringContaining(path) },
    ]);
  });

  test("another site's page can't claim, a page of ours and a program can", async () => {
    const { token, coupon } = await shopWithCoupon(server);
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "https://shop.example.com.evil.example" },
      { origin: "null", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect((await claim({ token, username: "张三" }, headers)).status).toBe(403);
    }
    expect(await server.context.kit.coupons.report(coupon)).toMatchObject({ issued: 0 });
    const own = [{ origin: "https://shop.example.com" }, { origin: "null", "sec-fetch-site": "same-origin" }, {}];
    for (const headers of own) expect((await claim({ token, username: "张三" }, headers)).status).toBe(200);
  });

  test("a GET claims nothing", async () => {
    const { token, coupon } = await shopWithCoupon(server);
    expect((await server.request("GET", `/coupon/get?token=${token}&username=张三`)).status).toBe(405);
    expect(await server.context.kit.coupons.report(coupon)).toMatchObject({ issued: 0 });
  });

  test("a form of a browser goes back to the page, which shows the code", async () => {
    const { token } = await shopWithCoupon(server);
    const answer = await fetch(`${server.url}/coupon/get`, {
      method: "POST",
      redirect: "manual",
      headers: form,
      body: new URLSearchParams({ token }),
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `../landing/${token}`]);
    const page = await server.request("GET", `/landing/${token}`);
    expect(page.text).toContain('data-test="code"');
    const late = await server.request("POST", "/coupon/get", { headers: form, body: `token=${"B".repeat(22)}` });
    expect([late.status, late.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  });

  test("a coupon of a person with markup in their words stays text", async () => {
    const { kit } = server.context;
    const { token, coupon } = await shopWithCoupon(server);
    await kit.coupons.update(coupon, { title: '<img src=x onerror="alert(1)">', terms: "</style><script>1</script>" });
    const { text } = await server.request("GET", `/landing/${token}`);
    expect(text).not.toMatch(/<img src=x|<script>1/);
    expect(text).toContain("&lt;img");
  });
});

describe("GET /landing/:token", () => {
  test("is private, loads nothing of others, and is small", async () => {
    const { token } = await shopWithCoupon(server);
    const { status, headers, text } = await server.request("GET", `/landing/${token}`);
    expect(status).toBe(200);
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).not.toContain("unsafe-inline");
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
    const script = await server.request("GET", "/landing/assets/page.js");
    expect(Buffer.byteLength(script.text)).toBeLessThanOrEqual(4_000);
  });

  test("speaks the visitor's language", async () => {
    const { token } = await shopWithCoupon(server);
    const { text } = await server.request("GET", `/landing/${token}`, { headers: { "accept-language": "en" } });
    expect(text).toContain('<html lang="en"');
    expect(text).toContain("Claim it");
  });

  test("a look of a person is a view and no click; the touch of the page is one, and keeps its first time", async () => {
    const { token, coupon } = await shopWithCoupon(server);
    const headers = BROWSERS[0]?.headers as Record<string, string>;
    await server.request("GET", `/landing/${token}`, { headers });
    expect(await linkOf(coupon)).toMatchObject({ views: 1, clicks: 0, scans: 0 });
    const touch = () => server.request("POST", `/landing/${token}/seen`, { headers });
    await touch();
    const first = await linkOf(coupon);
    await touch();
    expect(await linkOf(coupon)).toMatchObject({ clicks: 2, firstClickedAt: first?.firstClickedAt });
  });

  test("HEAD and programs that look leave no view, and nothing they do claims or clicks", async () => {
    const { token, coupon } = await shopWithCoupon(server);
    await server.request("HEAD", `/landing/${token}`);
    for (const { headers } of SCANNERS) {
      const given = headers as Record<string, string>;
      await server.request("GET", `/landing/${token}`, { headers: given });
      await server.request("POST", `/landing/${token}/seen`, { headers: given });
      await server.request("GET", `/u/${token}`, { headers: given });
      await server.request("GET", `/landing/${token}/qr.svg`, { headers: given });
    }
    expect(await linkOf(coupon)).toMatchObject({ views: 0, clicks: 0, scans: SCANNERS.length });
    expect(await server.context.kit.coupons.report(coupon)).toMatchObject({ issued: 0 });
    expect((await server.context.kit.suppressions.list()).items).toEqual([]);
  });

  test("every browser in somebody's hand is counted", async () => {
    const { token, coupon } = await shopWithCoupon(server);
    for (const { headers } of BROWSERS) {
      const given = headers as Record<string, string>;
      await server.request("GET", `/landing/${token}`, { headers: given });
      await server.request("POST", `/landing/${token}/seen`, { headers: given });
    }
    expect(await linkOf(coupon)).toMatchObject({ views: BROWSERS.length, clicks: BROWSERS.length, scans: 0 });
  });

  test("an unknown token tells nothing of anybody", async () => {
    const { text, status } = await server.request("GET", `/landing/${"C".repeat(22)}`);
    expect(status).toBe(404);
    expect(text).not.toContain((await server.context.kit.tenant()).name);
  });
});

describe("the short way", () => {
  test("leads to the page and nowhere else", async () => {
    const { token } = await shopWithCoupon(server);
    const to = async (path: string) => {
      const answer = await fetch(server.url + path, { redirect: "manual" });
      return [answer.status, answer.headers.get("location")];
    };
    expect(await to(`/r/${token}?to=https://evil.example`)).toEqual([302, `https://shop.example.com/landing/${token}`]);
    expect((await to("/r/%2F%2Fevil.example"))[0]).toBe(404);
    expect((await to("/r/javascript:alert(1)"))[0]).toBe(404);
  });

  test("can be shown as a picture", async () => {
    const { token } = await shopWithCoupon(server);
    const { status, headers, text } = await server.request("GET", `/landing/${token}/qr.svg`);
    expect([status, headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    expect(text).toMatch(/^<svg/);
  });
});

describe("/u/:token", () => {
  test("one click of a mail program ends messages on the channel; a repeat is as good", async () => {
    const { token } = await shopWithCoupon(server);
    const click = () => server.request("POST", `/u/${token}`, { headers: form, body: "List-Unsubscribe=One-Click" });
    expect((await click()).status).toBe(200);
    expect((await click()).status).toBe(200);
    const { items } = await server.context.kit.suppressions.list({ channel: "sms" });
    expect(items).toMatchObject([{ reason: "opt_out", channel: "sms" }]);
  });

  test("all channels can be ended at once", async () => {
    const { token } = await shopWithCoupon(server);
    expect((await server.request("POST", `/u/${token}`, { headers: form, body: "scope=all" })).text).toContain(
      "已退订",
    );
    const { items } = await server.context.kit.suppressions.list({ channel: "*" });
    expect(items).toMatchObject([{ reason: "opt_out" }]);
  });
});

test("an address that guesses is made to wait, also for a code that is right; a token that is right opens", async () => {
  const { token, code } = await shopWithCoupon(server);
  const guess = (n: number) => server.request("GET", `/landing/${String(n).padStart(22, "x")}`);
  const statuses: number[] = [];
  for (let n = 0; n < 40; n++) statuses.push((await guess(n)).status);
  expect(new Set(statuses)).toEqual(new Set([404, 429]));
  const late = await server.request("GET", `/landing/${code}`);
  expect([late.status, Number(late.headers.get("retry-after")) > 0]).toEqual([429, true]);
  expect((await server.request("GET", `/landing/${token}`)).status).toBe(200);
});

describe("/api/landing-settings", () => {
  test("sets colour and words, and refuses a colour on which nobody can read", async () => {
    const set = await server.call("PUT", "/api/landing-settings", {
      body: { brand_color: "#0b5d3b", greeting: "回来啦" },
    });
    expect([set.status, set.json]).toEqual([200, { brand_color: "#0b5d3b", greeting: "回来啦" }]);
    expect((await server.get("/api/landing-settings")).json).toEqual(set.json);
    const pale = await server.call("PUT", "/api/landing-settings", { body: { brand_color: "#ffe680" } });
    expect([pale.status, pale.json]).toMatchObject([400, { errors: [{ path: "brand_color" }] }]);
    const plain = await server.call("PUT", "/api/landing-settings", { body: { shop_url: "http://shop.example.com" } });
    expect(plain.status).toBe(400);
  });
});
