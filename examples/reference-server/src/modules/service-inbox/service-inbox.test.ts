import { startOfficialAccountSimulator } from "@recallkit/wecom/official-account/simulator";
import {
  type OutgoingCallbacks,
  outgoingCallbacks,
  startWecomSimulator,
  type WecomSimulator,
} from "@recallkit/wecom/simulator";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const PATIENCE = { timeout: 60_000, interval: 50 };
const WECOM = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "ww-simulator",
};
const ACCOUNT = {
  token: "pamtest",
  encodingAesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
  receiveId: "wx-service",
};
const AGENT = 1_000_002;
const PATH = "/api/callbacks/official-account/default";

let wecom: WecomSimulator;
let account: Awaited<ReturnType<typeof startOfficialAccountSimulator>>;
let server: TestServer;
let follower: OutgoingCallbacks;
let member: OutgoingCallbacks;
let told = 0;

beforeAll(async () => {
  wecom = await startWecomSimulator({
    customers: [],
    corps: [
      { corpId: WECOM.receiveId, secret: "wecom-secret", agentId: AGENT, staff: ["zhangsan", "lisi", "visitor"] },
    ],
  });
  account = await startOfficialAccountSimulator({ appId: ACCOUNT.receiveId, secret: "account-secret" });
  server = await startTestServer(
    {
      SIMULATORS: "on",
      WECOM_CORP_ID: WECOM.receiveId,
      WECOM_SECRET: "wecom-secret",
      WECOM_AGENT_ID: String(AGENT),
      WECOM_BASE_URL: wecom.url,
      WECOM_CALLBACK_TOKEN: WECOM.token,
      WECOM_CALLBACK_AES_KEY: WECOM.encodingAesKey,
      OFFICIAL_ACCOUNT_APP_ID: ACCOUNT.receiveId,
      OFFICIAL_ACCOUNT_SECRET: "account-secret",
      OFFICIAL_ACCOUNT_BASE_URL: account.url,
      OFFICIAL_ACCOUNT_CALLBACK_TOKEN: ACCOUNT.token,
      OFFICIAL_ACCOUNT_CALLBACK_AES_KEY: ACCOUNT.encodingAesKey,
    },
    {},
  );
  const at = (path: string) => server.url + path;
  follower = outgoingCallbacks({
    ...ACCOUNT,
    from: "official-account",
    to: at("/api/callbacks/official-account/default"),
  });
  member = outgoingCallbacks({ ...WECOM, to: at("/api/wechat/work-message") });
});
afterAll(async () => {
  await server?.close();
  await wecom?.close();
  await account?.close();
});

const id = () => String(7_000_000_000 + ++told);
/** An openid of its real length. */
const openidOf = (name: string) => name.padEnd(28, "0");
/** What a follower reads at once after writing. */
async function writes(name: string, Content: string, parts: Readonly<Record<string, string>> = {}, copies = 1) {
  const openid = openidOf(name);
  account.follow(openid);
  account.write(openid, Content);
  // One of its own, so that no earlier answer is taken for this one's.
  const platform = outgoingCallbacks({ ...ACCOUNT, from: "official-account", to: server.url + PATH });
  platform.tell({ FromUserName: openid, MsgType: "text", Content, MsgId: id(), ...parts });
  const records = await platform.deliver({ copies });
  expect(records.flatMap(({ answers }) => answers)).toEqual(Array(copies).fill(200));
  return /<Content><!\[CDATA\[(.*?)\]\]><\/Content>/su.exec(platform.lastReply ?? "")?.[1] ?? "";
}
/** A member writes to the app; what comes back goes out as a message. */
async function memberWrites(userid: string, Content: string, expected: string, copies = 1): Promise<string> {
  member.tell({ FromUserName: userid, MsgType: "text", Content, MsgId: id(), AgentID: String(AGENT) });
  await member.deliver({ copies });
  const answered = () => messagesTo(userid).filter((text) => text.includes(expected));
  await vi.waitFor(() => expect(answered().length).toBeGreaterThan(0), PATIENCE);
  return answered().at(-1) ?? "";
}
const messagesTo = (userid: string): readonly string[] =>
  wecom.ledger.staffMessages.filter(({ userids }) => userids.includes(userid)).map(({ text }) => String(text));
const json = async (path: string) =>
  (await server.get(path)).json as Record<string, unknown> & { items: Record<string, unknown>[] };
