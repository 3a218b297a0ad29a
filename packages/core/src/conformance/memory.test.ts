import { describe, expect, test } from "vitest";
import { memoryLeases, memoryRateLimiter, memoryStores, memoryTokenCache, memoryWorkQueue } from "../memory/index.js";
import { recordingChannel, virtualClock } from "../testing/index.js";
import {
  channelConformance,
  leasesConformance,
  rateLimiterConformance,
  storesConformance,
  tokenCacheConformance,
  workQueueConformance,
} from "./index.js";

const shared = memoryStores();

for (const [title, open] of [
  ["memory stores of their own", async () => memoryStores()],
  ["one set of memory stores for all cases", async () => shared],
] as const) {
  describe(title, () => {
    const reopen = async (stores: Awaited<ReturnType<typeof open>>) => {
      await stores.close();
      return stores;
    };
    for (const { name, run } of storesConformance({ open, reopen })) test(name, run);
  });
}

test("facts about restarts are left out for an engine that keeps nothing", () => {
  const cases = storesConformance({ open: async () => memoryStores() });
  const skipped = cases.filter(({ skip }) => skip !== undefined);
  expect(skipped.every(({ name, skip }) => name.includes("restart") && skip === "the engine keeps nothing")).toBe(true);
  expect(cases.filter(({ name }) => name.includes("restart"))).toEqual(skipped);
});

test("every fact has a name of its own", () => {
  const names = storesConformance({ open: async () => memoryStores() }).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe("memory token cache", () => {
  const clock = virtualClock(1_000);
  for (const { name, run } of tokenCacheConformance({ open: async () => memoryTokenCache({ clock }), clock }))
    test(name, run);
});

describe("memory leases and rate limiter", () => {
  const clock = virtualClock(1_000);
  const leases = memoryLeases({ clock });
  const limiter = memoryRateLimiter({ clock });
  for (const { name, run } of [
    ...leasesConformance({ open: async () => leases, clock }),
    ...rateLimiterConformance({ open: async () => limiter, clock }),
  ])
    test(name, run);
});

describe("memory work queue", () => {
  for (const { name, run } of workQueueConformance({ open: async () => memoryWorkQueue() })) test(name, run);
});

describe("recording channel", () => {
  const clock = virtualClock(1_000_000_000);
  const open = async () => {
    const channel = recordingChannel({ clock, refuse: (address) => address === "wm_refused" });
    return {
      channel,
      content: { text: "hello" },
      address: (index: number) => `wm_${index}`,
      refused: "wm_refused",
      messages: async () => channel.sent.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock })) test(name, run);
});
