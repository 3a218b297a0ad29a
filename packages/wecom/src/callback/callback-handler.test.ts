import { expect, test } from "vitest";
import { createCallbackHandler } from "./callback-handler.js";
import { memoryDedupe } from "./dedupe.js";
import { ACCOUNT, ADDED, openAccount } from "./testing/account.js";

test("answers the console's question with the decrypted text and nothing else", async () => {
  const { provider } = openAccount();
  expect(await provider.verify()).toBe(true);
});

test("tells an event and answers 200 with an empty body", async () => {
  const { provider, events } = openAccount();
  provider.tell({ ...ADDED, State: "spring" });
  expect((await provider.deliver()).map(({ answers }) => answers)).toEqual([[200]]);
  expect(events).toMatchObject([{ kind: "add_external_contact", externalUserId: "wm-mimi", state: "spring" }]);
});

test("tells an event once, however often and in whatever order it comes", async () => {
  const { provider, events } = openAccount();
  for (const ExternalUserID of ["wm-1", "wm-2", "wm-3"]) provider.tell({ ...ADDED, ExternalUserID });
  const records = await provider.deliver({ order: "shuffled", copies: 4 });
  expect(records.flatMap(({ answers }) => answers)).toEqual(Array.from({ length: 12 }, () => 200));
  expect(events.map(({ fields }) => fields.ExternalUserID).sort()).toEqual(["wm-1", "wm-2", "wm-3"]);
});

test("events of one second from one sender are different events", async () => {
  const { provider, events } = openAccount();
  provider.tell({ ...ADDED, UserID: "zhangsan" });
  provider.tell({ ...ADDED, UserID: "lisi" });
  await provider.deliver();
  expect(events).toHaveLength(2);
});

test("an event that could not be kept is told again, and then kept", async () => {
  let failures = 2;
  const kept: string[] = [];
  const { provider } = openAccount({
    onEvent: async ({ kind }) => {
      if (failures-- > 0) throw new Error("the database is away");
      kept.push(kind);
    },
  });
  provider.tell(ADDED);
  expect((await provider.deliver()).map(({ answers }) => answers)).toEqual([[500, 500, 200]]);
  expect(kept).toEqual(["add_external_contact"]);
});

test("a repeat that comes while the first is being kept waits for it, and works itself when that fails", async () => {
  const gate = deferred();
  let calls = 0;
  const { provider, handler } = openAccount({
    onEvent: async () => {
      calls += 1;
      if (calls === 1) await gate.promise;
    },
  });
  const [first, second] = [handler(provider.request(ADDED)), handler(provider.request(ADDED))];
  gate.reject(new Error("the database is away"));
  expect((await first).status).toBe(500);
  expect((await second).status).toBe(500);
  expect((await handler(provider.request(ADDED))).status).toBe(200);
  expect(calls).toBe(2);
});

test("answers with a message that only the provider can read", async () => {
  const { provider } = openAccount({
    onEvent: async (event, { reply }) => {
      if (event.kind === "text") reply({ kind: "text", content: `喵 ${event.content} ]]>` });
    },
  });
  provider.tell({ MsgType: "text", FromUserName: "zhangsan", MsgId: "1", Content: "在吗" });
  await provider.deliver();
  expect(provider.lastReply).toBe(
    `<xml><ToUserName><![CDATA[zhangsan]]></ToUserName><FromUserName><![CDATA[${ACCOUNT.receiveId}]]></FromUserName>` +
      "<CreateTime>1779242400</CreateTime><MsgType><![CDATA[text]]></MsgType>" +
      "<Content><![CDATA[喵 在吗 ]]]]><![CDATA[>]]></Content></xml>",
  );
});

test("takes further parameters in its own address", async () => {
  const { provider, handler, events } = openAccount();
  const given = provider.request(ADDED);
  const request = new Request(`${given.url}&tenant=1`, given);
  expect((await handler(request)).status).toBe(200);
  expect(events).toHaveLength(1);
});

test("forgets keys after a week, and the oldest when there are too many", async () => {
  const { clock } = openAccount();
  const dedupe = memoryDedupe({ clock, limit: 2, keptMs: 1000 });
  const done: string[] = [];
  const once = (key: string) => dedupe.once(key, async () => void done.push(key));
  for (const key of ["a", "b", "a", "c", "d"]) await once(key);
  expect(done).toEqual(["a", "b", "c", "d"]);
  expect(await once("a")).toBe(true);
  expect(await once("d")).toBe(false);
  await clock.advance(1000);
  expect(await once("d")).toBe(true);
});

test("the transaction of the memory reaches the event", async () => {
  const told: unknown[] = [];
  const { provider } = openAccount();
  const handler = createCallbackHandler<{ readonly name: string }>({
    ...ACCOUNT,
    clock: openAccount().clock,
    dedupe: {
      async once(_key, work) {
        await work({ name: "tx" });
        return true;
      },
    },
    onEvent: async (event, { tx, key }) => void told.push(tx.name, event.kind, key.length),
  });
  expect((await handler(provider.request(ADDED))).status).toBe(200);
  expect(told).toEqual(["tx", "add_external_contact", 64]);
});

test.each([0, 1.5, 86_401])("takes no tolerance of %d s", (toleranceSeconds) => {
  expect(() => openAccount({ toleranceSeconds })).toThrow(/toleranceSeconds/);
});

function deferred(): { readonly promise: Promise<void>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((_resolve, rejectIt) => {
    reject = rejectIt;
  });
  return { promise, reject };
}
