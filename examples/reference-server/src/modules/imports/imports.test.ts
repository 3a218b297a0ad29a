import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ IMPORT_MAX_MB: "1" });
});
afterAll(() => server.close());

interface Job {
  readonly id: number;
  readonly state: string;
  readonly columns: readonly string[];
  readonly guess: {
    readonly mapping: { readonly kind: string };
    readonly questions: readonly { readonly code: string }[];
  };
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly dry_run: Readonly<Record<string, unknown>> | null;
  readonly rejects: number;
}

function upload(body: string | Uint8Array<ArrayBuffer>, query = "", headers: Readonly<Record<string, string>> = {}) {
  return server.request("POST", `/api/imports${query}`, {
    body,
    headers: { authorization: `Bearer ${server.token}`, "content-type": "text/csv", ...headers },
  });
}

/** Follows the events of an import until it is over. @returns their names, and the import as it ended */
async function followed(id: number): Promise<{ readonly names: readonly string[]; readonly job: Job }> {
  const answer = await server.get(`/api/imports/${id}/events`);
  const events = answer.text.split("\n\n").flatMap((text) => {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text) ?? [];
    return name === undefined ? [] : [{ name, data: data ?? "" }];
  });
  return { names: events.map(({ name }) => name), job: JSON.parse(events.at(-1)?.data ?? "{}") };
}

async function done(id: number, action: "start" | "dry-run"): Promise<Job> {
  expect(await server.post(`/api/imports/${id}/${action}`)).toMatchObject({ status: 200, json: { state: "queued" } });
  return (await followed(id)).job;
}

const ORDERS = [
  "订单编号,会员号,下单时间,实付金额,订单状态,手机号",
  "A1,c1,2026-01-05 10:30:00,199.00,交易成功,13800138001",
  "A2,c2,2026-01-06 11:00:00,12.5,交易成功,13800138002",
  "A3,c1,2026-01-07 09:00:00,x,交易成功,13800138001",
].join("\n");

test("a file is uploaded, understood, tried out and imported; the dry run had the very figures", async () => {
  const answer = await upload(ORDERS, `?name=${encodeURIComponent("订单.csv")}`);
  expect(answer.status).toBe(201);
  const draft = answer.json as Job & { readonly samples: readonly Readonly<Record<string, string>>[] };
  expect(draft).toMatchObject({
    name: "订单.csv",
    state: "draft",
    columns: ["订单编号", "会员号", "下单时间", "实付金额", "订单状态", "手机号"],
    guess: { mapping: { kind: "orders", columns: { order_no: "订单编号" } }, missing: [], questions: [], rows: 3 },
  });
  expect(draft.samples[0]).toMatchObject({ 订单编号: "A1", 手机号: "13800138001" });

  const tried = await done(draft.id, "dry-run");
  expect(tried).toMatchObject({ state: "draft", dry_run: { inserted: 2, rejected_rows: 1, amount_minor: 21_150 } });
  expect((await server.get("/api/labels?kind=sku")).status).toBe(200);
  const imported = await done(draft.id, "start");
  expect(imported).toMatchObject({ state: "done", rejects: 1 });
  expect(imported.result).toEqual(tried.dry_run);
  expect(imported.result).toMatchObject({ new_customers: 2, rejected: [{ path: "amount", count: 1, lines: [4] }] });

  const rejects = await server.get(`/api/imports/${draft.id}/rejects`);
  expect(rejects.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(rejects.text).toContain("A3,c1,2026-01-07 09:00:00,x");
  expect(await server.post(`/api/imports/${draft.id}/start`)).toMatchObject({
    status: 409,
    json: { code: "import.wrong-state" },
  });
  const { items } = (await server.get("/api/ops/audit?limit=10")).json as { items: { action: string }[] };
  expect(items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["import.done", "import.dry-run", "POST /api/imports", "POST /api/imports/:id/start"]),
  );
});

test("what a file leaves open is asked, answered and then imported", async () => {
  const text = "order_no,customer_key,ordered_at,amount,status\nB1,c9,03/04/2026,10,paid\nB2,c9,05/06/2026,11,weird\n";
  const { id, guess } = (await upload(text)).json as Job;
  expect(guess.questions.map(({ code }) => code).sort()).toEqual(["status.unknown", "time.ambiguous"]);
  const refused = await server.post(`/api/imports/${id}/start`);
  expect(refused).toMatchObject({ status: 422, json: { code: "import.unanswered" } });
  expect((refused.json as { errors: { path: string }[] }).errors.map(({ path }) => path).sort()).toEqual([
    "mapping.dateFormat",
    "mapping.statuses",
  ]);
  const put = (mapping: unknown) => server.call("PUT", `/api/imports/${id}/mapping`, { body: { mapping } });
  expect(await put({ ...guess.mapping, dateFormat: "nonsense" })).toMatchObject({
    status: 400,
    json: { errors: [{ path: "mapping.dateFormat" }] },
  });
  const answered = await put({ ...guess.mapping, dateFormat: "dmy", statuses: { weird: "paid" } });
  expect(answered).toMatchObject({ status: 200, json: { guess: { questions: [] } } });
  expect((await done(id, "start")).result).toMatchObject({ inserted: 2, rejected_rows: 0 });
});

