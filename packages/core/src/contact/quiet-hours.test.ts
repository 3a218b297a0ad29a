import { describe, expect, test } from "vitest";
import { MINUTE, pushRig, START } from "../testing/push-rig.js";
import { openingAt } from "./quiet-hours.js";

const window = { from: "08:00", to: "20:00" };
const at = (text: string) => Date.parse(text);

describe("a window", () => {
  test("is open from its first minute on, and shut at its last", () => {
    const zone = "Asia/Shanghai";
    const opens = (text: string) => new Date(openingAt(window, zone, at(text))).toISOString();
    expect(opens("2026-06-01T07:59:59.999+08:00")).toBe("2026-06-01T00:00:00.000Z");
    expect(opens("2026-06-01T08:00:00+08:00")).toBe("2026-06-01T00:00:00.000Z");
    expect(opens("2026-06-01T19:59:59.999+08:00")).toBe("2026-06-01T11:59:59.999Z");
    expect(opens("2026-06-01T20:00:00+08:00")).toBe("2026-06-02T00:00:00.000Z");
    expect(opens("2026-12-31T23:30:00+08:00")).toBe("2027-01-01T00:00:00.000Z");
  });

  test("opens by the wall clock on the days when it is changed", () => {
    const zone = "Europe/Berlin";
    expect(openingAt(window, zone, at("2026-03-28T21:00:00+01:00"))).toBe(at("2026-03-29T08:00:00+02:00"));
    expect(openingAt(window, zone, at("2026-10-24T21:00:00+02:00"))).toBe(at("2026-10-25T08:00:00+01:00"));
    // At 02:00 the clock goes to 03:00: what would open between opens then.
    const early = { from: "02:30", to: "20:00" };
    expect(openingAt(early, zone, at("2026-03-28T23:00:00+01:00"))).toBe(at("2026-03-29T03:00:00+02:00"));
    // A minute that exists twice is meant the first time.
    expect(openingAt(early, zone, at("2026-10-24T21:00:00+02:00"))).toBe(at("2026-10-25T02:30:00+02:00"));
  });
});

/** A rig whose channel has hours, at an hour of Shanghai. */
async function rigAt(hours: number, options: Parameters<typeof pushRig>[0] = {}) {
  const rig = await pushRig(options);
  await rig.kit.contactPolicy.set({ quietHours: { scripted: window } });
  await rig.clock.advance(hours * 60 * MINUTE - (rig.clock.now() - START) - 10 * 60 * MINUTE);
  return rig;
}

