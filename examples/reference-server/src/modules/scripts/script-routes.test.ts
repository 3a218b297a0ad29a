import { startModelSimulator } from "@recallkit/core/script/simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
let simulator: Awaited<ReturnType<typeof startModelSimulator>>;
beforeAll(async () => {
  simulator = await startModelSimulator({ apiKey: "sk-planted-key" });
  const llm = { LLM_API_URL: simulator.url, LLM_API_KEY: simulator.apiKey, LLM_TIMEOUT_MS: "2000" };
  server = await startTestServer({ ...llm, LLM_MODEL: "deepseek-chat" });
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

const person = { surname: "张", title: "女士", days_to_birthday: 7, vip_level: "金卡", salon_name: "北京XX医美诊所" };
const sms = { ...person, channel: "sms" };
const put = (path: string, body: unknown) => server.call("PUT", path, { body });

test("a greeting is tried out by template first, and by the model when the institution says so", async () => {
  const first = await server.post("/api/v1/scripts/try", sms);
  expect(first).toMatchObject({ status: 200, json: { engine: "template", is_model_written: false, prompt: null } });
  const settings = { engine: "model", daily_tokens: 100_000 };
  expect(await put("/api/v1/scripts/settings", settings)).toMatchObject({
    status: 200,
    json: { engine: "model", model: null, daily_tokens: 100_000, is_model_configured: true, today: { calls: 0 } },
  });
  const second = await server.post("/api/v1/scripts/try", sms);
  expect(second).toMatchObject({
    status: 200,
    json: { engine: "model", is_model_written: true, verdict: "pass", tokens: { prompt: 420, completion: 60 } },
  });
  simulator.script("invented-discount", "banned-claim");
  const third = await server.post("/api/v1/scripts/try", sms);
  expect(third).toMatchObject({ json: { engine: "template", verdict: "fallback", drafts: [{}, {}] } });
  const { id } = third.json as { id: number };
  expect((await server.get(`/api/v1/scripts/${id}`)).json).toEqual(third.json);
  expect((await server.get("/api/v1/scripts?limit=1")).json).toMatchObject({
    items: [{ id }],
    next_cursor: String(id),
  });
  expect((await server.get("/api/v1/scripts/settings")).json).toMatchObject({ today: { calls: 3, tokens: 1440 } });
});

test("the key of the model is shown nowhere", async () => {
  const lists = ["/api/v1/scripts", "/api/v1/scripts/settings", "/api/config/configs", "/api/ops/alarms"];
  for (const path of lists) expect((await server.get(path)).text).not.toContain("sk-planted-key");
  expect(server.printed.join("\n")).not.toContain("sk-planted-key");
});

describe("a text of somebody's", () => {
  test("is looked at as before it is sent: where, what, and by which rule", async () => {
    const text = "张女士，生日快乐，来做一次水光吧。";
    const { json } = await server.post("/api/v1/scripts/check", { ...sms, text });
    expect(json).toMatchObject({ verdict: "refuse" });
    const { findings } = json as { findings: unknown[] };
    const source = expect.stringContaining("医疗广告管理办法");
    expect(findings).toContainEqual({
      code: "technique",
      severity: "refuse",
      start: 13,
      end: 15,
      words: "水光",
      source,
    });
    const fine = await server.post("/api/v1/scripts/check", { ...sms, text: "张女士，祝您生日快乐。" });
    expect(fine.json).toEqual({ verdict: "pass", findings: [] });
  });

  test("that is no text is refused with the path", async () => {
    const wrong = { ...sms, days_to_birthday: -1, text: 5, note: "x" };
    const { status, json } = await server.post("/api/v1/scripts/check", wrong);
    expect(status).toBe(400);
    const paths = (json as { errors: { path: string }[] }).errors.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["days_to_birthday", "text", "note"]));
  });
});

