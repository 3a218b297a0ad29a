import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../testing/index.js";
import { createElasticPool, nextPoolSize, SHRINK_AFTER_MS } from "./elastic-pool.js";

const SETTINGS = { coreSize: 10, maxSize: 100, scaleUpThreshold: 0.8, scaleDownThreshold: 0.2 };

/** Work that ends when it is told to. */
function openWork() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { work, ends };
}

const turn = () => new Promise((done) => setImmediate(done));

describe("a pool", () => {
  test("grows from 10 to 100 under load, and is back at 10 when it has been calm", async () => {
    const clock = virtualClock(0);
    const pool = createElasticPool(SETTINGS, { clock });
    const { work, ends } = openWork();
    const sizes = [pool.gauge().size];
    const all = Array.from({ length: 300 }, () => pool.run(1, work));
    await turn();
    expect(pool.gauge()).toMatchObject({ size: 100, busy: 100, waiting: 200, usage: 1 });
    while (ends.length > 0 || pool.gauge().busy > 0) {
      for (const end of ends.splice(0)) end();
      await turn();
    }
    await Promise.all(all);
    for (let n = 0; n < 5; n++) {
      sizes.push(pool.gauge().size);
      await clock.advance(SHRINK_AFTER_MS);
    }
    expect(sizes).toEqual([10, 100, 50, 25, 13, 10]);
  });

  test("of which nobody asked for long is small at once", async () => {
    const clock = virtualClock(0);
    const pool = createElasticPool(SETTINGS, { clock });
    const { work, ends } = openWork();
    const all = Array.from({ length: 100 }, () => pool.run(1, work));
    await turn();
    for (const end of ends) end();
    await Promise.all(all);
    await clock.advance(10 * SHRINK_AFTER_MS);
    expect(pool.free).toBe(10);
  });

  test("serves a tenant with little beside one with much", async () => {
    const pool = createElasticPool({ ...SETTINGS, maxSize: 10 }, { clock: virtualClock(0) });
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const piece = (tenantId: number) =>
      pool.run(tenantId, () => {
        begun.push(tenantId);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const all = [...Array.from({ length: 100 }, () => piece(1)), ...Array.from({ length: 20 }, () => piece(2))];
    await turn();
    expect(begun).toEqual(Array.from({ length: 10 }, () => 1));
    while (begun.length < all.length) {
      ends.shift()?.();
      await turn();
    }
    for (const end of ends) end();
    await Promise.all(all);
    // As soon as slots came free it had half of them: of its 20 pieces none waits behind the other's 90.
    expect(begun.lastIndexOf(2)).toBeLessThan(60);
  });

  test("that is made smaller lets what is under way go on", async () => {
    const pool = createElasticPool({ ...SETTINGS, coreSize: 4, maxSize: 4 }, { clock: virtualClock(0) });
    const { work, ends } = openWork();
    const all = Array.from({ length: 6 }, () => pool.run(1, work));
    await turn();
    pool.configure({ ...SETTINGS, coreSize: 2, maxSize: 2 });
    expect(pool.gauge()).toMatchObject({ size: 2, busy: 4, waiting: 2 });
    ends[0]?.();
    ends[1]?.();
    await turn();
    expect(pool.gauge()).toMatchObject({ busy: 2, waiting: 2 });
    pool.configure({ ...SETTINGS, coreSize: 4, maxSize: 4 });
    await turn();
    expect(pool.gauge()).toMatchObject({ busy: 4, waiting: 0 });
    for (const end of ends) end();
    await Promise.all(all);
  });

  test("gives a slot back when its work fails", async () => {
    const pool = createElasticPool(SETTINGS, { clock: virtualClock(0) });
    await expect(pool.run(1, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(pool.gauge().busy).toBe(0);
  });
});

test("the size stays between core and most, whatever happens", () => {
  const input = fc.record({
    size: fc.integer({ min: 1, max: 500 }),
    busy: fc.integer({ min: 0, max: 500 }),
    waiting: fc.integer({ min: 0, max: 500 }),
    idleMs: fc.option(fc.integer({ min: 0, max: 100_000 })),
  });
  fc.assert(
    fc.property(input, ({ size, busy, waiting, idleMs }) => {
      const idleSince = idleMs === null ? null : 100_000 - idleMs;
      const next = nextPoolSize({ size, idleSince }, { busy, waiting }, SETTINGS, 100_000);
      expect(next.size).toBeGreaterThanOrEqual(SETTINGS.coreSize);
      expect(next.size).toBeLessThanOrEqual(SETTINGS.maxSize);
    }),
  );
});
