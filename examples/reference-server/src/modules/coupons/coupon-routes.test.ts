import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PUBLIC_URL: "https://shop.example.com" });
  await server.context.kit.customers.upsert([{ externalKey: "c1" }, { externalKey: "c2" }]);
});
afterAll(() => server.close());

const BODY = { name: "满100减20", stock: 2, per_person: 1, valid_from: "2026-01-01", valid_to: "2099-12-31" };

async function couponOf(more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const answer = await server.post("/api/coupons", { ...BODY, ...more });
  expect(answer.status).toBe(201);
  return (answer.json as { id: number }).id;
}

async function codeOf(couponId: number, externalKey: string): Promise<string> {
  const outcome = await server.context.kit.coupons.claimFor({ couponId, externalKey });
  if (outcome.kind !== "claimed") throw new Error(outcome.kind);
  return outcome.claim.code;
}

const step = async (code: string, name: string, body: unknown) => {
  const { status, json } = await server.post(`/api/coupon-codes/${code}/${name}`, body);
  const { outcome, claim, code: fault } = json as { outcome?: string; claim?: { state: string }; code?: string };
  return [status, outcome ?? fault, claim?.state];
};

test("a coupon is made, read, changed and listed", async () => {
  const id = await couponOf({ value_minor: 2000 });
  const path = `/api/coupons/${id}`;
  expect((await server.get(path)).json).toMatchObject({ id, stock: 2, stock_left: 2, per_person: 1, closed_at: null });
  expect((await server.call("PATCH", path, { body: { stock: 5, closed: true } })).json).toMatchObject({
    ...{ stock: 5, stock_left: 5, closed_at: expect.any(Number) },
  });
  expect((await server.call("PATCH", path, { body: { stock: 1 } })).status).toBe(400);
  expect((await server.get("/api/coupons")).json).toMatchObject({ items: [{ id }] });
  expect((await server.get("/api/coupons/999")).status).toBe(404);
});

test.each([
  [{ stock: -1 }, "stock"],
  [{ name: "" }, "name"],
  [{ per_person: 0 }, "per_person"],
  [{ valid_to: "2020-01-01" }, "valid_to"],
  [{ valid_from: "soon" }, "valid_from"],
])("what is wrong with %j is told by its name", async (more, path) => {
  const answer = await server.post("/api/coupons", { ...BODY, ...more });
  expect([answer.status, answer.json]).toMatchObject([400, { errors: [{ path }] }]);
});

test("a code is held, freed, used and taken back, each once however often it is asked", async () => {
  const id = await couponOf({ value_minor: 2000, min_spend_minor: 10_000 });
  const code = await codeOf(id, "c1");
  const order = { order_no: "A1" };
  expect(await step(code, "reserve", order)).toEqual([200, "done", "reserved"]);
  expect(await step(code, "reserve", order)).toEqual([200, "repeated", "reserved"]);
  expect(await step(code, "reserve", { order_no: "A2" })).toEqual([409, "claim.reserved", undefined]);
  expect(await step(code, "release", order)).toEqual([200, "done", "claimed"]);
  expect(await step(code, "redeem", { order_no: "A3", amount_minor: 9_999 })).toEqual([
    409,
    "claim.below_minimum",
    undefined,
  ]);
  expect(await step(code, "redeem", { order_no: "A3", amount_minor: 10_000 })).toEqual([200, "done", "redeemed"]);
  expect(await step(code, "redeem", { order_no: "A4" })).toEqual([409, "claim.redeemed", undefined]);
  const report = (await server.get(`/api/coupons/${id}/report`)).json;
  expect(report).toMatchObject({ issued: 1, redeemed: 1, stock_left: 1, budget: { used_minor: 2000 } });
  expect(await step(code, "reverse", { reason: "退款" })).toEqual([200, "done", "reversed"]);
  expect(await step("NOSUCHCODE", "redeem", { order_no: "A5" })).toEqual([404, "claim.unknown", undefined]);
  expect((await server.get(`/api/coupons/${id}/claims?customer_key=c1`)).json).toMatchObject({
    items: [{ code, state: "reversed", reason: "退款" }],
  });
  expect((await server.get(`/api/coupons/${id}/claims?state=redeemed`)).json).toEqual({ items: [], next_cursor: null });
});

test("imported codes are added once, and only where a coupon takes them", async () => {
  const id = await couponOf({ codes: "imported", stock: null });
  const add = (codes: readonly string[]) => server.post(`/api/coupons/${id}/codes`, { codes });
  expect((await add(["G1", "G2"])).json).toEqual({ added: 2, known: 0 });
  expect((await add(["G2", "G3"])).json).toEqual({ added: 1, known: 1 });
  expect(["G1", "G2", "G3"]).toContain(await codeOf(id, "c2"));
  expect((await server.post(`/api/coupons/${await couponOf()}/codes`, { codes: ["x"] })).status).toBe(409);
});
