import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

const CUSTOMERS = [{ customer_code: "C1", person: { name: "张三", birthday: "1990-05-15", phone: "13800138000" } }];

describe("the launcher", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ REVISIT_IMPORT_SETTLE_MS: "0" });
  });
  afterAll(() => server.close());

  async function put(name: string, rows: unknown) {
    const path = join(server.context.config.revisitImports.folder, `${name}.json`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(rows));
  }

  test("says how each store is; those that are optional are off, not failing", async () => {
    const { json } = await server.get("/api/ops/doctor");
    expect(json).toMatchObject({ ok: true, environment: "development", database: { engine: "sqlite" } });
    const { checks } = json as { checks: { name: string; state: string; detail: string }[] };
    expect(checks.slice(0, 4).map(({ name, state }) => [name, state])).toEqual([
      ["SQLite", "ok"],
      ["NebulaGraph", "off"],
      ["ClickHouse", "off"],
      ["Qdrant", "off"],
    ]);
    expect(checks[0]?.detail).toBe("Connected");
  });

  test("has no migrations left after a start, and running them changes nothing", async () => {
    expect((await server.get("/api/ops/migrations")).json).toMatchObject({ pending: [] });
    expect((await server.post("/api/ops/migrations")).json).toEqual({ applied: [] });
  });

  test("prepares the stores, with sample institutions that are there once", async () => {
    const prepare = () => server.post("/api/ops/stores", { skip: ["qdrant"], sample_data: true });
    const first = await prepare();
    expect(first.json).toMatchObject({ stores: [{ name: "SQLite", state: "ok" }, {}, {}, { state: "skipped" }] });
    expect((first.json as { sample_rows: number }).sample_rows).toBeGreaterThan(0);
    await prepare();
    const { institutions } = (await server.get("/api/v1/analytics/dashboard")).json as { institutions: object[] };
    expect(institutions).toHaveLength(2);
  });

  test("imports the files of the installation's folder; a second time nothing changes", async () => {
    const waiting = async (kind: string) => (await server.get(`/api/ops/import-folder?kind=${kind}`)).json;
    expect(await waiting("initial")).toMatchObject({ files: [], not_read: [] });
    await put("initial/common/institutions", [{ institution_code: "GZ-001", name: "广州一店" }]);
    await put("initial/institutions/GZ-001/customers", CUSTOMERS);
    await put("initial/institutions/GZ-001/notes", []);
    expect(await waiting("initial")).toMatchObject({
      files: [
        { kind: "institutions", bytes: expect.any(Number) },
        { kind: "customers", institution: "GZ-001" },
      ],
      not_read: ["institutions/GZ-001/notes.json"],
    });
    const first = await server.post("/api/ops/import-folder", { kind: "initial" });
    expect(first.json).toMatchObject({ rows: 2, inserted: 2, rejected: 0, has_faults: false });
    const again = await server.post("/api/ops/import-folder", { kind: "initial" });
    expect(again.json).toMatchObject({
      inserted: 0,
      updated: 0,
      files: [{ state: "unchanged" }, { state: "unchanged" }],
    });
  });

  test("takes no folder from a caller", async () => {
    for (const body of [{ kind: "initial", folder: "/etc" }, { kind: "../initial" }])
      expect((await server.post("/api/ops/import-folder", body)).status).toBe(400);
  });

  test("backs the database up beside its work", async () => {
    const { json } = await server.post("/api/ops/backups");
    const { file } = json as { file: string };
    expect(await readdir(join(server.dataDir, "backups"))).toEqual([file.split("/").at(-1)]);
  });

  test("is the platform's: an admin of a tenant may not even look", async () => {
    await server.post("/api/users", { username: "tenant_admin", role: "admin", password: TEST_PASSWORD });
    const token = await server.logIn("tenant_admin", TEST_PASSWORD);
    for (const path of ["doctor", "migrations", "import-folder?kind=initial"])
      expect((await server.call("GET", `/api/ops/${path}`, { token })).status).toBe(403);
    for (const path of ["migrations", "stores", "backups", "import-folder"])
      expect((await server.call("POST", `/api/ops/${path}`, { token, body: {} })).status).toBe(403);
  });
});

test("in production there is no sample data", async () => {
  const server = await startTestServer({
    NODE_ENV: "production",
    RATE_LIMITS: "on",
    SECRET_KEY: "0123456789abcdef0123456789abcdef",
    PUBLIC_URL: "https://recall.example",
  });
  expect((await server.get("/api/ops/doctor")).json).toMatchObject({ environment: "production" });
  const refused = await server.post("/api/ops/stores", { sample_data: true });
  expect([refused.status, refused.json]).toEqual([403, expect.objectContaining({ code: "rebuild.refused" })]);
  await server.close();
});
