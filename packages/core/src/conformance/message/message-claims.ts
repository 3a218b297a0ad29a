import type { Facts } from "../conformance-case.js";
import { expectSame, present } from "../expect.js";
import { addMessages, claim, newMessage, terms, writeOf } from "./message-builders.js";

const keys = (messages: readonly { readonly requestKey: string }[]) => messages.map(({ requestKey }) => requestKey);

/** Facts about claims of messages, and about writes under them. */
export const messageClaimFacts: Facts = {
  "a claim takes due messages in order, and begins their attempt": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addMessages(
      scene,
      newMessage(scene, "b", { notBefore: now - 1 }),
      newMessage(scene, "a", { notBefore: now - 2 }),
      newMessage(scene, "later", { notBefore: now + 1 }),
      newMessage(scene, "c", { notBefore: now }),
    );
    const claimed = await claim(stores, "send", terms(now, 2));
    expectSame(keys(claimed), ["a", "b"], "messages");
    const [first] = claimed;
    const { state, attempts, attemptedAt, leaseOwner, leaseUntil, leaseEpoch } = first ?? {};
    expectSame([state, attempts, attemptedAt], ["dispatching", 1, now], "an attempt");
    expectSame([leaseOwner, leaseUntil, leaseEpoch], ["w1", now + 60_000, 1], "its lease");
    expectSame(await stores.messages.get(tenantId, first?.id ?? 0), first, "as it is kept");
    expectSame(keys(await claim(stores, "send", terms(now, 9))), ["c"], "the next claim");
    expectSame(keys(await claim(stores, "send", terms(now, 9))), [], "one more");
  },

  "of fifty who claim at once nobody takes what another one has": async (scene) => {
    const { stores, now } = scene;
    await addMessages(scene, ...Array.from({ length: 100 }, (_, n) => newMessage(scene, `m${n}`)));
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, n) => claim(stores, "send", terms(now, 4, `w${n}`))),
    );
    const taken = claims.flat().map(({ id }) => id);
    expectSame(new Set(taken).size, taken.length, "messages that were claimed once");
    let rest = 0;
    for (let more = 1; more > 0; rest += more) more = (await claim(stores, "send", terms(now, 50))).length;
    expectSame(taken.length + rest, 100, "messages claimed");
  },

  "a claim keeps to its lane and to its channels": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addMessages(
      scene,
      newMessage(scene, "low", { priority: 2 }),
      newMessage(scene, "urgent", { priority: 9 }),
      newMessage(scene, "email", { priority: 10, channel: "email" }),
    );
    const email = { tenantId, channel: "email" };
    expectSame(keys(await claim(stores, "send", terms(now), { lane: 3, except: [email] })), ["urgent"], "of a lane");
    expectSame(
      keys(await claim(stores, "send", terms(now), { only: { tenantId, channel: "fax" } })),
      [],
      "of a channel",
    );
    expectSame(keys(await claim(stores, "send", terms(now), { only: email })), ["email"], "of a channel with one");
    expectSame(keys(await claim(stores, "send", terms(now))), ["low"], "of all");
  },

  "whose messages wait is told by tenant, and claims keep to one": async (scene) => {
    const { stores, tenantId, now } = scene;
    const facts = { name: "other", timeZone: "Asia/Shanghai", currency: "CNY", createdAt: 0 };
    const { id: other } = await stores.tenants.insert(facts);
    await addMessages(scene, newMessage(scene, "a"), newMessage(scene, "b", { priority: 9 }));
    await addMessages({ ...scene, tenantId: other }, newMessage(scene, "c", { notBefore: now + 5 }));
    const [first] = await claim(stores, "send", terms(now, 1), { lane: 3, tenantId });
    expectSame(first?.requestKey, "b", "what was claimed of a lane");
    // Those before are of other facts.
    const before = tenantId - 1;
    expectSame(await stores.messages.queuedTenants(before, 9), [tenantId, other], "tenants with messages");
    expectSame(await stores.messages.queuedTenants(before, 1), [tenantId], "at most one of them");
    expectSame(await stores.messages.queuedTenants(tenantId, 9), [other], "those after the first");
    expectSame(keys(await claim(stores, "send", terms(now + 5), { tenantId: other })), ["c"], "of a tenant");
    expectSame(await stores.messages.queuedTenants(before, 9), [tenantId], "once all of one are under way");
  },

  "each kind of work finds its own": async (scene) => {
    const { stores, now } = scene;
    await addMessages(
      scene,
      newMessage(scene, "a", { notBefore: now - 1 }),
      newMessage(scene, "b"),
      newMessage(scene, "gone", { notBefore: now + 9, expiresAt: now + 1 }),
    );
    const [a, b] = await claim(stores, "send", terms(now));
    const works = ["send", "look-up", "results", "abandoned", "expired"] as const;
    const found = async (at: number) => {
      const told: string[] = [];
      for (const work of works)
        for (const { requestKey } of await claim(stores, work, terms(at))) told.push(`${work} ${requestKey}`);
      return told;
    };
    expectSame(await found(now), [], "while they are leased");
    const unknown = writeOf(present(a, "a"), "unknown", { notBefore: now });
    const accepted = writeOf(present(b, "b"), "accepted", { notBefore: now, providerMessageId: "p", acceptedAt: now });
    expectSame((await stores.messages.write([unknown, accepted])).length, 2, "messages written");
    expectSame(await found(now), ["look-up a", "results b"], "once they are given back");
    expectSame(await found(now + 1), ["expired gone"], "past the time of one");
    expectSame(await found(now + 60_001), ["send gone", "look-up a", "results b"], "once leases are over");
  },

  "a message whose sender died is found abandoned, with its attempt": async (scene) => {
    const { stores, now } = scene;
    await addMessages(scene, newMessage(scene, "a"));
    await claim(stores, "send", terms(now));
    expectSame(keys(await claim(stores, "abandoned", terms(now + 59_999))), [], "before its lease is over");
    const [found] = await claim(stores, "abandoned", terms(now + 60_000));
    expectSame([found?.state, found?.attempts, found?.leaseEpoch], ["dispatching", 1, 2], "the message");
  },

  "a write needs the latest epoch and the state, and gives the lease back": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addMessages(scene, newMessage(scene, "a"), newMessage(scene, "b"));
    const [a, b] = await claim(stores, "send", terms(now));
    const [first, second] = [present(a, "a"), present(b, "b")];
    const facts = {
      reason: "x",
      notBefore: now + 5,
      attempts: 4,
      resends: 2,
      checks: 3,
      priority: 9,
      updatedAt: now + 1,
    };
    const times = { attemptedAt: now + 2, acceptedAt: now + 3, reportedAt: now + 4, providerMessageId: "p1" };
    const written = await stores.messages.write([
      writeOf(first, "accepted", { ...facts, ...times }),
      { ...writeOf(second, "failed"), leaseEpoch: 0 },
    ]);
    expectSame(written, [first.id], "messages written");
    const kept = await stores.messages.get(tenantId, first.id);
    const free = { leaseOwner: null, leaseUntil: null };
    expectSame(kept, { ...first, ...facts, ...times, ...free, state: "accepted" }, "as it is kept");
    expectSame((await stores.messages.get(tenantId, second.id))?.state, "dispatching", "of an older epoch");
    expectSame(await stores.messages.write([writeOf(first, "failed")]), [], "of another state");
    expectSame(await stores.messages.write([]), [], "of nothing");
    const lease = { leaseOwner: "w1", leaseUntil: now + 9 };
    await stores.messages.write([writeOf(second, "unknown", lease)]);
    expectSame((await stores.messages.get(tenantId, second.id))?.leaseUntil, now + 9, "a lease that is kept");
  },

  "what goes back to the queue waits in its lane again": async (scene) => {
    const { stores, now } = scene;
    await addMessages(scene, newMessage(scene, "a", { priority: 9 }));
    const [claimed] = await claim(stores, "send", terms(now));
    await stores.messages.write([writeOf(present(claimed, "a"), "queued", { notBefore: now })]);
    const again = await claim(stores, "send", terms(now), { lane: 3 });
    expectSame(
      again.map(({ attempts, leaseEpoch }) => [attempts, leaseEpoch]),
      [[2, 2]],
      "attempts and epochs",
    );
  },

  "leases are renewed by whoever holds them": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addMessages(scene, newMessage(scene, "a"), newMessage(scene, "b"));
    const [a, b] = await claim(stores, "send", terms(now));
    const [first, second] = [present(a, "a"), present(b, "b")];
    expectSame(
      await stores.messages.renew([first, { ...second, leaseEpoch: 7 }], now + 90_000),
      [first.id],
      "leases renewed",
    );
    expectSame((await stores.messages.get(tenantId, first.id))?.leaseUntil, now + 90_000, "until when");
    await stores.messages.write([writeOf(first, "accepted")]);
    expectSame(await stores.messages.renew([first], now + 99_000), [], "a lease that was given back");
    expectSame(await stores.messages.renew([], now), [], "no leases");
  },

  "reports are asked for at once when the provider has told of them": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addMessages(scene, newMessage(scene, "a"), newMessage(scene, "b"));
    const claimed = await claim(stores, "send", terms(now));
    const accepted = { notBefore: now + 500, acceptedAt: now };
    await stores.messages.write(
      claimed.map((one) => writeOf(one, "accepted", { ...accepted, providerMessageId: one.requestKey })),
    );
    expectSame(await stores.messages.expedite(tenantId, ["a", "x"], now + 1), 1, "messages due");
    expectSame(await stores.messages.expedite(tenantId + 1, ["b"], now + 1), 0, "of another tenant");
    expectSame(await stores.messages.expedite(tenantId, [], now + 1), 0, "of none");
    expectSame(keys(await claim(stores, "results", terms(now + 1))), ["a"], "reports to ask for");
    const byProvider = await stores.messages.list(tenantId, { providerMessageId: "b" });
    expectSame(keys(byProvider.items), ["b"], "found by the provider's name");
  },
};
