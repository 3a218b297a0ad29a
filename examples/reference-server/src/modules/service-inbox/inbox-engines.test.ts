import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { keyRing } from "@recallkit/core/ports";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations, modules } from "../../app.js";
import { personDataOf } from "../../frame/server-module.js";
import { type Engine, engines } from "../../testing/engines.js";
import { requestCode, tryCode } from "./binding/codes.js";
import { notifyGroup } from "./group-bot/notify.js";
import { type InboxContext, inboxOf } from "./inbox.js";
import { noteNews, takeAccount, waitingAccounts } from "./kf/accounts.js";
import { takeAll } from "./kf/take-page.js";
import { takeRoom } from "./kf/windows.js";
import { addKnowledge, editKnowledge, findKnowledge, removeKnowledge } from "./knowledge/store.js";
import { latestOrders } from "./router/orders.js";
import { mergeSession, mergesOf, partsOf, splitAll } from "./sessions/merges.js";
import { messagesOf, sessionOf, takeMessage } from "./sessions/store.js";
import { workSession } from "./sessions/work.js";
import { inboxSettings, putInboxSettings } from "./settings.js";
import { latestPushes } from "./sidebar/pushes.js";

const NOW = Date.UTC(2026, 0, 1, 2);

async function open({ open: openStores }: Engine) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-inbox-"));
  const clock = virtualClock(NOW);
  // By the time of the machine: what waits for another transaction has to get on.
  const stores = await openStores(folder);
  const transport = undiciTransport();
  onTestFinished(async () => {
    await transport.close();
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await stores.migrate(moduleMigrations);
  const random = seededRandom(7);
  const keys = keyRing({ secretKey: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8", random });
  const personData = personDataOf(modules);
  const kit = createRecallKit({ stores, clock, logger: silentLogger, personData });
  const parts = { kit, stores, clock, random, keys, logger: silentLogger, transport };
  // What is left out is asked for by other work.
  const context = parts as unknown as InboxContext;
  return { clock, stores, kit, inbox: await inboxOf(context, 1) };
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;
  const who = { actor: "user:1", at: NOW };
  // Servers that others work on at the same time take theirs.
  const patience = { timeout: 90_000 };

  run("knowledge is found by words of two characters, the same on each engine", patience, async () => {
    const { stores, kit } = await open(engine);
    const entry = (question: string, answer: string, keywords = "") => ({ question, answer, keywords, isActive: true });
    const warranty = await addKnowledge(stores, 1, entry("保修期多久？", "整机一年。", "质保"), who);
    const filter = await addKnowledge(stores, 1, entry("净水器滤芯多久换一次？", "六个月。"), who);
    const { id: elsewhere } = await kit.tenants.create({ name: "另一家" });
    await addKnowledge(stores, elsewhere, entry("保修期", "别家的"), who);
    const found = async (text: string) => (await findKnowledge(stores, 1, text)).map(({ id }) => id);
    expect((await found("请问质保多长时间"))[0]).toBe(warranty);
    expect((await found("滤芯啥时候换"))[0]).toBe(filter);
    expect(await found("天气")).toEqual([]);
    expect(await found("%_'")).toEqual([]);
    await editKnowledge(stores, 1, warranty, { ...entry("发票怎么开", "在线开"), version: 1 }, who);
    expect(await found("质保")).toEqual([]);
    await expect(editKnowledge(stores, 1, warranty, { ...entry("a", "b"), version: 1 }, who)).rejects.toMatchObject({
      code: "state.stale-version",
    });
    await removeKnowledge(stores, 1, warranty);
    expect(await found("发票")).toEqual([]);
  });

  run("a code is good for five minutes and five tries; an hour begins anew", patience, async () => {
    const { inbox, kit, clock, stores } = await open(engine);
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const place = (name: string) => ({ entrance: "official_account", address: name }) as const;
    const ask = (name: string) => requestCode(inbox, place(name), "138 0013 8000");
    const code = async () => String((await kit.messages.list({ limit: 1 })).items[0]?.variables.code);
    expect(await ask("o1")).toBe("sent");
    await clock.advance(300_001);
    expect(await tryCode(inbox, place("o1"), await code())).toBe("expired");
    expect(await ask("o1")).toBe("sent");
    // Six at once are five at most.
    const wrong = (await code()) === "000000" ? "000001" : "000000";
    const tries = await Promise.all(Array.from({ length: 6 }, () => tryCode(inbox, place("o1"), wrong)));
    expect(tries.filter((one) => one === "wrong")).toHaveLength(5);
    expect(await tryCode(inbox, place("o1"), await code())).toBe("expired");
    expect([await ask("o2"), await ask("o3")]).toEqual(["sent", "too-many"]);
    await clock.advance(3_600_000);
    expect(await ask("o1")).toBe("sent");
    expect(await tryCode(inbox, place("o1"), await code())).toBe("bound");
    const rows = await stores.sql
      .selectFrom("rk_customers" as never)
      .selectAll()
      .execute();
    expect(rows).toHaveLength(1);
  });

  run("messages of a conversation keep their order though all come at once, each once", patience, async () => {
    const { inbox, stores } = await open(engine);
    const tell = (n: number) =>
      takeMessage(
        stores,
        1,
        {
          ...{ entrance: "wecom_customer", address: "wm-1", kind: "text", body: `转人工${n}`, eventHash: `e${n}` },
          ...{ via: "callback", toldAt: NOW },
        },
        NOW,
      );
    const taken = await Promise.all([...Array(8).keys()].map((n) => tell(n % 4)));
    expect(taken.filter(({ isNew }) => isNew)).toHaveLength(4);
    const sessionId = taken[0]?.sessionId ?? 0;
    await Promise.all([workSession(inbox, sessionId), workSession(inbox, sessionId)]);
    const rows = (await stores.sql
      .selectFrom("rk_wechat_messages" as never)
      .selectAll()
      .execute()) as unknown as readonly { sequence: number; direction: string; state: string }[];
    const sequences = rows.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
    // The first one is handed to a person, who gets the others.
    expect(sequences).toEqual([...rows.keys()].map((n) => n + 1));
    expect(rows.filter(({ direction, state }) => direction === "in" && state === "done")).toHaveLength(4);
    expect(await latestOrders(stores, 1, 1, 3)).toEqual([]);
    expect(await latestPushes(stores, 1, 1, 3)).toEqual([]);
  });

  run(
    "customers of 微信客服 have five answers in 48 hours, and their conversations are one and two again",
    patience,
    async () => {
      const { inbox, stores, kit, clock } = await open(engine);
      await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm-1", openid: "o-1" }]);
      const told = (msgid: string, parts = {}) => {
        const seconds = { send_time: Math.floor(clock.now() / 1000) };
        const facts = {
          open_kfid: "wkShop",
          external_userid: "wm-1",
          origin: 3,
          msgtype: "text",
          servicer_userid: undefined,
        };
        return { msgid, ...facts, ...seconds, text: { content: msgid }, ...parts };
      };
      const take = (messages: readonly ReturnType<typeof told>[]) =>
        stores.transaction(() => takeAll(inbox, "wkShop", messages));
      const news = [
        told("m1"),
        told("m2", { msgtype: "image" }),
        told("m3", { origin: 5, servicer_userid: "zhangsan" }),
      ];
      const both = await Promise.all([take(news), take(news)]);
      const [sessionId = 0] = both.flat();
      expect(new Set(both.flat())).toEqual(new Set([sessionId]));
      const counted = async () => (await messagesOf(stores, 1, [sessionId], { limit: 100 })).length;
      expect(await counted()).toBe(3);
      const rooms = await Promise.all(
        Array.from({ length: 7 }, () => stores.transaction(() => takeRoom(inbox, "wm-1"))),
      );
      expect(rooms.filter(({ kind }) => kind === "room")).toHaveLength(5);
      await take([told("m4")]);
      expect((await takeRoom(inbox, "wm-1")).kind).toBe("room");
      await clock.advance(48 * 3_600_000);
      expect((await takeRoom(inbox, "wm-1")).kind).toBe("over");
      expect((await takeRoom(inbox, "wm-9")).kind).toBe("stranger");

      const key = { tenantId: 1, openKfid: "wkShop" };
      await Promise.all([1, 2].map((n) => noteNews(stores, key, { token: `t${n}`, now: clock.now() })));
      expect(await waitingAccounts(stores, { now: clock.now(), limit: 5 })).toEqual([key]);
      const leases = await Promise.all([1, 2, 3].map(() => takeAccount(stores, key, { clock, leaseMs: 1000 })));
      expect(leases.filter(Boolean)).toHaveLength(1);
      const [lease] = leases.flatMap((one) => one ?? []);
      expect(await lease?.write(stores, { seen: 2, sync_cursor: "c" })).toBe(true);
      await lease?.release(undefined);
      expect(await waitingAccounts(stores, { now: clock.now(), limit: 5 })).toEqual([]);

      const place = { entrance: "official_account", address: "o-1", kind: "text", body: "在吗" } as const;
      const other = await takeMessage(stores, 1, { ...place, eventHash: "o", via: "engine", toldAt: NOW }, NOW);
      await mergeSession(inbox, { id: other.sessionId, into: sessionId }, "user:1");
      const lead = await sessionOf(stores, 1, sessionId);
      if (!lead) throw new Error("it is there");
      const parts = (await partsOf(inbox, lead)).map(({ id }) => id);
      expect(parts).toEqual([sessionId, other.sessionId]);
      expect((await messagesOf(stores, 1, parts, { limit: 100 })).length).toBe((await counted()) + 1);
      expect((await mergesOf(inbox, parts)).leads).toEqual(new Map([[other.sessionId, sessionId]]));
      await splitAll(inbox, sessionId);
      expect(await partsOf(inbox, lead)).toHaveLength(1);
      await kit.customers.erase("c1");
      expect((await takeRoom(inbox, "wm-1")).kind).toBe("stranger");
    },
  );

  run("a group is told once of the same, again when it changes, and once of its end", patience, async () => {
    const { inbox, stores, clock } = await open(engine);
    const key = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";
    const wecom = await startWecomSimulator({ customers: [], clock, bots: [key] });
    onTestFinished(() => wecom.close());
    const bot = JSON.stringify({ key, base_url: wecom.url });
    const { settings } = await inboxSettings(stores, 1);
    const groupBot = inbox.context.keys.seal({ purpose: "group-bot", tenantId: 1 }, bot);
    const missing = { markdown: "x", mentioned: [], key: "k", state: "open", repeatMinutes: 60 } as const;
    await expect(notifyGroup(inbox, missing)).rejects.toMatchObject({ code: "group-bot.missing" });
    await putInboxSettings(stores, 1, { settings, groupBot, version: 0 }, who);
    const notice = { ...missing, markdown: "**积压** 21 张", mentioned: ["zhangsan"], key: "backlog" };
    const tell = async (parts = {}) => (await notifyGroup(inbox, { ...notice, ...parts })).result;
    expect(await tell({ state: "recovered" })).toBe("not-open");
    expect(await Promise.all([tell(), tell(), tell()])).toContain("sent");
    expect(await tell()).toBe("duplicate");
    expect(await tell({ markdown: "**积压** 30 张" })).toBe("sent");
    await clock.advance(61 * 60_000);
    expect(await tell({ markdown: "**积压** 30 张" })).toBe("sent");
    expect([await tell({ state: "recovered" }), await tell({ state: "recovered" })]).toEqual(["sent", "not-open"]);
    const texts = JSON.stringify(wecom.ledger.botMessages(key));
    expect(texts).toContain("<@zhangsan>");
    for (let n = 0; n < 20; n += 1) await tell({ key: `many-${n}` });
    expect(await tell({ key: "one-more" })).toBe("rate-limited");
  });
});
