import {
  type OutgoingCallbacks,
  outgoingCallbacks,
  startWecomSimulator,
  type WecomSimulator,
} from "@recallkit/wecom/simulator";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";
import { noteNews, takeAccount } from "./accounts.js";
import { syncAccount } from "./sync-account.js";

const PATIENCE = { timeout: 60_000, interval: 50 };
const SECRETS = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "ww-kf",
};
const SHOP = "wkShop";

let wecom: WecomSimulator;
let server: TestServer;
let platform: OutgoingCallbacks;

beforeAll(async () => {
  wecom = await startWecomSimulator({
    customers: [{ externalUserid: "wm-known", unionid: "u-known" }],
    corps: [{ corpId: SECRETS.receiveId, secret: "wecom-secret", agentId: 1_000_002, staff: ["zhangsan"] }],
    kfAccounts: [SHOP, "wkRepair"],
  });
  server = await startTestServer({
    WECOM_CORP_ID: SECRETS.receiveId,
    WECOM_SECRET: "wecom-secret",
    WECOM_AGENT_ID: "1000002",
    WECOM_BASE_URL: wecom.url,
    WECOM_CALLBACK_TOKEN: SECRETS.token,
    WECOM_CALLBACK_AES_KEY: SECRETS.encodingAesKey,
  });
  platform = outgoingCallbacks({ ...SECRETS, to: `${server.url}/api/wechat/work-message` });
  wecom.control.onEvent((event) => platform.tell(event));
});
afterAll(async () => {
  await server?.close();
  await wecom?.close();
});

const sentTo = (externalUserid: string, account = SHOP) =>
  wecom.ledger.kfMessages(account).filter((message) => message.externalUserid === externalUserid);
const json = async (path: string) =>
  (await server.get(path)).json as Record<string, unknown> & { items: Record<string, unknown>[] };
/** A conversation of a customer; undefined: there is none. */
async function sessionOf(externalUserid: string) {
  const { rows } = await sql<{ id: number; customer_id: number | null; ticket_id: number | null }>`
    select id, customer_id, ticket_id from rk_wechat_sessions
    where address = ${externalUserid}`.execute(server.context.stores.sql);
  return rows[0];
}
async function talk(externalUserid: string) {
  const session = await sessionOf(externalUserid);
  return session ? (await json(`/api/wechat/sessions/${session.id}`)).items : [];
}
/** A customer writes, and WeCom tells it so many times. */
async function writes(externalUserid: string, text: string, { copies = 1, account = SHOP } = {}) {
  const before = sentTo(externalUserid, account).length;
  wecom.control.customerWrites(account, externalUserid, text);
  await platform.deliver({ copies });
  await vi.waitFor(() => expect(sentTo(externalUserid, account).length).toBeGreaterThan(before), PATIENCE);
  return sentTo(externalUserid, account).at(-1)?.text ?? "";
}
const reply = async (externalUserid: string, text: string) =>
  server.post(`/api/wechat/sessions/${(await sessionOf(externalUserid))?.id}/reply`, { text });

