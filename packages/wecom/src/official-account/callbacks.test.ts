import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { outgoingCallbacks } from "../simulator/outgoing-callbacks.js";
import { createOfficialAccountHandler, type OfficialAccountHandlerOptions } from "./callbacks.js";
import type { OfficialAccountCallback } from "./events.js";

const ACCOUNT = {
  token: "pamtest",
  encodingAesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
  appId: "wxb11529c136998cb6",
};
const MODES = [
  ["secure", "official-account"],
  ["plain", "official-account-plain"],
] as const;

function openAccount(mode: "secure" | "plain", options: Partial<OfficialAccountHandlerOptions> = {}) {
  const clock = virtualClock(Date.UTC(2026, 4, 20, 2));
  const random = seededRandom(5);
  const events: OfficialAccountCallback[] = [];
  const handler = createOfficialAccountHandler({
    ...ACCOUNT,
    mode,
    clock,
    random,
    onEvent: async (event) => void events.push(event),
    ...options,
  });
  const from = mode === "secure" ? "official-account" : "official-account-plain";
  const provider = outgoingCallbacks({ ...ACCOUNT, receiveId: ACCOUNT.appId, from, to: handler, clock, random });
  return { clock, events, handler, provider };
}

const OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M";

test.each(MODES)("in %s mode the address is verified, and events are told once each", async (mode) => {
  const { provider, events } = openAccount(mode);
  expect(await provider.verify()).toBe(true);
  provider.tell({ FromUserName: OPENID, Event: "subscribe", EventKey: "qrscene_spring", Ticket: "T" });
  provider.tell({ FromUserName: OPENID, Event: "CLICK", EventKey: "menu-1" });
  provider.tell({ FromUserName: OPENID, Event: "unsubscribe" });
  provider.tell({ FromUserName: OPENID, MsgType: "shortvideo", MediaId: "m", ThumbMediaId: "t", MsgId: "5" });
  provider.tell({ FromUserName: OPENID, Event: "LOCATION", Latitude: "23.1" });
  const job = { FromUserName: OPENID, MsgID: "200163836" };
  provider.tell({ ...job, Event: "TEMPLATESENDJOBFINISH", Status: "failed: system failed" });
  const counts = { TotalCount: 100, FilterCount: 80, SentCount: 75, ErrorCount: 5 };
  provider.tell({ ...job, Event: "MASSSENDJOBFINISH", Status: "send success", ...counts });
  await provider.deliver({ copies: 2 });
  expect(events).toMatchObject([
    { kind: "subscribe", sceneKey: "spring", ticket: "T", fromUserName: OPENID },
    { kind: "click", eventKey: "menu-1" },
    { kind: "unsubscribe" },
    { kind: "video", mediaId: "m", messageId: "5" },
    { kind: "other", event: "LOCATION", fields: { Latitude: "23.1" } },
    { kind: "template_sent", messageId: "200163836", isDelivered: false, reason: "system failed" },
    { kind: "mass_sent", messageId: "200163836", total: 100, filtered: 80, sent: 75, failed: 5 },
  ]);
});

test.each(MODES)("in %s mode a reply comes back, in that mode", async (mode) => {
  const { provider } = openAccount(mode, {
    onEvent: async (_event, { reply }) => reply({ kind: "music", title: "喵", thumbMediaId: "t" }),
  });
  provider.tell({ FromUserName: OPENID, MsgType: "text", Content: "歌", MsgId: "1" });
  await provider.deliver();
  expect(provider.lastReply).toContain(`<ToUserName><![CDATA[${OPENID}]]></ToUserName>`);
  expect(provider.lastReply).toContain("<Music><Title><![CDATA[喵]]></Title>");
});

test("a plain message is refused in secure mode, and an encrypted one of another account", async () => {
  const { handler, events, clock } = openAccount("secure");
  const plain = outgoingCallbacks({
    ...ACCOUNT,
    receiveId: ACCOUNT.appId,
    from: "official-account-plain",
    to: handler,
    clock,
  });
  const other = outgoingCallbacks({ ...ACCOUNT, receiveId: "wx-other", from: "official-account", to: handler, clock });
  for (const provider of [plain, other]) {
    const response = await handler(provider.request({ FromUserName: OPENID, Event: "subscribe" }));
    expect([response.status, await response.text()]).toEqual([403, "refused"]);
  }
  expect(events).toEqual([]);
});

test("a forged, stale or malformed plain message is refused alike", async () => {
  const { handler, events, provider, clock } = openAccount("plain");
  const good = provider.request({ FromUserName: OPENID, Event: "subscribe" });
  const forged = new URL(good.url);
  forged.searchParams.set("signature", "0".repeat(40));
  const requests = [
    new Request(forged, { method: "POST", body: await good.clone().text() }),
    new Request(good.url, { method: "POST", body: "<!DOCTYPE xml><xml></xml>" }),
    new Request(good.url, { method: "POST", body: "" }),
  ];
  for (const request of requests) expect((await handler(request)).status).toBe(403);
  await clock.advance(301_000);
  expect((await handler(good)).status).toBe(403);
  expect(events).toEqual([]);
});

test("secure mode needs its key", () => {
  const { token, appId } = ACCOUNT;
  const options = { token, appId, onEvent: async () => {} };
  expect(() => createOfficialAccountHandler(options)).toThrow(/encodingAesKey/);
  expect(() => createOfficialAccountHandler({ ...options, mode: "plain" })).not.toThrow();
});