describe("a marketing message", () => {
  test("waits for permitted hours, and goes out then", async () => {
    const rig = await rigAt(21);
    const id = await rig.push();
    expect((await rig.batches()).map(({ state, reason, notBefore }) => [state, reason, notBefore])).toEqual([
      ["pending", "quiet_hours", at("2026-06-02T08:00:00+08:00")],
    ]);
    await rig.after(10 * 60 * MINUTE);
    expect(rig.channel.calls).toHaveLength(0);
    await rig.after(60 * MINUTE);
    expect(await rig.people(id)).toEqual(["accepted", "accepted", "accepted"]);
    expect(rig.channel.made[0]?.createdAt).toBe(at("2026-06-02T08:00:00+08:00"));
  });

  test("goes out at all hours by other channels, in other classes, and where the installation has none", async () => {
    const night = await pushRig();
    await night.kit.contactPolicy.set({ quietHours: { sms: window } });
    await night.clock.advance(12 * 60 * MINUTE);
    expect(await night.people(await night.push())).toEqual(["accepted", "accepted", "accepted"]);
    const order = await rigAt(21, { rule: { messageClass: "transactional" } });
    expect(await order.people(await order.push())).toEqual(["accepted", "accepted", "accepted"]);
    const off = await rigAt(21, { quietHours: "off" });
    expect(await off.kit.contactPolicy.get()).toMatchObject({ quietHours: "off" });
    expect(await off.people(await off.push())).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("comes to nobody when the window opens too late", async () => {
    const rig = await rigAt(21, { rule: { expireAfterMs: 11 * 60 * MINUTE } });
    expect(await rig.people(await rig.push())).toEqual(Array(3).fill("suppressed: quiet_hours_expired"));
    expect((await rig.batches()).map(({ state, reason }) => `${state} ${reason}`)).toEqual(["cancelled nobody_left"]);
    expect(await rig.kit.occurrences.status((await rig.kit.occurrences.list()).items[0]?.id ?? 0)).toMatchObject({
      state: "completed",
    });
  });

  test("goes to those whose zone is open, and to the others in their morning", async () => {
    const rig = await rigAt(21, { people: 5, rule: { expireAfterMs: 24 * 60 * MINUTE } });
    const zones = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Honolulu"];
    await rig.kit.customers.upsert(zones.map((timeZone, n) => ({ externalKey: `c${n}`, timeZone })));
    // 21:00 in Shanghai: 15:00 in Berlin, 09:00 in New York, 03:00 in Honolulu.
    const id = await rig.push();
    expect(await rig.people(id)).toEqual(["accepted", "accepted", ...Array(3).fill("in_batch: quiet_hours")]);
    const later = (await rig.batches()).slice(1).map(({ number, size, notBefore }) => [number, size, notBefore]);
    expect(later).toEqual(
      [
        [2, 1, at("2026-06-01T08:00:00-10:00")],
        [3, 2, at("2026-06-02T08:00:00+08:00")],
      ]
        .sort((a, b) => (a[2] ?? 0) - (b[2] ?? 0))
        .map(([, ...rest], n) => [n + 2, ...rest]),
    );
    for (let n = 0; n < 12; n += 1) await rig.after(60 * MINUTE);
    expect(await rig.people(id)).toEqual(Array(5).fill("delivered"));
    const addresses = rig.channel.made.flatMap((message) => message.addresses);
    expect(addresses.toSorted()).toEqual(["wm_0", "wm_1", "wm_2", "wm_3", "wm_4"]);
    for (const { createdAt, addresses: to } of rig.channel.made) {
      for (const address of to) {
        const zone = zones[Number(address.slice(3))] ?? "Asia/Shanghai";
        expect(openingAt(window, zone, createdAt)).toBe(createdAt);
      }
    }
  });

  test("that is too late for one zone still goes to the others", async () => {
    const rig = await rigAt(18, { people: 2, rule: { expireAfterMs: 3 * 60 * MINUTE } });
    await rig.kit.customers.upsert([{ externalKey: "c1", timeZone: "Pacific/Honolulu" }]);
    expect(await rig.people(await rig.push())).toEqual(["accepted", "suppressed: quiet_hours_expired"]);
  });

  test("that is sent once more waits too, and needs no look-up for it", async () => {
    const rig = await rigAt(19.999, { rule: { onUnknown: "resend" } });
    rig.channel.capabilityNow = "none";
    rig.channel.steps.push(() => [0, 1, 2].map(() => ({ kind: "unknown", reason: "timeout" })));
    await rig.push();
    await rig.after(15_000);
    await rig.after(60_000);
    const [batch] = await rig.batches();
    expect([batch?.state, batch?.lookUps, batch?.notBefore]).toEqual([
      "unknown",
      expect.any(Number),
      at("2026-06-02T08:00:00+08:00"),
    ]);
    await rig.after(12 * 60 * MINUTE);
    expect(rig.channel.calls).toHaveLength(2);
    expect(rig.channel.made[0]?.createdAt).toBeGreaterThanOrEqual(at("2026-06-02T08:00:00+08:00"));
  });

  test("is foreseen at the hour at which it comes, and warned of", async () => {
    const rig = await rigAt(21, { people: 3 });
    await rig.kit.customers.upsert([{ externalKey: "c1", timeZone: "Europe/Berlin" }]);
    const preview = await rig.kit.audience.preview(rig.input);
    expect([preview.contacted, preview.reasons]).toEqual([3, {}]);
    expect(preview.warnings).toMatchObject([{ code: "quiet-hours.waits", detail: "2026-06-02T08:00" }]);
    const slots = [
      { weekday: 1, time: "21:30" },
      { weekday: 2, time: "10:00" },
    ] as const;
    const withSlots = await rig.kit.audience.preview({ ...rig.input, slots });
    expect(withSlots.warnings).toMatchObject([
      { code: "quiet-hours.waits", detail: "21:30", message: expect.stringContaining("the slot 21:30 lies outside") },
    ]);
    const [slot] = await rig.kit.simulate({ ...rig.input, slots: [{ weekday: 1, time: "21:30" }] }, { days: 1 });
    expect(slot?.batches).toEqual([
      { number: 1, at: at("2026-06-01T21:30:00+08:00"), people: 1 },
      { number: 1, at: at("2026-06-02T08:00:00+08:00"), people: 2 },
    ]);
    const short = { ...rig.input, expireAfterMs: 60 * MINUTE };
    expect((await rig.kit.audience.preview(short)).reasons).toEqual({ quiet_hours_expired: 2 });
  });
});

test("a tenant's hours lie within 08:00 and 22:00, and are never off", async () => {
  const { kit } = await pushRig();
  expect((await kit.contactPolicy.get()).quietHours).toEqual({ sms: window });
  const set = (from: string, to: string) => kit.contactPolicy.set({ quietHours: { sms: { from, to } } });
  expect((await set("09:00", "22:00")).quietHours).toEqual({ sms: { from: "09:00", to: "22:00" } });
  for (const [from, to] of [
    ["07:59", "20:00"],
    ["08:00", "22:01"],
    ["00:00", "23:59"],
    ["20:00", "09:00"],
    ["09:00", "09:00"],
    ["9:00", "20:00"],
  ] as const) {
    await expect(set(from, to)).rejects.toMatchObject({
      issues: expect.arrayContaining([expect.objectContaining({ path: expect.stringMatching(/^quietHours\.sms/) })]),
    });
  }
  await expect(kit.contactPolicy.set({ quietHours: "off" as "default" })).rejects.toMatchObject({
    issues: [{ path: "quietHours" }],
  });
  expect((await kit.contactPolicy.set({ quietHours: { wecom: window } })).quietHours).toEqual({
    sms: window,
    wecom: window,
  });
  expect((await kit.contactPolicy.set({ quietHours: "default" })).quietHours).toEqual({ sms: window });
});
