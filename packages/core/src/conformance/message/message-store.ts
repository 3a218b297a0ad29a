import type { Message, MessageBatch } from "../../message/message.js";
import { addReachable, addTenant, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, expectThat, present, walk } from "../expect.js";
import { addMessages, claim, newMessage, terms, writeOf } from "./message-builders.js";
import { messageClaimFacts } from "./message-claims.js";

/** Facts about `MessageStore`. */
export function messageStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("messages", harness, { ...facts, ...messageClaimFacts }, durable);
}

const batchOf = (now: number, requestKey: string) => ({
  templateId: 1,
  priority: 5,
  total: 3,
  accepted: 1,
  duplicates: 1,
  rejected: [{ index: 2, path: "recipient", code: "recipient.address", message: DIFFICULT_TEXT }],
  requestKey,
  createdAt: now,
});

const facts: Facts = {
  "every field of a message comes back": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [customerId = 0] = await addReachable(stores, tenantId, 1);
    const given = newMessage(scene, "a", {
      batchId: 7,
      customerId,
      address: DIFFICULT_TEXT,
      timeZone: "Asia/Tokyo",
      variables: { name: DIFFICULT_TEXT, empty: "" },
      messageClass: "marketing",
      priority: 0,
    });
    const [message] = await addMessages(scene, given);
    const { id = 0 } = message ?? {};
    const fresh = { state: "queued", reason: null, attempts: 0, resends: 0, checks: 0, leaseEpoch: 0, tenantId, id };
    const nothing = { attemptedAt: null, acceptedAt: null, reportedAt: null, providerMessageId: null };
    const free = { leaseOwner: null, leaseUntil: null, updatedAt: now };
    expectSame(message as unknown, { ...given, ...fresh, ...nothing, ...free }, "the message");
    expectSame(await stores.messages.get(tenantId, id), message, "the message by its id");
    expectSame(await stores.messages.get(tenantId, id + 1), undefined, "another one");
  },

  "a request makes one message, however often it comes": async (scene) => {
    const { stores, tenantId } = scene;
    const add = (...keys: readonly string[]) =>
      stores.transaction((tx) =>
        tx.messages.insertMany(
          tenantId,
          keys.map((key) => newMessage(scene, key)),
        ),
      );
    expectSame(await add("a", "b"), 2, "messages added");
    expectSame(await add("b", "c"), 1, "of which one is there");
    const at = await Promise.all(Array.from({ length: 10 }, () => add("d")));
    expectSame(
      at.reduce((sum, n) => sum + n, 0),
      1,
      "of ten at once",
    );
    const found = await stores.messages.findByKeys(tenantId, ["a", "b", "c", "d", "e"]);
    expectSame(found.map(({ requestKey }) => requestKey).sort(), ["a", "b", "c", "d"], "by their requests");
    expectSame(await stores.messages.findByKeys(tenantId, []), [], "of no request");
    expectSame(await add(), 0, "no messages");
  },

  "lists are newest first, and go by what is asked for": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [a, b, c] = await addMessages(
      scene,
      newMessage(scene, "a", { batchId: 3, templateId: 8, createdAt: now - 10 }),
      newMessage(scene, "b", { batchId: 3, channel: "email", addressHash: "x" }),
      newMessage(scene, "c"),
    );
    await stores.messages.cancel(tenantId, { messageId: b?.id ?? 0 }, now);
    const ids = async (filter: Parameters<typeof stores.messages.list>[1]) =>
      (await stores.messages.list(tenantId, filter)).items.map(({ id }) => id);
    expectSame(await ids({}), [c?.id, b?.id, a?.id], "all");
    expectSame(await ids({ batchId: 3 }), [b?.id, a?.id], "of a batch");
    expectSame(await ids({ templateId: 8 }), [a?.id], "of a template");
    expectSame(await ids({ channel: "email" }), [b?.id], "of a channel");
    expectSame(await ids({ addressHash: "x" }), [b?.id], "by the hash of an address");
    expectSame(await ids({ states: ["cancelled"] }), [b?.id], "by state");
    expectSame(await ids({ since: now }), [c?.id, b?.id], "by instant");
    const walked = await walk((cursor) => stores.messages.list(tenantId, { limit: 2, cursor }));
    expectSame(
      walked.map(({ id }) => id),
      [c?.id, b?.id, a?.id],
      "page by page",
    );
  },

  "values are revised while a message waits, of those that were read": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [waiting, begun] = await addMessages(
      scene,
      newMessage(scene, "waits", { variables: { n: "1", other: "引号 ' \" \\" } }),
      newMessage(scene, "begun", { notBefore: now - 5 }),
    );
    if (!waiting || !begun) throw new RangeError("two messages");
    await claim(stores, "send", terms(now, 1));
    const revise = (tenant: number, message: Pick<Message, "id" | "variables">) =>
      stores.transaction((tx) => tx.messages.revise(tenant, message, { ...message.variables, n: "2" }, now + 1));
    expectSame(await revise(tenantId, { id: waiting.id, variables: { n: "0" } }), false, "of values that it has not");
    expectSame(await revise(tenantId + 1, waiting), false, "for another tenant");
    expectSame(await revise(tenantId, begun), false, "of one that has begun");
    expectSame(await revise(tenantId, waiting), true, "of those that were read");
    expectSame(await revise(tenantId, waiting), false, "once more");
    const kept = await stores.messages.get(tenantId, waiting.id);
    expectSame([kept?.variables, kept?.updatedAt], [{ ...waiting.variables, n: "2" }, now + 1], "what is kept");
  },

  "only what has not begun is cancelled": async (scene) => {
    const { stores, tenantId, now } = scene;
    const inBatch = { batchId: 5 };
    await addMessages(
      scene,
      newMessage(scene, "a", { ...inBatch, notBefore: now - 5 }),
      newMessage(scene, "b", inBatch),
      newMessage(scene, "c", inBatch),
      newMessage(scene, "d"),
    );
    await claim(stores, "send", terms(now, 1));
    expectSame(await stores.messages.cancel(tenantId, { batchId: 5 }, now + 1), 2, "messages cancelled");
    expectSame(
      await stores.messages.countByState(tenantId, 5),
      { cancelled: 2, dispatching: 1 },
      "states of the batch",
    );
    const [cancelled] = (await stores.messages.list(tenantId, { states: ["cancelled"] })).items;
    expectSame(
      [cancelled?.notBefore, cancelled?.updatedAt, cancelled?.reason],
      [null, now + 1, "cancelled"],
      "one of them",
    );
    expectSame(await stores.messages.cancel(tenantId, { messageId: cancelled?.id ?? 0 }, now), 0, "once more");
    expectSame((await claim(stores, "send", terms(now))).length, 1, "messages left to send");
  },

  "a batch is kept once, with what was left out": async ({ stores, tenantId, now }) => {
    const add = (key: string) => stores.transaction((tx) => tx.messages.insertBatch(tenantId, batchOf(now, key)));
    const { batch, isNew } = await add("r1");
    expectSame(isNew, true, "the first time");
    expectSame(
      batch,
      { ...batchOf(now, "r1"), id: batch.id, tenantId, cancelledAt: null } as MessageBatch,
      "the batch",
    );
    expectSame(await add("r1"), { batch, isNew: false }, "a repeat");
    expectThat((await add("r2")).batch.id !== batch.id, "another request is another batch");
    expectSame(await stores.messages.markCancelled(tenantId, batch.id, now + 1), true, "cancelled");
    expectSame(await stores.messages.markCancelled(tenantId, batch.id, now + 2), true, "cancelled again");
    expectSame((await stores.messages.getBatch(tenantId, batch.id))?.cancelledAt, now + 1, "when");
    expectSame(await stores.messages.markCancelled(tenantId, batch.id + 9, now), false, "no batch");
    expectSame(await stores.messages.getBatch(tenantId, batch.id + 9), undefined, "no batch");
  },

  "events are told in order": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [message] = await addMessages(scene, newMessage(scene, "a"));
    const messageId = message?.id ?? 0;
    const event = {
      tenantId,
      messageId,
      node: "send" as const,
      errorClass: null,
      detail: DIFFICULT_TEXT,
      attempt: 1,
      at: now,
    };
    const two = [
      { ...event, outcome: "unknown", errorClass: "UNKNOWN" },
      { ...event, outcome: "found", at: now - 1 },
    ];
    await stores.transaction((tx) =>
      tx.messages.addEvents([...two, { ...event, messageId: messageId + 1, outcome: "x" }]),
    );
    await stores.transaction((tx) => tx.messages.addEvents([]));
    const told = (await stores.messages.events(tenantId, messageId)).map(({ id: _, ...rest }) => rest);
    expectSame(told, two, "events");
  },

  "figures count messages of a period by channel and state": async (scene) => {
    const { stores, tenantId, now } = scene;
    const old = { createdAt: now - 100 };
    await addMessages(
      scene,
      newMessage(scene, "a", { notBefore: now - 1 }),
      newMessage(scene, "b", { channel: "email" }),
      newMessage(scene, "c"),
      newMessage(scene, "d", old),
    );
    const [first] = await claim(stores, "send", terms(now, 1));
    if (first) await stores.messages.write([writeOf(first, "accepted", { acceptedAt: now + 30, notBefore: null })]);
    const figures = await stores.messages.figures(tenantId, { from: now, to: now + 1 });
    expectSame(
      figures.map(({ channel, state, count, totalMs }) => `${channel} ${state} ${count} ${totalMs}`).sort(),
      ["email queued 1 0", "sms accepted 1 30", "sms queued 1 0"],
      "figures",
    );
    expectSame(await stores.messages.figures(tenantId, { from: now + 1, to: now + 2 }), [], "of an empty period");
    await addMessages(scene, newMessage(scene, "e", { priority: 10 }));
    expectSame(await stores.messages.waiting(tenantId), { byLane: { 1: 3, 3: 1 }, dispatching: 0 }, "messages waiting");
    await claim(stores, "send", terms(now, 1), { lane: 3 });
    expectSame(await stores.messages.waiting(tenantId), { byLane: { 1: 3 }, dispatching: 1 }, "once one is being sent");
    expectSame(await stores.messages.waiting(tenantId + 1), { byLane: {}, dispatching: 0 }, "of another tenant");
  },

  "messages and deliveries share the cap ledger": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [one = 0, two = 0] = await addReachable(stores, tenantId, 2);
    const charge = (messageId: number, customerId: number, at: number) =>
      stores.transaction((tx) => tx.messages.charge(tenantId, [{ messageId, customerId, at }]));
    await charge(1, one, now - 5);
    await charge(1, one, now);
    await charge(2, two, now);
    await charge(3, two, now - 50);
    const charges = (since: number) =>
      stores.transaction(async (tx) => {
        const found = await tx.messages.charges(tenantId, [one, two], since);
        return found.map(({ customerId, at }) => `${customerId === one ? "one" : "two"} ${at - now}`).sort();
      });
    expectSame(await charges(now - 10), ["one 0", "two 0"], "charges");
    expectSame(await charges(now - 50), ["one 0", "two -50", "two 0"], "charges of a longer time");
    await stores.transaction((tx) => tx.messages.refund(tenantId, [2, 9]));
    expectSame(await charges(now - 50), ["one 0", "two -50"], "after one was given back");
    expectSame(await stores.transaction((tx) => tx.messages.charges(tenantId, [], now)), [], "of nobody");
  },

  "suppressions are found by address and by person, of exactly the channels asked for": async ({
    stores,
    tenantId,
    now,
  }) => {
    const [one = 0] = await addReachable(stores, tenantId, 1);
    const entry = { tenantId, createdAt: now, customerId: null };
    await stores.suppressions.put({ ...entry, channel: "sms", address: "a", reason: "opt_out" });
    await stores.suppressions.put({ ...entry, channel: "*", address: "b", reason: "complaint" });
    await stores.suppressions.put({ ...entry, channel: "email", address: "a", reason: "manual" });
    await stores.suppressions.put({ ...entry, channel: "sms", address: null, customerId: one, reason: "manual" });
    await stores.suppressions.put({ ...entry, channel: "sms#news", address: "d", reason: "opt_out" });
    await stores.suppressions.put({ ...entry, channel: "sms#codes", address: "e", reason: "opt_out" });
    const found = await stores.suppressions.matching(tenantId, ["sms", "*", "sms#news"], {
      addresses: ["a", "b", "c", "d", "e"],
      customerIds: [one],
    });
    expectSame(
      found.map(({ address, customerId, reason }) => `${address ?? customerId === one} ${reason}`).sort(),
      ["a opt_out", "b complaint", "d opt_out", "true manual"],
      "entries",
    );
    expectSame(
      await stores.suppressions.matching(tenantId, ["sms"], { addresses: [], customerIds: [] }),
      [],
      "of nobody",
    );
    expectSame(
      await stores.suppressions.matching(tenantId + 1, ["sms"], { addresses: ["a"], customerIds: [] }),
      [],
      "of another tenant",
    );
  },

  "addresses of messages that are over are forgotten, of a person and by their hash": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [customerId = 0] = await addReachable(stores, tenantId, 1);
    const [open, mine, hashed, other] = await addMessages(
      scene,
      newMessage(scene, "a", { customerId, notBefore: now - 9 }),
      newMessage(scene, "b", { customerId, variables: { name: "x" } }),
      newMessage(scene, "c", { addressHash: "h" }),
      newMessage(scene, "d"),
    );
    await claim(stores, "send", terms(now, 1));
    expectSame(await stores.messages.forget(tenantId, { customerId, addressHashes: ["h"] }), 1, "messages still open");
    const rows = await Promise.all(
      [open, mine, hashed, other].map((one) => stores.messages.get(tenantId, one?.id ?? 0)),
    );
    expectSame(
      rows.map((row) => row?.address !== null),
      [true, false, false, true],
      "addresses",
    );
    expectSame(rows[1]?.variables, {}, "values");
  },

  "of what has outlived its time errors stay with their message": async (scene) => {
    const { stores, tenantId, now } = scene;
    const old = now - 1_000_000_000_000;
    const [message, waiting] = await addMessages(
      scene,
      newMessage(scene, "a", { createdAt: old }),
      newMessage(scene, "b", { createdAt: old }),
    );
    const messageId = message?.id ?? 0;
    const event = { tenantId, messageId, node: "send" as const, detail: null, attempt: 1, at: old };
    await stores.messages.addEvents([
      { ...event, outcome: "found", errorClass: null },
      { ...event, outcome: "failed", errorClass: "RECIPIENT" },
      { ...event, outcome: "found", errorClass: null, at: now },
    ]);
    await stores.messages.cancel(tenantId, { messageId }, old);
    const emptied = async (kind: "traces" | "messages") => {
      for (let removed = 1; removed > 0; ) removed = await stores.retention.purge(kind, old + 1, 1_000);
    };
    await emptied("traces");
    const left = await stores.messages.events(tenantId, messageId);
    expectSame(
      left.map(({ outcome, at }) => `${outcome} ${at - now}`),
      [`failed ${old - now}`, "found 0"],
      "events left",
    );
    await emptied("messages");
    expectSame(await stores.messages.get(tenantId, messageId), undefined, "a message that is over");
    expectSame(await stores.messages.events(tenantId, messageId), [], "its events");
    expectThat((await stores.messages.get(tenantId, waiting?.id ?? 0)) !== undefined, "a message that waits stays");
  },

  "messages of tenants are apart": async (scene) => {
    const { stores, tenantId, now } = scene;
    const neighbour = await addTenant(stores);
    const [message] = await addMessages(scene, newMessage(scene, "a", { batchId: 4 }));
    const { id = 0 } = message ?? {};
    const { batch } = await stores.messages.insertBatch(tenantId, batchOf(now, "r"));
    expectSame(await stores.messages.get(neighbour, id), undefined, "another tenant's message");
    expectSame(await stores.messages.findByKeys(neighbour, ["a"]), [], "its request");
    expectSame((await stores.messages.list(neighbour, {})).items, [], "its list");
    expectSame(await stores.messages.cancel(neighbour, { messageId: id }, now), 0, "a cancellation");
    expectSame(await stores.messages.cancel(neighbour, { batchId: 4 }, now), 0, "a cancellation of its batch");
    expectSame(await stores.messages.countByState(neighbour, 4), {}, "its states");
    expectSame(await stores.messages.getBatch(neighbour, batch.id), undefined, "its batch");
    expectSame(await stores.messages.markCancelled(neighbour, batch.id, now), false, "its batch");
    expectSame(await stores.messages.figures(neighbour, { from: now, to: now + 1 }), [], "its figures");
    expectSame(
      (await addMessages({ ...scene, tenantId: neighbour }, newMessage(scene, "a"))).length,
      1,
      "the same request",
    );
    const [claimed] = await claim(stores, "send", terms(now, 1));
    const stolen = present(claimed, "a claimed message");
    const theirs = stolen.tenantId === tenantId ? neighbour : tenantId;
    expectSame(await stores.messages.write([{ ...writeOf(stolen, "failed"), tenantId: theirs }]), [], "a write");
  },
};

const durable: Facts<DurableScene> = {
  "messages are there after a restart": async (scene) => {
    const { tenantId, reopen } = scene;
    const [message] = await addMessages(scene, newMessage(scene, "a"));
    const again = await reopen();
    expectSame(await again.messages.get(tenantId, message?.id ?? 0), message, "the message");
  },
};