const counted = async () => ({
  tickets: (await json("/api/tickets?page_size=200")).total,
  decisions: (await json("/api/ai/router/decisions?limit=200")).items.length,
  // What goes out to members meanwhile is nobody's doing here.
  written: await writtenRows(),
});
async function writtenRows(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from rk_wechat_messages
    where direction = 'in'`.execute(server.context.stores.sql);
  return Number(rows[0]?.n);
}

async function post(path: string, body: unknown, status = 200) {
  const answer = await server.post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, status, answer.text]);
  return answer.json as Record<string, unknown>;
}
async function newStaff(wecom_user_id: string, name: string, parts = {}) {
  return post(
    "/api/desk/staff",
    { name, wecom_user_id, role: "staff", presence: "online", capacity: 50, ...parts },
    201,
  );
}
async function codeOf(phone: string): Promise<string> {
  let code = "";
  await vi.waitFor(async () => {
    const found = (await post("/api/messages/search", { recipient: phone })).items as Record<string, unknown>[];
    const ids = found.map(({ id: one }) => Number(one));
    const messages = await Promise.all(ids.map((one) => server.context.kit.messages.get(one)));
    const codes = messages.flatMap((message) => message?.variables.code ?? []);
    expect(codes.length).toBeGreaterThan(0);
    code = String(codes.at(0));
  }, PATIENCE);
  return code;
}

describe("a follower", () => {
  test("gets answers with their sources, of what people have written down", async () => {
    await post(
      "/api/ai/knowledge",
      { question: "净水器滤芯多久换一次？", keywords: "滤芯 更换周期", answer: "建议每六个月更换一次滤芯。" },
      201,
    );
    expect(await writes("o-knows", "请问滤芯多久换一次呀")).toBe("建议每六个月更换一次滤芯。");
    const [decision] = (await json("/api/ai/router/decisions?limit=1")).items;
    expect(decision).toMatchObject({ action: "answer", sources: [{ kind: "knowledge", id: 1 }], ticket_id: null });
  });

  test("is read once however often it is told, and gets the same answer each time", async () => {
    await writes("o-repeats", "你好");
    const before = await counted();
    const answer = await writes("o-repeats", "转人工", {}, 3);
    const after = await counted();
    expect(answer).toMatch(/工单 #\d+/);
    expect(Number(after.tickets)).toBe(Number(before.tickets) + 1);
    expect(after.decisions).toBe(before.decisions + 1);
  });

  test("with a person on it gets no second ticket, and the push that they answer stands beside the message", async () => {
    const before = await counted();
    expect(await writes("o-repeats", "麻烦快点")).toBe("");
    expect(Number((await counted()).tickets)).toBe(Number(before.tickets));
  });

  test.each([
    ["voice", { MsgType: "voice", MediaId: "m", Format: "amr" }, "文字"],
    ["an image", { MsgType: "image", MediaId: "m", PicUrl: "http://x" }, "文字"],
    ["a command", { Content: "#问题已解决 1" }, "员工命令"],
    ["emoji", { Content: "😂😂" }, "您好"],
  ])("who sends %s gets a clear answer, and nothing changes", async (what, parts, answer) => {
    const before = await counted();
    expect(await writes(`o-${what.replace(/ /g, "-")}`, "x", parts)).toContain(answer);
    expect((await counted()).tickets).toBe(before.tickets);
  });

  test("who writes 10 000 characters is read as well", async () => {
    expect(await writes("o-long", `${"啊".repeat(9_990)}我要投诉`)).toContain("工单");
  });

  test("who refuses gets no further marketing", async () => {
    expect(await writes("o-refuses", "退订")).toContain("停止推送");
    const { items } = await server.context.kit.suppressions.list({ channel: "official-account" });
    expect(items).toMatchObject([{ address: openidOf("o-refuses"), reason: "opt_out" }]);
  });

  test("below the threshold is handed to a person, and the correction is an example from then on", async () => {
    expect(await writes("o-unsure", "嘚啵嘚啵的那啥咋弄来着")).toContain("工单");
    const [decision] = (await json("/api/ai/router/decisions?limit=1")).items;
    expect(decision).toMatchObject({ handed_over: true, action: "handover" });
    const path = `/api/ai/router/decisions/${decision?.decision_id}/correct`;
    expect(await post(path, { intent: "consult" })).toMatchObject({ corrected_intent: "consult" });
    const again = await post("/api/ai/router", { message: "嘚啵嘚啵的那啥，咋弄来着？", dry_run: true });
    expect(again).toMatchObject({ intent: "consult", reason: "an example", decision_id: null });
    expect(await post("/api/ai/router/test", {})).toMatchObject({ examples: 1 });
  });
});

describe("binding", () => {
  const PHONE = "13800138000";

  test("by a code; a wrong one five times ends it; the same is said of a number of nobody", async () => {
    await server.context.kit.customers.upsert([{ externalKey: "c1", name: "王女士", mobile: `+86${PHONE}` }]);
    expect(await writes("o-binds", "我的项目进度")).toContain("绑定");
    const said = await writes("o-binds", `绑定 ${PHONE}`);
    expect(await writes("o-stranger", "绑定 13911112222")).toBe(said);
    expect(await writes("o-stranger", "123456")).toContain("不正确");
    const code = await codeOf(PHONE);
    const wrong = code === "000000" ? "111111" : "000000";
    for (let tries = 0; tries < 5; tries += 1) expect(await writes("o-binds", wrong)).toContain("不正确");
    expect(await writes("o-binds", code)).toContain("失效");
    const [before] = await server.context.kit.stores.customers.findByKeys(1, ["c1"]);
    expect(before?.identities.openid).toBeUndefined();
    await writes("o-binds", `绑定${PHONE}`);
    const next = await codeOf(PHONE);
    expect(await writes("o-binds", next)).toContain("绑定成功");
    const [customer] = await server.context.kit.stores.customers.findByKeys(1, ["c1"]);
    expect(customer?.identities.openid).toBe(openidOf("o-binds"));
    expect(JSON.stringify(await json("/api/ai/router/decisions?limit=200"))).not.toContain(next);
  });

  test("is limited to three codes an hour for a number and for an address", async () => {
    expect(await writes("o-binds", `绑定 ${PHONE}`)).toContain("已发送");
    expect(await writes("o-other", `绑定 ${PHONE}`)).toContain("过多");
    for (const last of [1, 2, 3]) await writes("o-many", `绑定 1381234000${last}`);
    expect(await writes("o-many", "绑定 13812340009")).toContain("过多");
    expect(await writes("o-many", "绑定 12")).not.toContain("过多");
  });

  test("of a customer who has another address is a conflict that a person decides", async () => {
    const kit = server.context.kit;
    await kit.customers.upsert([{ externalKey: "c2", mobile: "+8613700137000", openid: openidOf("o-old") }]);
    await writes("o-new", "绑定 13700137000");
    expect(await writes("o-new", await codeOf("13700137000"))).toContain("核对");
    const [conflict] = (await json("/api/wechat/bindings?state=open")).items;
    expect(conflict).toMatchObject({ action: "conflict", source: "sms_code" });
    const path = `/api/wechat/bindings/${conflict?.id}/decide`;
    expect(await post(path, { decision: "bind" })).toMatchObject({ state: "bound" });
    expect((await server.post(path, { decision: "keep" })).status).toBe(409);
    const [customer] = await kit.stores.customers.findByKeys(1, ["c2"]);
    expect(customer?.identities.openid).toBe(openidOf("o-new"));
    expect(await writes("o-new", "解绑")).toContain("解除");
    const [unbound] = await kit.stores.customers.findByKeys(1, ["c2"]);
    expect(unbound?.identities).toEqual({ mobile: "+8613700137000" });
    expect((await json("/api/wechat/bindings?limit=1")).items).toMatchObject([{ action: "unbound" }]);
  });

  test("shows progress of this person only", async () => {
    const { id: customerId } = (await server.context.kit.stores.customers.findByKeys(1, ["c1"]))[0] ?? { id: 0 };
    const { id: otherId } = (await server.context.kit.stores.customers.findByKeys(1, ["c2"]))[0] ?? { id: 0 };
    await post("/api/projects", { customer_id: customerId, name: "王府净水" }, 201);
    await post("/api/projects", { customer_id: otherId, name: "别人的项目" }, 201);
    const answer = await writes("o-binds", "我的项目进度");
    expect(answer).toContain("王府净水");
    expect(answer).not.toContain("别人的项目");
  });
});

describe("commands of employees", () => {
  beforeAll(async () => {
    const day = [{ from: "00:00", to: "24:00" }];
    const hours = Object.fromEntries(["1", "2", "3", "4", "5", "6", "7"].map((weekday) => [weekday, day]));
    await server.call("PUT", "/api/desk/settings", { body: { hours } });
    await newStaff("zhangsan", "张三");
    await newStaff("lisi", "李工");
  });
  const command = (text: string, parts = {}) =>
    post("/api/wechat/work/command", { text, user_id: "zhangsan", ...parts });

  test("a customer is recorded once however often the callback is told, in any order and width", async () => {
    const before = await json("/api/projects");
    const text = "＃记录客户，１３６００１３６０００　赵先生　空气能";
    const answer = await memberWrites("zhangsan", text, "已记录客户 赵先生", 3);
    expect(Number((await json("/api/projects")).total)).toBe(Number(before.total) + 1);
    expect(messagesTo("zhangsan").filter((text) => text === answer)).toHaveLength(1);
    expect(await command("#查询进度13600136000")).toMatchObject({ ok: true, changed: false });
    await memberWrites("lisi", "#查询进度 13600136000", "没有查到");
  });

  test("a dry run says what would happen, and nothing does", async () => {
    const before = [
      await json("/api/projects"),
      (await server.context.kit.stores.customers.findByKeys(1, ["mobile:+8613500135000"])).length,
    ];
    const dry = await command("#记录客户 钱女士 13500135000", { dry_run: true });
    expect(dry).toMatchObject({ ok: true, changed: false, dry_run: true });
    expect(dry.reply).toContain("已记录客户 钱女士");
    const after = [
      await json("/api/projects"),
      (await server.context.kit.stores.customers.findByKeys(1, ["mobile:+8613500135000"])).length,
    ];
    expect(after).toEqual(before);
  });

  test.each([
    ["an unknown one", "#删除一切", "unknown"],
    ["none", "在吗", "no-command"],
    ["one without its arguments", "#记录客户 张三", "arguments"],
    ["a ticket that is not there", "#问题已解决 9999", "ticket.not-found"],
    ["a colleague who is not there", "#转接工程师 1 @nobody", "desk-staff.not-found"],
    ["emoji", "#😂", "unknown"],
    ["10 000 characters", `#${"啊".repeat(9_990)}`, "unknown"],
  ])("%s is told so, and changes nothing", async (_, text, code) => {
    const before = await counted();
    expect(await command(text)).toMatchObject({ ok: false, changed: false, code });
    expect(await counted()).toEqual(before);
  });

  test("whoever is no employee is told so", async () => {
    await memberWrites("visitor", "#记录客户 孙 13400134000", "不是客服人员");
    await memberWrites("visitor", "在吗", "请以 # 开头");
  });

  test("a ticket goes to a colleague and not to oneself, and is solved once", async () => {
    const { ticket_id: ticket } = await post("/api/ai/router", { message: "机器坏了，开不了机" });
    const { assignee_id: assignee } = await json(`/api/tickets/${ticket}`);
    const has = (await json(`/api/desk/staff/${assignee}`)).wecom_user_id === "zhangsan" ? "zhangsan" : "lisi";
    const other = has === "zhangsan" ? "李工" : "张三";
    const asHas = { user_id: has };
    expect(await command(`#转接工程师 ${ticket} @${has}`, asHas)).toMatchObject({
      ok: false,
      code: "ticket.to-oneself",
    });
    expect(await command(`#转接工程师 ${ticket} ${other} 需要上门`, asHas)).toMatchObject({ ok: true, changed: true });
    const next = { user_id: has === "zhangsan" ? "lisi" : "zhangsan" };
    expect(await command(`#问题已解决 ${ticket} 换了主板`, next)).toMatchObject({ ok: true });
    expect(await command(`#问题已解决 ${ticket}`, next)).toMatchObject({ ok: false, changed: false });
  });
});

