import { describe, expect, test } from "vitest";
import { accept, fail, lose, MINUTE, pushRig, type RigOptions, type SendStep } from "../testing/push-rig.js";
import { createBreakers } from "./breaker.js";

const key = { tenantId: 1, channel: "wecom" };

describe("the breaker of a channel", () => {
  test("opens at half of 20 calls within a minute, and not below", () => {
    for (const bad of [9, 10]) {
      const breakers = createBreakers();
      for (let n = 0; n < 20 - bad; n += 1) breakers.note(key, "OK", n);
      const news = Array.from({ length: bad }, (_, n) => breakers.note(key, "NOT_SENT", 100 + n));
      expect(news.filter(Boolean)).toHaveLength(bad === 10 ? 1 : 0);
      expect(breakers.at(200)).toEqual({ shut: bad === 10 ? [key] : [], probed: [] });
    }
  });

  test("forgets calls after a minute, and never counts refusals", () => {
    const breakers = createBreakers();
    for (let n = 0; n < 19; n += 1) breakers.note(key, "UNKNOWN", 0);
    expect(breakers.note(key, "UNKNOWN", MINUTE)).toBe(false);
    for (let n = 0; n < 40; n += 1) breakers.note(key, n % 2 ? "REQUEST" : "RECIPIENT", MINUTE);
    expect(breakers.at(MINUTE)).toEqual({ shut: [], probed: [] });
  });

  test("lets one probe through every 30 s, and closes with the first that works", () => {
    const breakers = createBreakers();
    for (let n = 0; n < 20; n += 1) breakers.note(key, "NOT_SENT", 0);
    // An answer of a call from before says nothing.
    breakers.note(key, "OK", 10);
    expect(breakers.at(29_999)).toEqual({ shut: [key], probed: [] });
    expect(breakers.at(30_000)).toEqual({ shut: [], probed: [key] });
    breakers.probe(key, 30_000);
    expect(breakers.at(30_001)).toEqual({ shut: [key], probed: [] });
    expect(breakers.note(key, "NOT_SENT", 31_000)).toBe(false);
    expect(breakers.at(60_999)).toEqual({ shut: [key], probed: [] });
    breakers.probe(key, 61_000);
    breakers.note(key, "OK", 61_001);
    expect(breakers.at(61_001)).toEqual({ shut: [], probed: [] });
  });

  test("is that of one tenant and channel", () => {
    const breakers = createBreakers();
    breakers.note(key, "CONFIG", 0, MINUTE);
    breakers.note({ tenantId: 2, channel: "sms" }, "OK", 0);
    expect(breakers.at(1).shut).toEqual([key]);
  });
});

describe("a push over a channel that does not work", () => {
  const many: RigOptions = { people: 60, maxBatchSize: 1, caps: "off", concurrency: 4 };
  const always = (step: SendStep) => Array.from({ length: 1000 }, () => step);

  test("takes 20 calls to find out, then one each 30 s, one alarm in all, and goes on once it works", async () => {
    const { channel, push, after, alarms, people } = await pushRig(many);
    channel.steps.push(...always(fail("NOT_SENT")));
    const id = await push();
    expect(channel.calls).toHaveLength(20);
    expect(await alarms()).toEqual(["channel.breaker-open"]);
    for (let n = 1; n <= 4; n += 1) {
      await after(MINUTE / 2);
      expect(channel.calls).toHaveLength(20 + n);
    }
    expect(await alarms()).toEqual(["channel.breaker-open"]);
    channel.steps.length = 0;
    for (let n = 0; n < 5; n += 1) await after(MINUTE / 2);
    expect(new Set(await people(id))).toEqual(new Set(["delivered"]));
    expect(channel.made).toHaveLength(60);
  });

  test("is asked nothing before the instant that it named, whichever batch", async () => {
    const { channel, push, after, people, alarms } = await pushRig({ ...many, concurrency: 1 });
    channel.steps.push(fail("RATE_LIMITED", 2 * MINUTE));
    const id = await push();
    await after(MINUTE);
    expect(channel.calls).toHaveLength(1);
    await after(MINUTE);
    expect(new Set(await people(id))).toEqual(new Set(["accepted"]));
    expect(await alarms()).toEqual([]);
  });

  test("is asked once a minute while its account is refused, with one alarm", async () => {
    const { channel, push, after, alarms } = await pushRig({ ...many, concurrency: 1 });
    channel.steps.push(...always(fail("CONFIG")));
    await push();
    for (let n = 1; n <= 5; n += 1) {
      expect(channel.calls).toHaveLength(n);
      await after(MINUTE);
    }
    expect(await alarms()).toEqual(["channel.misconfigured"]);
  });

  test("opens for lost answers too, and nobody gets it twice", async () => {
    const { channel, push, after, alarms, people } = await pushRig(many);
    channel.steps.push(...Array.from({ length: 20 }, () => lose(true)), accept());
    const id = await push();
    expect(channel.calls).toHaveLength(20);
    expect(await alarms()).toEqual(["channel.breaker-open"]);
    for (let n = 0; n < 10; n += 1) await after(MINUTE);
    expect(new Set(await people(id))).not.toContain("unknown");
    expect(channel.made).toHaveLength(60);
  });
});
