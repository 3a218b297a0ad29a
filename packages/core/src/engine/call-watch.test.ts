import { expect, test } from "vitest";
import { virtualClock } from "../testing/virtual-clock.js";
import { createCallWatch } from "./call-watch.js";

function watched(ms = 100) {
  const clock = virtualClock(0);
  const closing = new AbortController();
  const watch = createCallWatch({ clock, ms, signal: closing.signal });
  const over: string[] = [];
  return { clock, closing, over, begin: (name: string) => watch.begin(() => over.push(name)) };
}

test("tells each call when its time is over, with one timer for all", async () => {
  const { clock, over, begin } = watched();
  begin("a");
  await clock.advance(40);
  const leaveB = begin("b");
  begin("c");
  expect(clock.sleeping).toBe(1);
  await clock.advance(60);
  expect(over).toEqual(["a"]);
  leaveB();
  await clock.advance(40);
  expect(over).toEqual(["a", "c"]);
  expect(clock.sleeping).toBe(0);
});

test("keeps no timer while no call is open, and begins anew with the next", async () => {
  const { clock, over, begin } = watched();
  begin("a")();
  expect(clock.sleeping).toBe(0);
  begin("b");
  await clock.advance(99);
  expect(over).toEqual([]);
  await clock.advance(1);
  expect(over).toEqual(["b"]);
});

test("tells all calls that they must end, and those that come later at once", async () => {
  const { clock, closing, over, begin } = watched();
  begin("a");
  begin("b")();
  begin("c");
  closing.abort();
  expect(over).toEqual(["a", "c"]);
  begin("d");
  expect([over, clock.sleeping]).toEqual([["a", "c", "d"], 0]);
});