test("whom an employee adds is bound by the number in the remark, and theirs; a doubt waits for a person", async () => {
  const { kit } = server.context;
  await kit.customers.upsert([
    { externalKey: "added", mobile: "+8613300133000" },
    { externalKey: "doubt", mobile: "+8613200132000", externalUserId: "wm-earlier" },
  ]);
  const corpId = WECOM.receiveId;
  const end = wecom.control.onEvent((event) => member.tell(event));
  for (const [externalUserid, mobile] of [
    ["wm-added", "13300133000"],
    ["wm-doubt", "13200132000"],
  ] as const) {
    wecom.control.addCustomer({ externalUserid, userid: "zhangsan", corpId });
    wecom.control.employeeEdits("zhangsan", externalUserid, { remarkMobiles: [mobile] }, corpId);
  }
  end();
  await member.deliver({ copies: 2 });
  await vi.waitFor(async () => {
    const { items } = await json("/api/wechat/bindings?limit=200");
    const told = items
      .filter(({ source }) => source === "wecom_contact")
      .map(({ action, state }) => `${action} ${state}`);
    expect(told.toSorted()).toEqual(["bound done", "conflict open"]);
  }, PATIENCE);
  const [customer] = await kit.stores.customers.findByKeys(1, ["added"]);
  expect(customer?.identities.external_userid).toBe("wm-added");
  expect((await json(`/api/desk/customers/${customer?.id}/staff`)).items).toMatchObject([{ name: "张三" }]);
});

