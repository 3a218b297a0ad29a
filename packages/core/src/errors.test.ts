import { describe, expect, test, vi } from "vitest";
import { LeaseLostError } from "./delivery/transition.js";
import * as ours from "./errors.js";
import { pushRig } from "./testing/push-rig.js";

/** The module as a bundle with a copy of this package of its own has it. */
async function otherCopy(): Promise<typeof ours> {
  vi.resetModules();
  const copy = await import("./errors.js");
  expect(copy.ChannelError).not.toBe(ours.ChannelError);
  return copy;
}

const NOT_SENT = { channel: "scripted", effect: "NOT_SENT" } as const;

test("a channel's proof that nothing was sent counts, whichever copy of the package it is from", async () => {
  const { ChannelError, TransportError } = await otherCopy();
  const { channel, push, batches, attempts, people } = await pushRig();
  channel.steps.push(
    () => Promise.reject(new ChannelError("channel.unavailable", "refused", NOT_SENT)),
    () => Promise.reject(new TransportError("transport.unreachable", "refused", { written: false })),
  );
  await push();
  expect(await batches()).toMatchObject([{ state: "pending", reason: "not_sent" }]);
  expect(await attempts()).toEqual(["NOT_SENT"]);
  expect(await people()).toEqual(["in_batch", "in_batch", "in_batch"]);
});

describe("an error", () => {
  const make = {
    InputError: (from: typeof ours) => new from.InputError([]),
    NotFoundError: (from: typeof ours) => new from.NotFoundError("rule.not-found", ""),
    ConflictError: (from: typeof ours) => new from.ConflictError("rule.paused", ""),
    StorageError: (from: typeof ours) => new from.StorageError("storage.busy", ""),
    ConfigError: (from: typeof ours) => new from.ConfigError("config.invalid", "a", ""),
    ChannelError: (from: typeof ours) => new from.ChannelError("channel.unavailable", "", NOT_SENT),
    TransportError: (from: typeof ours) => new from.TransportError("transport.timeout", "", { written: true }),
  };
  type Name = keyof typeof make;
  const names = Object.keys(make) as Name[];
  const types = { ...ours };

  test.each(names)("of another copy is a RecallKitError and a %s, and nothing else", async (name) => {
    const error = make[name](await otherCopy());
    expect(error).not.toBeInstanceOf(ours.RecallKitError);
    expect(ours.RecallKitError.is(error)).toBe(true);
    expect(names.filter((one) => types[one].is(error))).toEqual([name]);
  });

  test("of a class made of ours is what ours is", () => {
    class FolderError extends ours.StorageError {}
    const error = new FolderError("storage.failed", "");
    expect(names.filter((one) => types[one].is(error))).toEqual(["StorageError"]);
    expect([error.name, ours.RecallKitError.is(error)]).toEqual(["FolderError", true]);
  });

  test("has a code that the type knows", () => {
    // @ts-expect-error: a slip of the pen
    expect(new ours.NotFoundError("rule.not-fuond", "").code).toBe("rule.not-fuond");
  });

  test("a lost lease is told from other errors", () => {
    expect(LeaseLostError.is(new LeaseLostError("batch", 1))).toBe(true);
    expect(LeaseLostError.is(make.StorageError(ours))).toBe(false);
  });

  test.each([undefined, null, "text", 1, {}, new Error("a"), { code: "rule.not-found" }])("%j is none", (thrown) => {
    expect([ours.RecallKitError, ...names.map((name) => types[name])].some((type) => type.is(thrown))).toBe(false);
  });
});
