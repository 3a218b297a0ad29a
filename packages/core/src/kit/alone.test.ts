import { describe, expect, test } from "vitest";
import type { Alarm } from "../delivery/delivery.js";
import { StorageError } from "../errors.js";
import { memoryLeases } from "../leases.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { Leases } from "../ports/leases.js";
import { breathe, gate, START } from "../testing/push-rig.js";
import { virtualClock } from "../testing/virtual-clock.js";
import { createRecallKit } from "./create-recallkit.js";
import type { RecallKitOptions } from "./options.js";

/** Two processes over one store, whose sink holds back its first alarm until it is told to go on. */
async function twoProcesses(leasesOf: (shared: Leases) => readonly [Leases, Leases]) {
  const clock = virtualClock(START);
  const stores = memoryStores();
  const slow = gate();
  const taken: string[] = [];
  const open = (name: string, leases: Leases) => {
    const alerts: RecallKitOptions["alerts"] = {
      async send({ id }: Alarm) {
        taken.push(`${name} ${id}`);
        await slow.passed;
      },
    };
    return createRecallKit({ stores, clock, logger: silentLogger, secretKey: "x".repeat(32), leases, alerts });
  };
  const [left, right] = leasesOf(memoryLeases({ clock }));
  const first = open("first", left);
  const second = open("second", right);
  const raise = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const detail = `${n}`;
      await stores.alarms.add({ tenantId: 1, code: "batch.dead", entity: "batch", entityId: n, detail, at: START });
    }
  };
  // From now on there is a cursor.
  await first.tick();
  return { clock, stores, slow, taken, first, second, raise };
}

const shared = (leases: Leases) => [leases, leases] as const;

describe("two processes that share leases", () => {
  test("hand an alarm on once", async () => {
    const { slow, taken, first, second, raise } = await twoProcesses(shared);
    await raise(2);
    const ticks = [first.tick(), second.tick()];
    await breathe();
    slow.open();
    await Promise.all(ticks);
    expect(taken).toEqual(["first 1", "first 2"]);
  });

  test("go on with what the other one left, once its lease has ended", async () => {
    const { clock, slow, taken, first, second, raise } = await twoProcesses(shared);
    await raise(2);
    const stuck = first.tick();
    await breathe();
    await clock.advance(59_999);
    await second.tick();
    expect(taken).toEqual(["first 1"]);
    await clock.advance(1);
    const other = second.tick();
    await breathe();
    expect(taken).toEqual(["first 1", "second 1"]);
    slow.open();
    await Promise.all([stuck, other]);
    // The first one learns of its loss after the alarm that it was at, and leaves the rest.
    expect(taken).toEqual(["first 1", "second 1", "second 2"]);
  });

  test("remove what has outlived its time one at a time", async () => {
    const { clock, stores, first, second, raise } = await twoProcesses(shared);
    await raise(3);
    await clock.advance(181 * 86_400_000);
    const slow = gate();
    const { purge } = stores.retention;
    stores.retention.purge = async (...given) => {
      await slow.passed;
      return purge(...given);
    };
    const [one, two] = [first.retain(), second.retain()];
    expect((await two).alarms).toBe(0);
    slow.open();
    expect((await one).alarms).toBe(3);
    expect((await second.retain()).alarms).toBe(0);
  });
});

test("processes with leases of their own do their work all the same, twice at worst", async () => {
  const { clock, slow, taken, first, second, raise } = await twoProcesses((one) => [
    one,
    memoryLeases({ clock: { now: () => clock.now() } }),
  ]);
  await raise(1);
  const ticks = [first.tick(), second.tick()];
  await breathe();
  slow.open();
  await Promise.all(ticks);
  expect(taken).toEqual(["first 1", "second 1"]);
});

test("work goes on while nobody can tell who holds a lease", async () => {
  const away = () => Promise.reject(new StorageError("storage.unavailable", "away", { retryable: true }));
  const { slow, taken, first, raise } = await twoProcesses(() => {
    const leases: Leases = { acquire: away, renew: away, release: away };
    return [leases, leases];
  });
  slow.open();
  await raise(2);
  await first.tick();
  expect(taken).toEqual(["first 1", "first 2"]);
});