test("what a customer writes is kept once and in its order, and answered once, however often it is told", async () => {
  expect(await writes("wm-one", "你好", { copies: 3 })).toContain("您好");
  expect(await writes("wm-one", "净水器漏水了", { copies: 3 })).toMatch(/工单 #\d+/);
  const items = await talk("wm-one");
  expect(items.map(({ direction, text }) => [direction, direction === "in" ? text : ""])).toEqual([
    ["in", "你好"],
    ["out", ""],
    ["in", "净水器漏水了"],
    ["out", ""],
  ]);
  expect(sentTo("wm-one")).toHaveLength(2);
  expect((await json("/api/tickets")).total).toBe(1);
  // Read once: the cursor is kept, and what was told again found nothing new.
  const { rows } = await sql<{ news: number; seen: number; sync_cursor: string }>`
    select news, seen, sync_cursor from rk_kf_accounts`.execute(server.context.stores.sql);
  expect(rows).toMatchObject([{ news: 2, seen: 2, sync_cursor: expect.stringMatching(/^2_/) }]);
});

test("a picture is told to be none that can be read; words of a member and withdrawn ones stand in the conversation", async () => {
  wecom.control.tellsKf(SHOP, {
    ...{ origin: 3, externalUserid: "wm-two", msgtype: "image" },
    fields: { image: { media_id: "m" } },
  });
  await platform.deliver();
  await vi.waitFor(() => expect(sentTo("wm-two").at(-1)?.text).toContain("文字"), PATIENCE);
  const msgid = wecom.control.tellsKf(SHOP, {
    ...{ origin: 3, externalUserid: "wm-two", msgtype: "voice" },
    fields: { voice: { media_id: "v" } },
  });
  wecom.control.tellsKf(SHOP, {
    ...{ origin: 5, externalUserid: "wm-two", msgtype: "text" },
    fields: { servicer_userid: "zhangsan", text: { content: "我来看看" } },
  });
  wecom.control.tellsKf(SHOP, {
    ...{ origin: 4, externalUserid: "", msgtype: "event" },
    fields: {
      event: { event_type: "user_recall_msg", open_kfid: SHOP, external_userid: "wm-two", recall_msgid: msgid },
    },
  });
  await platform.deliver({ order: "shuffled", copies: 2 });
  const told = async () =>
    (await talk("wm-two")).map(({ author, kind, direction }) => [direction, author, kind].join(" "));
  await vi.waitFor(async () => {
    expect(await told()).toContain("out member:zhangsan text");
    expect(await told()).toContain("in customer withdrawn");
  }, PATIENCE);
});

test("somebody of the desk may answer five times within 48 hours, and is told so after that", async () => {
  await writes("wm-three", "你好");
  for (const text of ["一", "二", "三", "四"]) expect((await reply("wm-three", text)).status).toBe(201);
  const over = await reply("wm-three", "五");
  expect([over.status, (over.json as { code: string }).code]).toEqual([409, "wechat-session.window-over"]);
  await vi.waitFor(() => expect(sentTo("wm-three")).toHaveLength(5), PATIENCE);
  await writes("wm-three", "谢谢");
  expect((await reply("wm-three", "不客气")).status).toBe(201);
});

test("whoever writes to another account is answered there, in the one conversation", async () => {
  await writes("wm-four", "你好");
  await writes("wm-four", "你好", { account: "wkRepair" });
  expect((await reply("wm-four", "请问要修什么")).status).toBe(201);
  await vi.waitFor(
    () => expect(sentTo("wm-four", "wkRepair").map(({ text }) => text)).toContain("请问要修什么"),
    PATIENCE,
  );
  expect((await talk("wm-four")).filter(({ direction }) => direction === "in")).toHaveLength(2);
});

test("who is known by their unionid is bound before they are answered; others bind by a code", async () => {
  const { customers } = server.context.kit;
  await customers.upsert([{ externalKey: "k1", name: "王女士", unionid: "u-known", mobile: "+8613800138000" }]);
  await writes("wm-known", "你好");
  const [customer] = await server.context.kit.stores.customers.findByKeys(1, ["k1"]);
  expect(customer?.identities.external_userid).toBe("wm-known");
  expect((await sessionOf("wm-known"))?.customer_id).toBe(customer?.id);
  expect((await json("/api/wechat/bindings?limit=1")).items).toMatchObject([{ action: "bound", source: "kf_unionid" }]);
  expect(await writes("wm-stranger", "我的订单进度")).toContain("绑定");
  expect(await writes("wm-stranger", "绑定 13911112222")).toContain("验证码");
});

test("what did not arrive after all is seen at the message", async () => {
  await writes("wm-five", "你好");
  const sent = sentTo("wm-five")[0];
  wecom.control.tellsKf(SHOP, {
    ...{ origin: 4, msgtype: "event" },
    fields: {
      event: {
        event_type: "msg_send_fail",
        open_kfid: SHOP,
        external_userid: "wm-five",
        fail_msgid: sent?.msgid,
        fail_type: 10,
      },
    },
  });
  await platform.deliver({ copies: 3 });
  const stateOf = async () => {
    const out = (await talk("wm-five")).find(({ direction }) => direction === "out");
    const message = await server.context.kit.messages.get(Number(out?.message_id));
    return [message?.state, message?.reason];
  };
  await vi.waitFor(async () => expect(await stateOf()).toEqual(["not_delivered", "customer_refused"]), PATIENCE);
});

test("a cursor that WeCom does not know any more, and a token that is over, cost nothing and repeat nothing", async () => {
  await writes("wm-six", "你好");
  const before = wecom.ledger.kfMessages(SHOP).length;
  const { stores } = server.context;
  await sql`update rk_kf_accounts set sync_cursor = 'gone_x' where open_kfid = ${SHOP}`.execute(stores.sql);
  const key = { tenantId: 1, openKfid: SHOP };
  await noteNews(stores, key, { token: "never-told", now: server.context.clock.now() });
  expect(await syncAccount(server.context, key)).toBeGreaterThan(0);
  const { rows } = await sql`select news - seen as n from rk_kf_accounts where open_kfid = ${SHOP}`.execute(stores.sql);
  expect(rows).toEqual([{ n: 0 }]);
  expect(wecom.ledger.kfMessages(SHOP)).toHaveLength(before);
});

test("one process at a time fetches an account; who lost the right writes nothing", async () => {
  const { stores, clock } = server.context;
  const key = { tenantId: 1, openKfid: "wkRepair" };
  const first = await takeAccount(stores, key, { clock: { now: () => clock.now() - 3_600_000 }, leaseMs: 1000 });
  const second = await takeAccount(stores, key, { clock, leaseMs: 60_000 });
  expect(await takeAccount(stores, key, { clock, leaseMs: 60_000 })).toBeUndefined();
  expect(await first?.write(stores, { sync_cursor: "stale" })).toBe(false);
  expect(await second?.write(stores, { attempts: 0 })).toBe(true);
  await second?.release(undefined);
  expect(
    await sql`select sync_cursor from rk_kf_accounts where sync_cursor = 'stale'`.execute(stores.sql),
  ).toMatchObject({
    rows: [],
  });
});
