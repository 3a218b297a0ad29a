import { outgoingCallbacks, startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "../../testing/command-line.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const PATIENCE = { timeout: 60_000, interval: 50 };
const SECRETS = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "ww-simulator",
};

let simulator: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await startWecomSimulator({
    customers: [],
    corps: [
      { corpId: SECRETS.receiveId, secret: "simulator-secret", staff: ["zhangsan"] },
      { corpId: "ww-second", secret: "second-secret", staff: ["zhangsan"] },
    ],
  });
  server = await startTestServer({
    WECOM_CORP_ID: SECRETS.receiveId,
    WECOM_SECRET: "simulator-secret",
    WECOM_BASE_URL: simulator.url,
    WECOM_CALLBACK_TOKEN: SECRETS.token,
    WECOM_CALLBACK_AES_KEY: SECRETS.encodingAesKey,
  });
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

const providerAt = (path: string, secrets = SECRETS) => outgoingCallbacks({ ...secrets, to: server.url + path });
/** Nobody has these as a contact, so that WeCom says the same as the event. */
const deleted = (ExternalUserID: string) =>
  ({ Event: "change_external_contact", ChangeType: "del_follow_user", UserID: "zhangsan", ExternalUserID }) as const;
const events = async () =>
  ((await server.get("/api/ops/callbacks?provider=wecom&limit=200")).json as { items: Record<string, unknown>[] })
    .items;

test("the address is verified, at both paths", async () => {
  expect(await providerAt("/api/callbacks/wecom/default").verify()).toBe(true);
  expect(await providerAt("/api/wechat/work-message").verify()).toBe(true);
  expect(await providerAt("/api/callbacks/WeCom/default/").verify()).toBe(true);
});

test("events are answered at once, listed once each, and have their effect", async () => {
  const provider = providerAt("/api/callbacks/wecom/default");
  await server.context.kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
  const end = simulator.control.onEvent((event) => provider.tell(event));
  const corpId = SECRETS.receiveId;
  for (const externalUserid of ["wm_listed", "wm_new"]) {
    simulator.control.addCustomer({ externalUserid, userid: "zhangsan", corpId });
  }
  simulator.control.customerDeletes("zhangsan", "wm_listed", corpId);
  simulator.control.employeeEdits("zhangsan", "wm_new", { remarkMobiles: ["138-0013-8000"] }, corpId);
  end();
  provider.tell({ MsgType: "text", FromUserName: "zhangsan", MsgId: "4561255354251345929", Content: "在吗" });
  provider.tell({ Event: "change_external_tag", ChangeType: "delete", Id: "et1", TagType: "tag" });
  provider.tell({ Event: "open_approval_change" });
  const records = await provider.deliver({ copies: 2, order: "shuffled" });
  expect(records.flatMap(({ answers }) => answers)).toEqual(Array.from({ length: 14 }, () => 200));
  const listed = async () =>
    (await events())
      .map(({ kind, reference, outcome }) => [kind, reference, String(outcome).replace("known", "bound")].join(" "))
      .toSorted();
  await vi.waitFor(async () => {
    expect(await listed()).toEqual([
      "add_external_contact zhangsan friend: bound",
      "add_external_contact zhangsan not_a_friend",
      "del_follow_user zhangsan not_a_friend",
      "edit_external_contact zhangsan friend: bound",
      "open_approval_change  kept",
      "tag_delete et1 kept",
      "text 4561255354251345929 kept",
    ]);
  }, PATIENCE);
  const [customer] = await server.context.kit.stores.customers.findByKeys(1, ["c1"]);
  expect(customer?.identities.external_userid).toBe("wm_new");
  const { items } = await server.context.kit.suppressions.list({ channel: "wecom" });
  expect(items.map(({ address, reason }) => [address, reason])).toEqual([["wm_listed", "not_a_friend"]]);
});

test("the same event at both paths is one event", async () => {
  const first = providerAt("/api/callbacks/wecom/default");
  const before = (await events()).length;
  first.tell(deleted("wm_both"));
  const [record] = await first.deliver();
  const second = providerAt("/api/wechat/work-message").request(record?.message ?? "");
  expect((await fetch(second)).status).toBe(200);
  expect((await events()).length).toBe(before + 1);
});

