import { afterAll, beforeAll, expect, test } from "vitest";
import { shopWithCoupon } from "../../testing/shop-with-coupon.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test("an empty shop has an empty funnel without rates", async () => {
  const { status, json } = await server.get("/api/funnel");
  expect(status).toBe(200);
  expect(json).toMatchObject({ audience: 0, orders: 0, by_channel: [], window_days: 7 });
  for (const { people, rate } of (json as { steps: { people: number; rate: number | null }[] }).steps) {
    expect([people, rate]).toEqual([0, null]);
  }
});

test("people of a step come by page and as a file; wrong steps and times are refused by name", async () => {
  await shopWithCoupon(server);
  expect((await server.get("/api/funnel/people?step=sent&reached=false")).json).toEqual({
    items: [],
    next_cursor: null,
  });
  const file = await server.get("/api/funnel/people.csv?step=sent");
  expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(file.headers.get("content-disposition")).toContain("funnel-sent.csv");
  expect(file.text).toMatch(/^delivery_id,customer_key,/);
  for (const [query, path] of [
    ["step=bought", "step"],
    ["", "step"],
    ["step=sent&from=yesterday", "from"],
    ["step=sent&reached=maybe", "reached"],
  ] as const) {
    const { status, json } = await server.get(`/api/funnel/people?${query}`);
    expect([status, (json as { errors: { path: string }[] }).errors[0]?.path]).toEqual([400, path]);
  }
});
