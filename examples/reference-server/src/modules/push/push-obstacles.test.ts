// Images and cards that can't go out as things are set up: told when a push is written, previewed, tried and sent.

import { compose } from "@recallkit/http";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { pushModule } from "./module.js";

let simulator: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await startWecomSimulator({
    corps: [{ corpId: "ww1", secret: "corp-secret" }],
    staff: ["zhangsan"],
    customers: () => true,
  });
  server = await startTestServer({
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "corp-secret",
    WECOM_AGENT_ID: "1000002",
    WECOM_BASE_URL: simulator.url,
    MEDIA_HOSTS: "cdn.shop.example",
  });
  await server.context.kit.customers.upsert([{ externalKey: "1", externalUserId: "wm_1" }]);
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

const push = {
  startDate: "2026-01-01",
  endDate: "2099-12-31",
  weekDayPushTime: [{ week: 1, time: "10:00" }],
  content: "喵～ https://shop.example/r",
  allCustomers: true,
  messageClass: "transactional",
};
const unknownMedia = `media:${"0".repeat(64)}`;
const card = {
  miniProgramTitle: "会员日",
  miniProgramUrl: "pages/index",
  miniProgramImg: "https://cdn.shop.example/a.png",
};

const OBSTACLES = [
  {
    what: "an image of a host that is not listed",
    fields: { img: "https://other.example/a.png" },
    path: "img",
    code: "image.host-not-listed",
  },
  { what: "an unknown stored image", fields: { img: unknownMedia }, path: "img", code: "image.not-found" },
  { what: "a card without an app id", fields: card, path: "miniProgramTitle", code: "card.no-app-id" },
] as const;

const dataOf = <T>(answer: { json: unknown }) => (answer.json as { data: T }).data;

describe.each(OBSTACLES)("$what", ({ what, fields, path, code }) => {
  const body = { ...push, ...fields, name: what };
  const idOf = async () =>
    dataOf<{ data: { id: number }[] }>(await server.post("/wechatpush/lists", { searchText: what })).data[0]?.id ?? 0;

  test("is told by create, and refuses nothing", async () => {
    const { status, json } = await server.post("/wechatpush/create", body);
    expect(status).toBe(200);
    expect(json).toMatchObject({ success: true, data: true, warnings: [{ path, code }] });
    const [{ message }] = (json as { warnings: [{ message: string }] }).warnings;
    expect(message).toMatch(/[\u4e00-\u9fff]/);
    expect(message).not.toContain("服务商没有答复");
  });

  test("is told by edit and by a preview", async () => {
    const id = await idOf();
    expect((await server.post("/wechatpush/edit", { ...body, id })).json).toMatchObject({ warnings: [{ path, code }] });
    const { warnings } = dataOf<{ warnings: { code: string }[] }>(await server.post("/wechatpush/preview", { id }));
    expect(warnings.map((warning) => warning.code)).toContain(code);
  });

  test("is named by a test to a member of staff, in the words of the warning", async () => {
    const answer = await server.post("/wechatpush/test", { id: await idOf(), staffUserids: ["zhangsan"] });
    expect(answer.status).toBe(502);
    expect(answer.json).toEqual({
      success: false,
      message: compose([pushModule]).texts.faultMessage({ path, code, message: "" }, "zh"),
      errors: [],
    });
    expect(simulator.ledger.staffMessages).toEqual([]);
  });

  test("is named by the attempt, or by the alarm of what waits for better settings", async () => {
    const { occurrenceId } = dataOf<{ occurrenceId: number }>(
      await server.post("/wechatpush/run", { id: await idOf() }),
    );
    const { stores } = server.context;
    const said = async () => {
      const attempts = (await stores.attempts.list(1, { occurrenceId })).items.map(({ answer }) => answer ?? "");
      const alarms = (await stores.alarms.list(1, {})).items.map(({ detail }) => detail);
      return [...attempts, ...alarms].filter((text) => text.includes(code)).length;
    };
    await expect.poll(said, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(simulator.ledger.tasksPerCustomer().get("wm_1")).toBeUndefined();
  });
});

test("what can go out is answered without warnings", async () => {
  const { json } = await server.post("/wechatpush/create", { ...push, name: "plain" });
  expect(json).toEqual({ success: true, data: true });
});

test("conditions that the form lacks are told, counted and kept by an edit", async () => {
  const { kit } = server.context;
  const segment = { orders: { count: { max: 0 } }, none: [{ labels: { call: ["reached"] } }] };
  const validity = { validFrom: "2026-01-01", validTo: "2099-12-31", channel: "wecom" };
  const rule = await kit.rules.create({ name: "segment", segment, ...validity, content: { text: push.content } });
  const info = dataOf<Record<string, unknown>>(await server.post("/wechatpush/info", { id: rule.id }));
  expect(info).toMatchObject({ otherConditions: true, allCustomers: false });
  const preview = dataOf<{ steps: { name: string }[] }>(await server.post("/wechatpush/preview", { id: rule.id }));
  expect(preview.steps.map(({ name }) => name)).toEqual(["customers", "orders", "none", "reachable"]);
  const edited = { ...info, weekDayPushTime: push.weekDayPushTime, name: "segment 2" };
  expect((await server.post("/wechatpush/edit", edited)).json).toMatchObject({ success: true });
  expect((await kit.rules.get(rule.id)).definition).toMatchObject({ name: "segment 2", segment });
});