test.each([
  ["a forged one", "default", { ...SECRETS, token: "forged" }],
  ["one under another key", "default", { ...SECRETS, encodingAesKey: "a".repeat(43) }],
  ["one of another corp", "default", { ...SECRETS, receiveId: "ww-other" }],
  ["one for an account that is not there", "nobody", SECRETS],
  ["one for a key that was guessed", `1-${"0".repeat(32)}`, SECRETS],
])("%s is refused as all are, and has no effect", async (_what, key, secrets) => {
  const before = (await events()).length;
  const provider = providerAt(`/api/callbacks/wecom/${key}`, secrets);
  expect(await refusalOf(provider.request(deleted("wm_forged")))).toEqual(REFUSAL);
  expect(await refusalOf(new Request(`${provider.request(deleted("x")).url}&echostr=abc`))).toEqual(REFUSAL);
  expect((await events()).length).toBe(before);
});

test.each([
  ["nothing", ""],
  ["no XML", "hello"],
  ["more than 64 KB", "x".repeat(70_000)],
])("%s is refused in the same way", async (_what, body) => {
  const { url } = providerAt("/api/callbacks/wecom/default").request(deleted("x"));
  expect(await refusalOf(new Request(url, { method: "POST", body }))).toEqual(REFUSAL);
  expect(await refusalOf(new Request(`${server.url}/api/wechat/work-message`, { method: "POST", body }))).toEqual(
    REFUSAL,
  );
});

const REFUSAL = { status: 403, code: "callback.refused", detail: "回调被拒绝" };

async function refusalOf(request: Request) {
  const response = await fetch(request);
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  return { status: response.status, code, detail };
}

test("another tenant has an address and secrets of its own, made of the server's key", async () => {
  const { id } = (await server.post("/api/tenants", { name: "二店" })).json as { id: number };
  const account = await server.call("PUT", `/api/tenants/${id}/channel-accounts/wecom`, {
    body: { corp_id: "ww-second", secret: "second-secret" },
  });
  expect(account.status).toBe(200);
  const shown = await runCommand(["wecom-callbacks", "--tenant", String(id), "--json"], {
    DATA_DIR: server.dataDir,
    DATABASE_URL: `sqlite:${server.dataDir}/recallkit.db`,
  });
  const { path, token, encoding_aes_key: encodingAesKey } = shown.answer as Record<string, string>;
  const secrets = { token: token ?? "", encodingAesKey: encodingAesKey ?? "", receiveId: "ww-second" };
  const provider = providerAt(path ?? "", secrets);
  expect(await provider.verify()).toBe(true);
  provider.tell(deleted("wm_second"));
  await provider.deliver();
  const kit = server.context.kit.forTenant(id);
  await vi.waitFor(async () => {
    expect((await kit.suppressions.list()).items).toMatchObject([{ address: "wm_second", reason: "not_a_friend" }]);
  }, PATIENCE);
  expect((await events()).some(({ reference }) => reference === "wm_second")).toBe(false);
});

test("the command shows what the environment says for the first tenant", async () => {
  const shown = await runCommand(["wecom-callbacks"], {
    DATA_DIR: server.dataDir,
    DATABASE_URL: `sqlite:${server.dataDir}/recallkit.db`,
    WECOM_CALLBACK_TOKEN: SECRETS.token,
    WECOM_CALLBACK_AES_KEY: SECRETS.encodingAesKey,
  });
  expect(shown.stdout).toContain("/api/callbacks/wecom/default");
  expect(shown.stdout).toContain(SECRETS.token);
});

test("callbacks of SMS have their own routes beside it", async () => {
  const response = await fetch(`${server.url}/api/callbacks/yunpian/default`, { method: "POST", body: "x" });
  expect(response.status).toBe(403);
  expect((await fetch(`${server.url}/api/callbacks/yunpian/default`)).status).toBe(405);
});