describe("from the message to the rating", () => {
  test("each step follows from the one before", async () => {
    const said = await writes("o-binds", "净水器漏水了", {}, 3);
    const [, ticket = ""] = /工单 #(\d+)/.exec(said) ?? [];
    const { assignee_id: assignee } = await json(`/api/tickets/${ticket}`);
    const { wecom_user_id: userid } = await json(`/api/desk/staff/${assignee}`);
    await vi.waitFor(() => expect(messagesTo(String(userid)).join()).toContain(`#${ticket}：净水器漏水了`), PATIENCE);
    await memberWrites(String(userid), `#问题已解决${ticket}号 换了密封圈`, `#${ticket} 已解决`, 3);
    await vi.waitFor(() => expect(JSON.stringify(account.sent)).toContain("密封圈"), PATIENCE);
    expect(await writes("o-binds", "5分，师傅很好", {}, 3)).toContain("感谢");
    expect(await json(`/api/tickets/${ticket}`)).toMatchObject({
      state: "confirmed",
      rating: 5,
      rating_comment: "师傅很好",
    });
    const { items } = await json("/api/wechat/sessions?entrance=official_account&limit=200");
    const own = items.find(({ ticket_id }) => String(ticket_id) === ticket);
    const talk = await json(`/api/wechat/sessions/${own?.id}`);
    const sequences = talk.items.map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  });

  test("what is not solved is opened again", async () => {
    await writes("o-unhappy", "洗碗机不转了");
    const [opened] = (await json("/api/ai/router/decisions?limit=1")).items;
    await post(`/api/tickets/${opened?.ticket_id}/solve`, {
      version: (await json(`/api/tickets/${opened?.ticket_id}`)).version,
      note: "已远程处理",
    });
    await vi.waitFor(() => expect(JSON.stringify(account.sent)).toContain("远程处理"), PATIENCE);
    expect(await writes("o-unhappy", "未解决")).toContain("重新");
    expect((await json(`/api/tickets/${opened?.ticket_id}`)).state).toMatch(/assigned|queued/);
  });

  test("somebody of the desk answers in the conversation", async () => {
    const { items } = await json("/api/wechat/sessions?entrance=official_account&limit=200");
    const session = items.find(({ address }) => String(address).endsWith("0000"));
    await post(`/api/wechat/sessions/${session?.id}/reply`, { text: "师傅明早九点到" }, 201);
    await vi.waitFor(() => expect(JSON.stringify(account.sent)).toContain("明早九点"), PATIENCE);
  });
});

