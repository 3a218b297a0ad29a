import { describe, expect, test } from "vitest";
import { virtualClock } from "./virtual-clock.js";

describe("a virtual clock", () => {
  test("stands still until it is told to move", async () => {
    const clock = virtualClock(1000);
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
  });

  test("wakes sleepers in order, each at its instant, also those who sleep again", async () => {
    const clock = virtualClock(0);
    const woken: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const nap of naps) {
        await clock.sleep(nap);
        woken.push(`${name} ${clock.now()}`);
      }
    };
    const all = [sleeper("a", 300, 300), sleeper("b", 100, 100, 100), sleeper("c", 1000)];
    await clock.advance(700);
    expect(woken).toEqual(["b 100", "b 200", "a 300", "b 300", "a 600"]);
    expect(clock.sleeping).toBe(1);
    await clock.advance(300);
    await Promise.all(all);
  });

  test("ends a sleep that is aborted, and none that has nothing to wait for", async () => {
    const clock = virtualClock(0);
    const stop = new AbortController();
    const asleep = clock.sleep(1000, stop.signal);
    stop.abort();
    await asleep;
    await clock.sleep(0);
    await clock.sleep(1000, stop.signal);
    expect([clock.now(), clock.sleeping]).toEqual([0, 0]);
  });

  test("lets the wall jump without the sleepers noticing", async () => {
    const clock = virtualClock(1000);
    let isAwake = false;
    const asleep = clock.sleep(10).then(() => {
      isAwake = true;
    });
    clock.setWall(500);
    expect([clock.now(), clock.monotonic(), isAwake]).toEqual([500, 0, false]);
    await clock.advance(10);
    await asleep;
    expect([clock.now(), clock.monotonic(), isAwake]).toEqual([510, 10, true]);
  });
});
