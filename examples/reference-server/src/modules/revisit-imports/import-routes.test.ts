import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { takePending } from "./job.js";
import { CUSTOMER, INSTITUTIONS, RECORD, writeTree } from "./testing.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ REVISIT_IMPORT_SETTLE_MS: "0" });
});
afterAll(() => server.close());

const post = (code: string, kind: string, body: string) =>
  server.request("POST", `/api/v1/imports/${code}?kind=${kind}`, {
    body,
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
  });

/** Lets the tenant of the test's user be the document's institution. */
async function institution() {
  const { putInstitution } = await import("../institutions/service.js");
  const facts = { type: "", address: "", phone: "", email: "", status: "active", rowHash: null } as const;
  await putInstitution(server.context.stores, { ...facts, tenantId: 1, code: "BJ-HA-001", name: "A" }, 0);
}

test("an institution hands over its arrays; wrong entries are told of, and a repeat changes nothing", async () => {
  expect((await post("BJ-HA-001", "customers", "[]")).status).toBe(404);
  await institution();
  const body = JSON.stringify(
    [CUSTOMER, { ...CUSTOMER, customer_code: "BJ-HA-001-C0002", person: { name: 7 } }],
    null,
    1,
  );
  const first = await post("BJ-HA-001", "customers", body);
  expect(first.status).toBe(200);
  expect(first.json).toMatchObject({
    institution_code: "BJ-HA-001",
    status: "done",
    rows: 2,
    inserted: 1,
    rejected: 1,
    findings: [
      { index: 1, line: 18, row: "BJ-HA-001-C0002", path: "person.name", code: "invalid_type", rejected: true },
    ],
  });
  expect((await post("BJ-HA-001", "consumption_records", JSON.stringify([RECORD]))).json).toMatchObject({
    inserted: 1,
  });
  expect((await post("BJ-HA-001", "consumption_records", JSON.stringify([RECORD]))).json).toMatchObject({
    status: "unchanged",
    unchanged: 1,
  });
});

test("half a body is told of with its place; kinds and codes that are none are refused", async () => {
  expect((await post("BJ-HA-001", "customers", '[{"customer_code": "BJ-HA-001-C0009"')).json).toMatchObject({
    status: "failed",
    rows: 0,
    fault: { code: "revisit-import.broken-json", line: 1, column: 37 },
  });
  expect((await post("BJ-HA-001", "institutions", "[]")).status).toBe(400);
  expect((await post("..%2f..", "customers", "[]")).status).toBe(404);
  expect((await server.request("POST", "/api/v1/imports/BJ-HA-001?kind=customers", { body: "[]" })).status).toBe(401);
});

test("the hourly look takes over what waits in the data folder", async () => {
  const { signal } = new AbortController();
  expect(await takePending(server.context, signal)).toBeUndefined();
  await writeTree(join(server.dataDir, "import"), {
    "initial/common/institutions.json": INSTITUTIONS,
    "incremental/pending/2026-01-15/customers_add.json": [
      { ...CUSTOMER, customer_code: "BJ-HA-001-C0077", person: { name: "孙七" } },
    ],
  });
  expect(await takePending(server.context, signal)).toMatchObject({ files: 1, failed: 0, moving: 0, inserted: 1 });
  expect(await takePending(server.context, signal)).toMatchObject({ files: 0 });
});
