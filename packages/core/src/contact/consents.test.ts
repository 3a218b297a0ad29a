import { describe, expect, test } from "vitest";
import { HOUR, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

const granted = (n: number, part: object = {}) => ({
  externalKey: `c${n}`,
  channel: "scripted",
  status: "granted" as const,
  source: "form",
  ...part,
});

describe("a consent", () => {
  test("is asked for where the tenant says so, and only for marketing", async () => {
    const rig = await pushRig({ people: 3, caps: "off" });
    await rig.kit.consents.record(granted(0));
    await rig.kit.consents.record(granted(1, { channel: "sms" }));
    expect(await rig.people(await rig.push())).toEqual(["accepted", "accepted", "accepted"]);
    await rig.kit.contactPolicy.set({ consent: { channels: ["sms"] } });
    expect(await rig.people(await rig.push())).toEqual(["accepted", "accepted", "accepted"]);
    await rig.kit.contactPolicy.set({ consent: { channels: ["sms", "scripted"] } });
    const some = ["accepted", "suppressed: no_consent", "suppressed: no_consent"];
    expect(await rig.people(await rig.push())).toEqual(some);
    expect(addressesOf(rig.channel.calls.at(-1)?.batch)).toEqual(["wm_0"]);
    await rig.kit.contactPolicy.set({ consent: "required" });
    expect(await rig.people(await rig.push())).toEqual(some);
    const order = await rig.kit.rules.create({ ...rig.input, name: "order", messageClass: "transactional" });
    expect(await rig.people(await rig.push(order.id))).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("is asked for by tests too, as opt-outs are", async () => {
    const rig = await pushRig({ people: 2 });
    await rig.kit.contactPolicy.set({ consent: "required" });
    await rig.kit.consents.record(granted(1));
    await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0", "wm_1"] });
    await rig.tick();
    expect(rig.channel.calls.flatMap(({ batch }) => addressesOf(batch))).toEqual(["wm_1"]);
  });

  test("that is withdrawn in the middle of a push stops what is left of it", async () => {
    const rig = await pushRig({ people: 4, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
    await rig.kit.contactPolicy.set({ consent: "required" });
    await rig.kit.consents.recordMany([0, 1, 2, 3].map((n) => granted(n)));
    await rig.push();
    await rig.kit.consents.record(granted(2, { channel: "*", status: "withdrawn" }));
    for (let n = 0; n < 3; n += 1) await rig.after(60_000);
    expect(await rig.people()).toEqual(["delivered", "delivered", "suppressed: no_consent", "accepted"]);
  });

  test("is foreseen by previews and simulations", async () => {
    const rig = await pushRig({ people: 3 });
    await rig.kit.contactPolicy.set({ consent: "required" });
    await rig.kit.consents.record(granted(1));
    const preview = await rig.kit.audience.preview(rig.input);
    expect([preview.contacted, preview.reasons]).toEqual([1, { no_consent: 2 }]);
  });

  test("keeps its evidence, and the last word holds", async () => {
    const { kit, clock } = await pushRig({ people: 1 });
    const first = granted(0, { wording: "v2", evidence: "form 17", at: new Date(clock.now() - HOUR) });
    expect(await kit.consents.record(first)).toMatchObject({ status: "granted", wording: "v2", evidence: "form 17" });
    expect(await kit.consents.record(first)).toMatchObject({ at: clock.now() - HOUR, recordedAt: clock.now() });
    const earlier = granted(0, { status: "withdrawn", at: clock.now() - 2 * HOUR });
    expect(await kit.consents.record(earlier)).toMatchObject({ status: "granted" });
    expect(await kit.consents.record(granted(0, { status: "withdrawn" }))).toMatchObject({ status: "withdrawn" });
    const { items } = await kit.consents.list({ externalKey: "c0" });
    expect(items.map(({ status }) => status)).toEqual(["granted", "withdrawn", "withdrawn"]);
    expect((await kit.consents.list({ externalKey: "nobody" })).items).toEqual([]);
    expect((await kit.consents.get("c0")).map(({ status, channel }) => [channel, status])).toEqual([
      ["scripted", "withdrawn"],
    ]);
    expect((await kit.customers.export("c0")).consents).toEqual(items);
  });

  test("of somebody erased or merged goes where it belongs", async () => {
    const { kit } = await pushRig({ people: 3 });
    await kit.consents.recordMany([granted(0), granted(1, { channel: "sms" }), granted(2)]);
    await kit.customers.merge("c0", "c1");
    expect((await kit.consents.get("c1")).map(({ channel }) => channel)).toEqual(["scripted", "sms"]);
    const { externalKey } = await kit.customers.erase("c2");
    await kit.customers.upsert([{ externalKey: "c2", externalUserId: "wm_2" }]);
    expect(await kit.consents.get("c2")).toEqual([]);
    expect((await kit.customers.export(externalKey)).consents).toHaveLength(1);
  });

  test("that can't be is refused, row by row", async () => {
    const { kit, clock } = await pushRig({ people: 1 });
    const rows = [
      granted(0),
      granted(9),
      granted(0, { at: clock.now() + 1 }),
      granted(0, { channel: "No" }),
      granted(0, { source: "" }),
      granted(0, { at: clock.now() }),
    ];
    const { rejected, ...counts } = await kit.consents.recordMany(rows);
    expect(counts).toEqual({ inserted: 1, updated: 0, unchanged: 1 });
    expect(rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
      [1, "externalKey", "customer.not-found"],
      [2, "at", "time.range"],
      [3, "channel", "invalid_format"],
      [4, "source", "custom"],
    ]);
    await expect(kit.consents.record(granted(9))).rejects.toMatchObject({ code: "customer.not-found" });
    await expect(kit.consents.get("c9")).rejects.toMatchObject({ code: "customer.not-found" });
    await expect(kit.consents.record({ ...granted(0), purpose: "A B" })).rejects.toMatchObject({
      issues: [{ path: "purpose" }],
    });
  });
});
