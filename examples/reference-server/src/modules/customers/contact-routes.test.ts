import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.post("/api/customers", [{ customer_key: "p1", time_zone: "Asia/Urumqi" }, { customer_key: "p2" }]);
});
afterAll(() => server.close());

const word = { channel: "sms", status: "granted", source: "checkout" };

test("consents are recorded one by one and as a list, and their evidence is listed", async () => {
  const one = await server.post("/api/consents", { ...word, customer_key: "p1", wording: "v2" });
  expect([one.status, one.json]).toMatchObject([201, { customer_key: "p1", status: "granted", purpose: "marketing" }]);
  const list = await server.post("/api/consents", [
    { ...word, customer_key: "p2" },
    { ...word, customer_key: "nobody" },
    { ...word, customer_key: "p2", status: "yes" },
    { ...word, customer_key: "p2", status: "withdrawn", channel: "*" },
  ]);
  expect(list.json).toMatchObject({ inserted: 2, unchanged: 0, rejected: [{ index: 1 }, { index: 2 }] });
  expect((list.json as { rejected: { path: string }[] }).rejected.map(({ path }) => path)).toEqual([
    "customer_key",
    "status",
  ]);
  const page = await server.get("/api/consents?customer_key=p2");
  expect(page.json).toMatchObject({ items: [{ status: "granted" }, { status: "withdrawn", channel: "*" }] });
  expect((await server.post("/api/consents", { ...word, customer_key: "nobody" })).status).toBe(404);
  const later = await server.post("/api/consents", { ...word, customer_key: "p1", at: "2999-01-01" });
  expect([later.status, JSON.stringify(later.json)]).toEqual([400, expect.stringContaining('"at"')]);
});

test("the contact policy is read and set, part by part, and no window is too wide", async () => {
  expect((await server.get("/api/contact-policy")).json).toMatchObject({
    consent: "off",
    quiet_hours: { sms: { from: "08:00", to: "20:00" } },
    spend: "off",
  });
  const set = (body: object) =>
    server.request("PUT", "/api/contact-policy", {
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    });
  const parts = {
    caps: { max_per_day: 2 },
    consent: { channels: ["sms"] },
    quiet_hours: { sms: { from: "09:00", to: "19:30" } },
    spend: { sms: { per_day_minor: 100_000 } },
  };
  expect((await set(parts)).json).toMatchObject({ ...parts, caps: { max_per_day: 2, max_per_week: 3 } });
  expect((await set({ consent: "required" })).json).toMatchObject({ ...parts, consent: "required", caps: {} });
  for (const [hours, path] of [
    [{ from: "07:00", to: "20:00" }, "quiet_hours.sms"],
    [{ from: "09:00", to: "22:30" }, "quiet_hours.sms"],
    [{ from: "19:00", to: "09:00" }, "quiet_hours.sms.to"],
  ] as const) {
    const answer = await set({ quiet_hours: { sms: hours } });
    expect([answer.status, JSON.stringify(answer.json)]).toEqual([400, expect.stringContaining(`"${path}"`)]);
  }
  expect((await set({ quiet_hours: "off" })).status).toBe(400);
  expect((await server.get("/api/contact-policy")).json).toMatchObject({ quiet_hours: parts.quiet_hours });
});
