import { describe, expect, test } from "vitest";
import type { SendOutcome } from "../ports/channel.js";
import { breathe, HOUR, MINUTE, pushRig, type SendStep } from "../testing/push-rig.js";
import type { VirtualClock } from "../testing/virtual-clock.js";

const SECOND = 1000;
const never = () => new Promise<never>(() => {});

/** Lets time pass, second by second, until work is done. */
async function whilePassing(clock: VirtualClock, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await breathe(2);
    if (!isOver) await clock.advance(SECOND);
  }
  await watched;
}

/** An answer that the types forbid. */
const answer =
  (value: unknown): SendStep =>
  ({ make }) => {
    make();
    // What is tested is that the engine does not rely on the types.
    return value as readonly SendOutcome[];
  };

describe("a channel that never settles", () => {
  test("has an unknown outcome after the deadline, which is looked up like any other", async () => {
    const { channel, kit, ruleId, clock, batches, people, alarms, attempts } = await pushRig();
    channel.steps.push(({ make }) => {
      make();
      return never();
    });
    await kit.occurrences.runNow(ruleId);
    await whilePassing(clock, kit.tick());
    expect(await attempts()).toEqual(["UNKNOWN"]);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1" }]);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
    expect(channel.calls).toHaveLength(1);
    expect(channel.calls[0]?.options.signal.aborted).toBe(true);
    expect(await alarms()).toEqual([]);
  });

  test("holds one slot; the sends of others go on", async () => {
    const { channel, kit, ruleId, clock, input, batches } = await pushRig({ caps: "off", concurrency: 2 });
    channel.steps.push(never);
    const { id: other } = await kit.rules.create({ ...input, name: "other" });
    const stop = new AbortController();
    const running = kit.run({ signal: stop.signal });
    await kit.occurrences.runNow(ruleId);
    await clock.advance(2 * SECOND);
    for (let n = 0; n < 5; n += 1) {
      await kit.occurrences.runNow(other, { requestId: `r${n}` });
      await clock.advance(2 * SECOND);
    }
    await breathe();
    const states = (await batches()).map(({ state }) => state);
    expect(states).toEqual(["dispatching", ...Array(5).fill("accepted")]);
    stop.abort();
    await whilePassing(clock, running);
  });

  test("does not keep a stop from ending, though it takes no notice of its signal", async () => {
    const { channel, kit, ruleId, clock, batches } = await pushRig();
    channel.steps.push(never);
    const stop = new AbortController();
    const running = kit.run({ signal: stop.signal });
    await kit.occurrences.runNow(ruleId);
    await clock.advance(2 * SECOND);
    await breathe();
    stop.abort();
    let isOver = false;
    const ended = running.then(() => {
      isOver = true;
    });
    for (let n = 0; n < 28 && !isOver; n += 1) {
      await clock.advance(SECOND);
      await breathe();
    }
    expect(isOver).toBe(true);
    await ended;
    expect(await batches()).toMatchObject([{ state: "unknown" }]);
  });

  test("is given up while it prepares, looks up, reports and cancels", async () => {
    const { channel, push, clock, kit, batches, tick, after } = await pushRig();
    const throughout = (work: Promise<unknown>) => whilePassing(clock, work);
    channel.onPrepare = never;
    await throughout(push());
    expect(await batches()).toMatchObject([{ state: "pending", reason: "channel.no-answer", faults: 0 }]);
    channel.onPrepare = undefined;
    channel.steps.push(({ batch, make }) => {
      make();
      return batch.recipients.map(() => ({ kind: "unknown", reason: "reset" }));
    });
    await after(2 * MINUTE);
    channel.onLookUp = never;
    await clock.advance(15 * SECOND);
    await throughout(tick());
    expect(await batches()).toMatchObject([{ state: "unknown" }]);
    expect(channel.lookUps.length).toBeGreaterThan(0);
    channel.onLookUp = undefined;
    await after(10 * MINUTE);
    channel.onResults = () => {
      throw new Error("reports are away");
    };
    await after(HOUR);
    expect(await batches()).toMatchObject([{ state: "accepted", settled: false }]);
    const occurrence = (await kit.occurrences.list()).items[0]?.id ?? 0;
    channel.onCancel = () => {
      throw new Error("no");
    };
    expect((await kit.occurrences.cancel(occurrence)).tasks).toMatchObject({ done: 0, failed: [{ code: "bug" }] });
  });
});

