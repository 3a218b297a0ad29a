// The whole way of a customer's message through a server of its own process, with a published package on the platform's side.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOfficialAccountSimulator } from "@recallkit/wecom/official-account/simulator";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { engines } from "../testing/engines.js";
import { SHORT_TIMINGS, startServerProcess } from "./sending-shop.js";

/** What `wechat-crypto` 0.0.2 gives; it comes without types. */
interface PlatformCrypto {
  encrypt(message: string): string;
  getSignature(timestamp: string, nonce: string, encrypted: string): string;
  decrypt(encrypted: string): { readonly message: string; readonly id: string };
}
const require = createRequire(import.meta.url);
const WXBizMsgCrypt: new (token: string, aesKey: string, id: string) => PlatformCrypto = require("wechat-crypto");

const AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OPENID = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc";
const WAIT = { timeout: 60_000, interval: 100 };
let told = 0;

/** The platform as the published package plays it: each message is told three times, as when answers are lost. */
function platform(url: string, token: string, id: string) {
  const crypto = new WXBizMsgCrypt(token, AES_KEY, id);
  return async (fields: Readonly<Record<string, string>>) => {
    const now = Math.floor(Date.now() / 1000);
    const type = "Event" in fields ? { MsgType: "event" } : { MsgType: "text", MsgId: String(9_000_000_000 + ++told) };
    const parts = { ToUserName: id, CreateTime: String(now), ...type, ...fields };
    const xml = `<xml>${Object.entries(parts)
      .map(([name, text]) => `<${name}><![CDATA[${text}]]></${name}>`)
      .join("")}</xml>`;
    const replies: string[] = [];
    for (let copy = 0; copy < 3; copy += 1) {
      const [timestamp, nonce, encrypted] = [String(now), randomUUID().slice(0, 8), crypto.encrypt(xml)];
      const query = new URLSearchParams({
        timestamp,
        nonce,
        msg_signature: crypto.getSignature(timestamp, nonce, encrypted),
      });
      const response = await fetch(`${url}?${query}`, {
        method: "POST",
        body: `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
      });
      expect(response.status).toBe(200);
      const [, sealed] = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(await response.text()) ?? [];
      const reply = sealed === undefined ? "" : crypto.decrypt(sealed).message;
      replies.push(/<Content><!\[CDATA\[(.*?)\]\]>/s.exec(reply)?.[1] ?? "");
    }
    // Told again, the same is answered.
    expect(new Set(replies).size).toBe(1);
    return replies[0] ?? "";
  };
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    "message, router, ticket, dispatch, command, rating and report, each told three times",
    { timeout: 120_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-desk-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const wecom = await startWecomSimulator({
        customers: [],
        corps: [{ corpId: "ww-desk", secret: "wecom-secret", agentId: 1_000_002, staff: ["zhangsan"] }],
        kfAccounts: ["wkShop"],
      });
      onTestFinished(() => wecom.close());
      const account = await startOfficialAccountSimulator({
        appId: "wx-desk",
        secret: "account-secret",
        followers: [OPENID],
      });
      onTestFinished(() => account.close());
      const server = await startServerProcess({
        ...{
          PORT: "0",
          DATA_DIR: folder,
          DATABASE_URL: await engine.newUrl(folder),
          SAMPLE_DATA: "off",
          SIMULATORS: "off",
        },
        ...{
          SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
          BOOTSTRAP_USERNAME: "desk",
          BOOTSTRAP_PASSWORD: "correct horse 7",
        },
        ...{
          WECOM_CORP_ID: "ww-desk",
          WECOM_SECRET: "wecom-secret",
          WECOM_AGENT_ID: "1000002",
          WECOM_BASE_URL: wecom.url,
        },
        ...{ WECOM_CALLBACK_TOKEN: "wecomToken", WECOM_CALLBACK_AES_KEY: AES_KEY },
        ...{ OFFICIAL_ACCOUNT_APP_ID: "wx-desk", OFFICIAL_ACCOUNT_SECRET: "account-secret" },
        ...{ OFFICIAL_ACCOUNT_BASE_URL: account.url, OFFICIAL_ACCOUNT_CALLBACK_TOKEN: "accountToken" },
        ...{ OFFICIAL_ACCOUNT_CALLBACK_AES_KEY: AES_KEY, RATE_LIMITS: "off" },
        ...SHORT_TIMINGS,
      });
      const call = async (method: string, path: string, body?: unknown, token = "") => {
        const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
        const answer = await fetch(server.url + path, {
          method,
          headers,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        expect([path, answer.status < 300, text]).toEqual([path, true, text]);
        return JSON.parse(text) as Record<string, unknown>;
      };
      const { token } = (await call("POST", "/login", { username: "desk", password: "correct horse 7" })) as {
        token: string;
      };
      const get = (path: string) => call("GET", path, undefined, token);
      const post = (path: string, body: unknown) => call("POST", path, body, token);
      const day = [{ from: "00:00", to: "24:00" }];
      const hours = Object.fromEntries(["1", "2", "3", "4", "5", "6", "7"].map((weekday) => [weekday, day]));
      await call("PUT", "/api/desk/settings", { hours }, token);
      await post("/api/desk/staff", { name: "张三", wecom_user_id: "zhangsan", role: "staff", presence: "online" });

      const follower = platform(`${server.url}/api/callbacks/official-account/default`, "accountToken", "wx-desk");
      const member = platform(`${server.url}/api/wechat/work-message`, "wecomToken", "ww-desk");
      const writes = (Content: string) => {
        account.write(OPENID, Content);
        return follower({ FromUserName: OPENID, Content });
      };

      const said = await writes("净水器漏水了");
      const [, ticket = ""] = /工单 #(\d+)，由张三跟进/.exec(said) ?? [];
      expect([said, ticket !== ""]).toEqual([said, true]);
      expect((await get("/api/tickets")).total).toBe(1);
      const toStaff = () => wecom.ledger.staffMessages.map(({ text }) => String(text));
      await vi.waitFor(() => expect(toStaff().join()).toContain(`新工单 #${ticket}`), WAIT);
      await member({ FromUserName: "zhangsan", AgentID: "1000002", Content: `＃问题已解决 ${ticket} 换了密封圈` });
      await vi.waitFor(() => expect(toStaff().join()).toContain(`#${ticket} 已解决`), WAIT);
      await vi.waitFor(() => expect(JSON.stringify(account.sent)).toContain("换了密封圈"), WAIT);
      expect(await writes("5 分 师傅很好")).toContain("感谢");
      expect(await get(`/api/tickets/${ticket}`)).toMatchObject({ state: "confirmed", rating: 5 });

      // Nothing was done twice.
      expect(toStaff().filter((text) => text.includes(`#${ticket} 已解决`))).toHaveLength(1);
      expect(account.sent.filter((message) => JSON.stringify(message).includes("换了密封圈"))).toHaveLength(1);
      const events = (await get(`/api/tickets/${ticket}/events`)).items as { kind: string }[];
      expect(events.filter(({ kind }) => ["solved", "rated", "opened"].includes(kind))).toHaveLength(3);
      expect(JSON.stringify(await get("/api/admin/reports/satisfaction"))).toContain("5");

      // The other entrance: a customer of 微信客服, whose news are told three times and fetched once.
      const told: Record<string, string>[] = [];
      wecom.control.onEvent((event) =>
        told.push(Object.fromEntries(Object.entries(event).map(([name, value]) => [name, String(value)]))),
      );
      const toCustomer = () => wecom.ledger.kfMessages("wkShop").map(({ text }) => text);
      const customerWrites = async (text: string, expected: RegExp) => {
        wecom.control.customerWrites("wkShop", "wm-customer", text);
        for (const event of told.splice(0)) await member(event);
        await vi.waitFor(() => expect(toCustomer().join()).toMatch(expected), WAIT);
      };
      await customerWrites("洗碗机不转了", /工单 #\d+，由张三跟进/);
      const [, other = ""] = /工单 #(\d+)，由张三跟进/.exec(toCustomer().join()) ?? [];
      await vi.waitFor(() => expect(toStaff().join()).toContain(`新工单 #${other}`), WAIT);
      await member({ FromUserName: "zhangsan", AgentID: "1000002", Content: `#问题已解决 ${other} 换了保险丝` });
      await vi.waitFor(() => expect(toCustomer().join()).toContain("换了保险丝"), WAIT);
      await customerWrites("4分", /感谢/);
      expect(await get(`/api/tickets/${other}`)).toMatchObject({ state: "confirmed", rating: 4 });
      expect((await get("/api/tickets")).total).toBe(2);
      expect(toCustomer()).toHaveLength(3);
      expect(toStaff().filter((text) => text.includes(`#${other} 已解决`))).toHaveLength(1);
    },
  );
});
