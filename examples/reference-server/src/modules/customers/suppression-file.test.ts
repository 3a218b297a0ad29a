import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.context.kit.customers.upsert([{ externalKey: "c1" }]);
});
afterAll(() => server.close());

test("the list is a file that no spreadsheet runs, and each person leads to their record", async () => {
  await server.post("/api/suppressions", { customer_key: "c1", reason: "=HYPERLINK(1)" });
  await server.post("/api/suppressions", { customer_key: "later", reason: "complaint" });
  await server.post("/api/suppressions", { channel: "sms", address: "+8613800138000", reason: "opt_out" });
  const { json } = await server.get("/api/suppressions");
  const id = expect.any(Number);
  expect(json).toMatchObject({
    items: [{ customer_key: "c1", customer_id: id }, { customer_id: null, waiting: true }, { customer_id: null }],
  });
  const { text, headers } = await server.get("/api/suppressions/export");
  expect(headers.get("content-disposition")).toContain("suppressions.csv");
  const [head = "", ...rows] = text.trimEnd().split("\r\n");
  expect(head).toBe("channel,customer_key,address,reason,created_at");
  expect(rows.map((row) => row.replace(/,[^,]*$/, ""))).toEqual([
    "*,c1,,'=HYPERLINK(1)",
    "*,later,,complaint",
    "sms,,'+8613800138000,opt_out",
  ]);
  expect((await server.get("/api/suppressions/export?channel=sms")).text.trimEnd().split("\r\n")).toHaveLength(2);
});

test("staff get the file with addresses masked", async () => {
  await server.post("/api/users", { username: "staff_one", password: TEST_PASSWORD, role: "staff" });
  const token = await server.logIn("staff_one", TEST_PASSWORD);
  const { text } = await server.call("GET", "/api/suppressions/export", { token });
  expect(text).not.toContain("13800138000");
});