describe("an answer that is no answer", () => {
  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a text", "ok"],
    ["too few outcomes", [{ kind: "accepted", providerMessageId: "m1" }]],
    ["an unknown kind", Array(3).fill({ kind: "sent" })],
    ["holes", Array(3)],
    ["acceptance without an id", Array(3).fill({ kind: "accepted" })],
    ["deferral to no instant", Array(3).fill({ kind: "deferred", notBefore: Number.NaN })],
  ])("leaves the outcome unknown: %s", async (_, value) => {
    const { channel, push, after, people, batches, attempts } = await pushRig();
    channel.steps.push(answer(value));
    await push();
    expect(await people()).toEqual(["unknown", "unknown", "unknown"]);
    expect(await attempts()).toEqual(["UNKNOWN"]);
    await after(15 * SECOND);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1" }]);
    expect(channel.calls).toHaveLength(1);
  });

  test("of a look-up says nothing", async () => {
    const { channel, push, after, batches } = await pushRig();
    channel.steps.push(({ batch }) => batch.recipients.map(() => ({ kind: "unknown", reason: "reset" })));
    await push();
    channel.lookUp = async () => [{ createdAt: 5 }] as never;
    await after(15 * SECOND);
    expect(await batches()).toMatchObject([{ state: "unknown", lookUps: 1 }]);
  });

  test("among reports is passed over, the others count", async () => {
    const { channel, push, after, people } = await pushRig();
    await push();
    channel.report = (address) => (address === "wm_1" ? (null as never) : { address, kind: "delivered" });
    await after(MINUTE);
    expect(await people()).toEqual(["delivered", "accepted", "delivered"]);
  });
});

describe("an exception of the channel's own", () => {
  test("is told with its cause in the attempt, the log and one alarm, without what names a person", async () => {
    const logged: unknown[] = [];
    const logger = {
      info() {},
      debug() {},
      error() {},
      warn: (event: string, facts: unknown) => logged.push([event, facts]),
    };
    const { channel, push, kit } = await pushRig({ maxBatchSize: 2, logger });
    const throws: SendStep = () => {
      throw new TypeError(
        "cannot read 'wm_secret' of +8613800138000 at https://x.example/p?token=abcdefghij0123456789",
      );
    };
    channel.steps.push(throws, throws);
    await push();
    const told = JSON.stringify([logged, (await kit.attempts.list()).items, (await kit.alarms.list()).items]);
    expect(told).toContain("TypeError: cannot read");
    expect(told).not.toMatch(/wm_secret|138001|token=abc/);
    const alarms = (await kit.alarms.list()).items.filter(({ code }) => code === "channel.exception");
    expect(alarms).toHaveLength(1);
  });

  test("proves nothing, whatever effect it claims", async () => {
    const { channel, push, people } = await pushRig();
    channel.steps.push(() => {
      throw Object.assign(new Error("no"), { effect: "NOT_SENT", code: "channel.unavailable" });
    });
    await push();
    expect(await people()).toEqual(["unknown", "unknown", "unknown"]);
  });
});

describe("channels made by a function", () => {
  test("are kept, made anew when credentials are refused, and when the kit is told", async () => {
    const rig = await pushRig({ people: 40, maxBatchSize: 1, caps: "off" });
    const { channel, clock } = rig;
    let made = 0;
    const kit = rig.open({
      channels: async () => {
        made += 1;
        return [{ ...channel }];
      },
    });
    await kit.occurrences.runNow(rig.ruleId);
    await kit.tick();
    expect([channel.calls.length, made]).toEqual([40, 1]);
    kit.forgetChannels(1);
    await kit.occurrences.runNow(rig.ruleId);
    await kit.tick();
    expect(made).toBe(2);
    await clock.advance(MINUTE);
    await kit.audience.preview({ segment: { everybody: true } });
    expect(made).toBe(3);
  });

  test("are refused when they are not what the port asks for, by the option", async () => {
    const rig = await pushRig();
    const channels = (change: object) => [{ ...rig.channel, ...change }];
    for (const [change, option] of [
      [{ maxBatchSize: 0 }, "channels.0.maxBatchSize"],
      [{ specVersion: 2 }, "channels.0.specVersion"],
      [{ personal: undefined }, "channels.0.personal"],
      [{ name: "" }, "channels.0.name"],
      [{ addressType: "pigeon" }, "channels.0.addressType"],
      [{ send: null }, "channels.0.send"],
    ] as const) {
      expect(() => rig.open({ channels: channels(change) as never })).toThrow(
        expect.objectContaining({ code: "config.invalid", option }),
      );
    }
    expect(() => rig.open({ channels: [rig.channel, rig.channel] })).toThrow(
      expect.objectContaining({ option: "channels.1.name" }),
    );
  });
});