describe("callbacks that are not the platform's", () => {
  test.each([
    [
      "forged",
      () =>
        outgoingCallbacks({
          ...ACCOUNT,
          token: "forged",
          from: "official-account",
          to: `${server.url}${PATH}`,
        }).request({ FromUserName: "o-x", MsgType: "text", Content: "退订", MsgId: id() }),
    ],
    [
      "of another account",
      () =>
        outgoingCallbacks({
          ...ACCOUNT,
          receiveId: "wx-other",
          from: "official-account",
          to: `${server.url}${PATH}`,
        }).request({ FromUserName: "o-x", MsgType: "text", Content: "退订", MsgId: id() }),
    ],
    [
      "plain in secure mode",
      () =>
        outgoingCallbacks({ ...ACCOUNT, from: "official-account-plain", to: `${server.url}${PATH}` }).request({
          FromUserName: "o-x",
          MsgType: "text",
          Content: "退订",
          MsgId: id(),
        }),
    ],
    [
      "with a DOCTYPE",
      () =>
        follower.request(
          `<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>o-x</FromUserName><MsgType>text</MsgType><Content>&a;</Content></xml>`,
        ),
    ],
    [
      "of more than 64 KB",
      () => new Request(follower.request({ FromUserName: "o-x" }).url, { method: "POST", body: "x".repeat(70_000) }),
    ],
    [
      "to an address that is not there",
      () => new Request(`${server.url}/api/callbacks/official-account/nobody`, { method: "POST", body: "x" }),
    ],
  ])("%s are refused with the same 403, and have no effect", async (_, request) => {
    const before = await counted();
    const response = await fetch(request());
    const { code } = (await response.json()) as { code: string };
    expect([response.status, code]).toEqual([403, "callback.refused"]);
    expect(await counted()).toEqual(before);
  });

  test("stale ones too", async () => {
    const clock = { ...server.context.clock, now: () => Date.now() - 3_600_000 };
    const stale = outgoingCallbacks({ ...ACCOUNT, from: "official-account", to: `${server.url}${PATH}`, clock });
    expect(
      (await fetch(stale.request({ FromUserName: "o-x", MsgType: "text", Content: "退订", MsgId: id() }))).status,
    ).toBe(403);
  });
});
