import { describe, expect, test } from "vitest";
import { memoryRateLimiter } from "../rate-limiter.js";
import { virtualClock } from "../testing/index.js";
import { createAdmission } from "./admission.js";

const LIMITS = { qps: 1000, concurrent: 10_000 };

function admission() {
  const clock = virtualClock(1_000_000);
  const { admit } = createAdmission("send", { limiter: memoryRateLimiter({ clock }), clock });
  return { clock, admit };
}

test("lets as many in as the limits say, and tells when to come again", async () => {
  const { clock, admit } = admission();
  const limits = { qps: 5, concurrent: 2 };
  const first = await admit(1, limits);
  await admit(1, limits);
  expect(await admit(1, limits)).toMatchObject({ kind: "refused", retryAfterMs: expect.any(Number) });
  if (first.kind === "granted") await first.end();
  expect(await admit(1, limits)).toMatchObject({ kind: "granted" });
  await clock.advance(1000);
  const windowed = { qps: 100, concurrent: 100, window: { max: 1, windowMs: 1000 } };
  expect(await admit(1, windowed)).toMatchObject({ kind: "granted" });
  expect(await admit(1, windowed)).toMatchObject({ kind: "refused", retryAfterMs: 1000 });
});

test("a changed limit holds for the next call", async () => {
  const { clock, admit } = admission();
  for (let n = 0; n < 3; n++) expect(await admit(1, { qps: 3, concurrent: 3 })).toMatchObject({ kind: "granted" });
  expect(await admit(1, { qps: 3, concurrent: 3 })).toMatchObject({ kind: "refused" });
  await clock.advance(1);
  expect(await admit(1, { qps: 3000, concurrent: 4 })).toMatchObject({ kind: "granted" });
});

describe("two tenants", () => {
  /** Calls let in per second and tenant, in steps of 10 ms. */
  async function load(asks: Readonly<Record<number, number>>, seconds: number) {
    const { clock, admit } = admission();
    const granted: Record<number, number> = {};
    for (let step = 0; step < seconds * 100; step++) {
      for (const [tenant, perSecond] of Object.entries(asks)) {
        for (let n = 0; n < perSecond / 100; n++) {
          const permit = await admit(Number(tenant), LIMITS);
          if (permit.kind === "refused") continue;
          await permit.end();
          if (step >= 100) granted[Number(tenant)] = (granted[Number(tenant)] ?? 0) + 1 / (seconds - 1);
        }
      }
      await clock.advance(10);
    }
    return granted;
  }

  test("of whom one asks for much too much get what they ask for up to the half", async () => {
    const granted = await load({ 1: 5000, 2: 300 }, 4);
    expect(granted[2]).toBeGreaterThan(290);
    expect(granted[1]).toBeGreaterThan(600);
    // What was left of the burst of the first second is spread over the three that are counted.
    expect((granted[1] ?? 0) + (granted[2] ?? 0)).toBeLessThanOrEqual(1000 + 1000 / 3);
  });

  test("who both ask for too much get the same", async () => {
    const granted = await load({ 1: 5000, 2: 2000 }, 4);
    expect(granted[1]).toBeGreaterThan(450);
    expect(granted[2]).toBeGreaterThan(450);
  });

  test("of whom one is silent leave everything to the other", async () => {
    expect((await load({ 1: 5000 }, 3))[1]).toBeGreaterThan(980);
  });
});