describe("templates", () => {
  const make = (body: unknown) => server.post("/api/v1/scripts/templates", body);

  test("are made, listed, changed, and taken out of use", async () => {
    const text = "{{surname|尊敬的}}{{title|顾客}}，{{salonName|我们}}祝您生日快乐。";
    const made = await make({ name: "温馨", text });
    expect(made).toMatchObject({ status: 201, json: { purpose: "birthday", is_active: true } });
    const { id } = made.json as { id: number };
    expect(await make({ name: "温馨", text })).toMatchObject({
      status: 409,
      json: { code: "script-template.name-taken" },
    });
    const off = await server.call("PATCH", `/api/v1/scripts/templates/${id}`, { body: { is_active: false } });
    expect(off).toMatchObject({ status: 200, json: { id, text, is_active: false } });
    expect((await server.get("/api/v1/scripts/templates")).json).toEqual({ items: [off.json] });
    expect((await server.call("PATCH", "/api/v1/scripts/templates/99999", { body: {} })).status).toBe(404);
  });

  test("that a greeting may not hold are refused with what is wrong", async () => {
    const wrong = await make({ name: "打折", text: "{{surname|您}}，全场八折，祝生日快乐" });
    expect(wrong).toMatchObject({ status: 400, json: { errors: [{ path: "text" }] } });
    expect(wrong.text).toContain("八折");
    expect((await make({ name: "变量", text: "{{phone}}，祝生日快乐" })).text).toContain("phone");
    const certificate = { name: "号", text: "祝生日快乐", review_certificate_no: "京医广1号" };
    expect(await make(certificate)).toMatchObject({ json: { errors: [{ path: "review_certificate_no" }] } });
  });

  test("of promotions need their certificate of review and stand as they are", async () => {
    const promotion = { purpose: "promotion", name: "店庆", text: "本院店庆，八折。京医广1号" };
    expect(await make(promotion)).toMatchObject({ status: 400, json: { errors: [{ path: "review_certificate_no" }] } });
    const reviewed = { ...promotion, review_certificate_no: "京医广1号" };
    expect(await make({ ...reviewed, text: "{{surname|您}}，店庆" })).toMatchObject({
      json: { errors: [{ path: "text" }] },
    });
    expect(await make(reviewed)).toMatchObject({ status: 201, json: { review_certificate_no: "京医广1号" } });
    const check = { ...person, channel: "wecom" };
    expect((await server.post("/api/v1/scripts/check", { ...check, text: promotion.text })).json).toMatchObject({
      verdict: "pass",
    });
    const near = await server.post("/api/v1/scripts/check", { ...check, text: `${promotion.text}！` });
    expect(near.json).toMatchObject({ verdict: "refuse" });
  });
});

describe("the list of words", () => {
  test("has a rule for each; an institution adds and permits with a reason, and takes it back", async () => {
    const { json } = await server.get("/api/v1/scripts/lexicon");
    const { items } = json as { items: { word: string; source: string }[] };
    expect(items.length).toBeGreaterThan(400);
    expect(items.every(({ source }) => source.length > 4)).toBe(true);
    const add = (body: unknown) => server.post("/api/v1/scripts/lexicon", body);
    expect((await add({ kind: "add", word: "小鹿妆" })).status).toBe(400);
    const made = await add({ kind: "add", word: "小鹿妆", reason: "项目名不进祝福" });
    expect(made).toMatchObject({ status: 201, json: { kind: "add", severity: "refuse" } });
    const again = await add({ kind: "allow", word: "小 鹿 妆", reason: "换个说法再试" });
    expect(again).toMatchObject({ status: 409, json: { code: "script-word.taken" } });
    const check = async () => (await server.post("/api/v1/scripts/check", { ...sms, text: "小鹿妆祝您生日快乐" })).json;
    expect(await check()).toMatchObject({ verdict: "refuse", findings: [{ code: "added", words: "小鹿妆" }] });
    const path = `/api/v1/scripts/lexicon/${(made.json as { id: number }).id}`;
    expect((await server.call("DELETE", path)).json).toEqual({ deleted: true });
    expect((await server.call("DELETE", path)).status).toBe(404);
    expect(await check()).toEqual({ verdict: "pass", findings: [] });
  });
});

test("what a model may be told beside the usual needs a reason, which stays with who gave it", async () => {
  const fact = { fact: "city", reason: "问候提及城市，已与法务确认" };
  expect((await put("/api/v1/scripts/settings", { engine: "model", widened: [{ fact: "city" }] })).status).toBe(400);
  expect(
    (await put("/api/v1/scripts/settings", { engine: "model", widened: [{ ...fact, fact: "treatment" }] })).status,
  ).toBe(400);
  const kept = await put("/api/v1/scripts/settings", { engine: "model", widened: [fact] });
  expect(kept.json).toMatchObject({ widened: [{ ...fact, recorded_by: expect.stringMatching(/^user:/) }] });
  expect((await put("/api/v1/scripts/settings", { engine: "model", widened: [fact] })).json).toMatchObject({
    widened: (kept.json as { widened: object[] }).widened,
  });
});