test("an encoding that the file doesn't tell is asked before its columns are known", async () => {
  // Two bytes that are a letter in one encoding and a character in another.
  const bytes = Uint8Array.from([...Buffer.from("customer_key,name\nk1,"), 0xc4, 0xe3, ...Buffer.from("\n")]);
  const asked = (await upload(bytes)).json as Job & { question: { asks: string } | null; candidates: unknown[] };
  expect(asked).toMatchObject({ columns: [], guess: null, question: { asks: "encoding" } });
  expect(asked.candidates.length).toBeGreaterThan(1);
  const body = { reading: { encoding: "gb18030" } };
  const read = await server.call("PUT", `/api/imports/${asked.id}/mapping`, { body });
  expect(read.json).toMatchObject({ question: null, columns: ["customer_key", "name"], samples: [{ name: "你" }] });
  expect((await done(asked.id, "start")).result).toMatchObject({ kind: "customers", inserted: 1 });
});

describe("bad files", () => {
  const english = { "accept-language": "en" };
  const files = async () => (await readdir(join(server.dataDir, "imports"))).length;

  test.each([
    ["0 bytes", "", 422, "import.empty"],
    ["no table", Uint8Array.from({ length: 400 }, (_, at) => (at * 7) % 32), 422, "import.binary"],
    ["a damaged gzip", Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), 422, "import.damaged-gzip"],
    ["too many columns", Array.from({ length: 20_000 }, (_, at) => `c${at}`).join(","), 422, "import.limit"],
    ["too large", "x".repeat(1_100_000), 413, "http.body-too-large"],
  ] as const)("%s: one sentence in either language, and nothing is kept", async (_, body, status, code) => {
    const before = await files();
    const zh = await upload(body);
    expect(zh).toMatchObject({ status, json: { code } });
    expect((zh.json as { detail: string }).detail).toMatch(/[\u4e00-\u9fff]/);
    const en = await upload(body, "", english);
    expect((en.json as { detail: string }).detail).not.toMatch(/[\u4e00-\u9fff]/);
    expect(await files()).toBe(before);
  });

  test("a header alone imports nothing, and says so in its figures", async () => {
    const { id } = (await upload("customer_key,name\n")).json as Job;
    expect((await done(id, "start")).result).toMatchObject({ rows: 0, inserted: 0 });
  });

  test("a file that is gone when its turn comes ends the import with a reason", async () => {
    const { id } = (await upload("customer_key,name\nk1,n\n")).json as Job;
    const { rm } = await import("node:fs/promises");
    await rm(join(server.dataDir, "imports"), { recursive: true });
    expect(await done(id, "start")).toMatchObject({ state: "failed", error: { code: "import.unreadable" } });
    expect((await server.call("DELETE", `/api/imports/${id}`)).status).toBe(200);
    expect((await server.get(`/api/imports/${id}`)).status).toBe(404);
  });

  test("another media type is refused before anything is read", async () => {
    expect((await upload("x", "", { "content-type": "image/png" })).status).toBe(415);
  });
});

test("cells of a file are in full for those who may see addresses, and masked for others", async () => {
  await server.post("/api/users", { username: "staff-1", password: "a long phrase 7", role: "staff" });
  const token = await server.logIn("staff-1", "a long phrase 7");
  const body = "customer_key,mobile,email\nk1,13800138009,someone@shop.example\n";
  const seen = await upload(body, "", { authorization: `Bearer ${token}` });
  expect(seen.status).toBe(201);
  expect(seen.text).not.toMatch(/13800138009|someone@/);
  const { id } = (await upload(ORDERS)).json as Job;
  await done(id, "start");
  expect((await server.call("GET", `/api/imports/${id}/rejects`, { token })).status).toBe(403);
});

test("a draft is cancelled at once, and started again", async () => {
  const { id } = (await upload("customer_key,name\nz1,n\n")).json as Job;
  expect((await server.post(`/api/imports/${id}/cancel`)).json).toMatchObject({ state: "cancelled" });
  expect(await done(id, "start")).toMatchObject({ state: "done", result: { inserted: 1 } });
});
