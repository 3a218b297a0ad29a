import { StorageError, systemRandom } from "@recallkit/core";
import { expect, test } from "vitest";
import { busyPause } from "../sql/busy-pause.js";
import { retryWhileBusy } from "./busy-retry.js";
import { virtualClock } from "./test-support.js";

const busy = () => new StorageError("storage.busy", "locked", { retryable: true });
const random = { ...systemRandom, next: () => 0.5 };

test("gives the result of the first attempt that is not busy", async () => {
  const clock = virtualClock();
  let attempts = 0;
  const result = await retryWhileBusy(
    () => {
      if (++attempts < 4) throw busy();
      return "done";
    },
    { clock, random },
  );
  expect(result).toBe("done");
  expect(clock.sleeps).toEqual([15, 25, 45]);
});

test("gives up after five seconds with the busy error, the last try at the deadline", async () => {
  const clock = virtualClock();
  const startedAt = clock.monotonic();
  let lastTryAt = 0;
  const attempt = () => {
    lastTryAt = clock.monotonic() - startedAt;
    throw busy();
  };
  await expect(retryWhileBusy(attempt, { clock, random })).rejects.toMatchObject({
    code: "storage.busy",
    retryable: true,
  });
  expect(lastTryAt).toBe(5_000);
});

test("does not repeat any other error", async () => {
  const clock = virtualClock();
  const attempt = () => {
    throw new StorageError("storage.unavailable", "disk full");
  };
  await expect(retryWhileBusy(attempt, { clock, random })).rejects.toMatchObject({ code: "storage.unavailable" });
  expect(clock.sleeps).toEqual([]);
});

test("pauses stay between 10 and 500 ms", () => {
  for (const next of [0, 0.5, 0.999]) {
    for (let tries = 0; tries < 30; tries++) {
      const pause = busyPause(tries, { ...systemRandom, next: () => next });
      expect(pause).toBeGreaterThanOrEqual(10);
      expect(pause).toBeLessThanOrEqual(500);
    }
  }
});
