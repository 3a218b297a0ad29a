import { expect, test } from "vitest";
import { createBell } from "../engine/bell.js";
import type { WakeUps } from "../ports/wake-ups.js";
import { breathe, DAY, HOUR, pushRig } from "../testing/push-rig.js";
import type { EngineRole } from "./roles.js";

test.each([
  { roles: ["scheduler"], ends: "planned", calls: 0 },
  { roles: ["worker"], ends: undefined, calls: 0 },
  { roles: ["scheduler", "worker"], ends: "completed", calls: 1 },
] as const)("a process with the roles $roles does no other's work", async ({ roles, ends, calls }) => {
  const { kit, clock, channel } = await pushRig({ caps: "off", rule: { slots: [{ weekday: 1, time: "11:00" }] } });
  const stop = new AbortController();
  const running = kit.run({ signal: stop.signal, roles: roles as readonly EngineRole[] });
  await clock.advance(HOUR + 10_000);
  await breathe();
  expect((await kit.occurrences.list()).items.map(({ state }) => state)).toEqual(ends ? [ends] : []);
  expect(channel.calls).toHaveLength(calls);
  stop.abort();
  await clock.advance(DAY);
  await running;
});

test("rings that come while one is announced are announced once more, and all of them wake this process", async () => {
  let announced = 0;
  let release = () => {};
  const wakeUps: WakeUps = {
    announce() {
      announced += 1;
      return new Promise((resolve) => {
        release = resolve;
      });
    },
    listen: async () => ({ close: async () => {} }),
  };
  const bell = createBell(wakeUps);
  for (let n = 0; n < 5; n += 1) {
    const { next } = bell;
    bell.ring();
    expect(next.aborted).toBe(true);
  }
  expect(announced).toBe(1);
  release();
  await breathe();
  expect(announced).toBe(2);
  release();
  await breathe();
  const { next } = bell;
  bell.wake();
  expect(next.aborted).toBe(true);
  expect(announced).toBe(2);
});
