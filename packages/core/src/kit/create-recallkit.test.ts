import { describe, expect, test } from "vitest";
import { type Logger, silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { accept, breathe, gate, HOUR, MINUTE, pushRig } from "../testing/push-rig.js";
import { createRecallKit } from "./create-recallkit.js";

/** Remembers events of warnings and errors. */
function recordingLogger() {
  const events: string[] = [];
  const keep = (event: string) => {
    events.push(event);
  };
  const logger: Logger = { ...silentLogger, warn: keep, error: keep };
  return { events, logger };
}

describe("running", () => {
  test("fires at the slot, accounts for the results, and ends when aborted", async () => {
    const { kit, clock, channel, people } = await pushRig({ rule: { slots: [{ weekday: 1, time: "11:00" }] } });
    const stop = new AbortController();
    const running = kit.run({ signal: stop.signal });
    await clock.advance(HOUR - 1);
    await breathe();
    expect(channel.calls).toEqual([]);
    await clock.advance(2000);
    await breathe();
    expect(channel.calls).toHaveLength(1);
    await clock.advance(MINUTE + 2000);
    await breathe();
    expect(await people()).toEqual(["delivered", "delivered", "delivered"]);
    stop.abort();
    await running;
    expect(clock.sleeping).toBe(0);
  });

  test("waits for a call under way before it ends", async () => {
    const { kit, clock, channel, ruleId, people } = await pushRig();
    const answer = gate();
    channel.steps.push(async (call) => {
      await answer.passed;
      return accept()(call);
    });
    await kit.occurrences.runNow(ruleId);
    const stop = new AbortController();
    let hasEnded = false;
    const running = kit.run({ signal: stop.signal }).then(() => {
      hasEnded = true;
    });
    await breathe();
    await clock.advance(2000);
    await breathe();
    stop.abort();
    await clock.advance(20_000);
    await breathe();
    expect([hasEnded, channel.calls[0]?.options.signal.aborted]).toEqual([false, false]);
    answer.open();
    await running;
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
    expect(clock.sleeping).toBe(0);
  });

  test("cuts calls off that outlast the time for stopping; what became of them stays unknown", async () => {
    const { kit, clock, channel, ruleId, batches } = await pushRig();
    channel.steps.push(({ batch, options }) => {
      const outcomes = batch.recipients.map(() => ({ kind: "unknown" as const, reason: "aborted" }));
      return new Promise((resolve) => options.signal.addEventListener("abort", () => resolve(outcomes)));
    });
    await kit.occurrences.runNow(ruleId);
    const stop = new AbortController();
    const running = kit.run({ signal: stop.signal });
    await breathe();
    await clock.advance(2000);
    await breathe();
    stop.abort();
    await breathe();
    await clock.advance(25_000);
    await running;
    expect(await batches()).toMatchObject([{ state: "unknown" }]);
  });

  test("goes on planning, sending, looking up and polling while one call hangs", async () => {
    const { kit, clock, channel, ruleId, input, batches } = await pushRig({
      caps: "off",
      timings: { callDeadlineMs: 10 * MINUTE },
    });
    const answer = gate();
    const { id: slow } = await kit.rules.create({ ...input, name: "slow" });
    await kit.occurrences.runNow(ruleId);
    const stop = new AbortController();
    const running = kit.run({ signal: stop.signal });
    await breathe();
    await clock.advance(2000);
    await breathe();
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    channel.steps.push(async (call) => {
      await answer.passed;
      return accept()(call);
    });
    await kit.occurrences.runNow(slow);
    await kit.rules.create({ ...input, name: "slots", slots: [{ weekday: 1, time: "10:02" }] });
    await clock.advance(3 * MINUTE);
    await breathe();
    const { items } = await kit.occurrences.list();
    expect(items.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      "manual completed",
      "manual running",
      "slot completed",
    ]);
    expect((await batches()).map(({ state }) => state)).toEqual(["accepted", "dispatching", "accepted"]);
    answer.open();
    await clock.advance(2000);
    await breathe();
    stop.abort();
    await running;
    expect((await batches()).map(({ state }) => state)).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("logs a step that fails and tries it again", async () => {
    const { events, logger } = recordingLogger();
    const { clock, stores, open, kit, ruleId, channel } = await pushRig();
    await kit.occurrences.runNow(ruleId);
    let isDown = true;
    const transaction: typeof stores.transaction = (work) =>
      isDown ? Promise.reject(new Error("the store is away")) : stores.transaction(work);
    const stop = new AbortController();
    const running = open({ stores: { ...stores, transaction }, logger }).run({ signal: stop.signal });
    await clock.advance(5000);
    await breathe();
    expect(new Set(events)).toEqual(new Set(["engine.step_failed"]));
    isDown = false;
    await clock.advance(2000);
    await breathe();
    stop.abort();
    await running;
    expect(channel.calls).toHaveLength(1);
  });

  test("ends by the signal of the kit, and by closing it", async () => {
    const { open, clock } = await pushRig();
    const stop = new AbortController();
    const running = open({ signal: stop.signal }).run();
    stop.abort();
    await running;
    const kit = open();
    const other = kit.run();
    await breathe();
    await kit.close();
    await other;
    expect(clock.sleeping).toBe(0);
  });

  test("ends at once when it is aborted before it begins", async () => {
    const { kit, clock } = await pushRig();
    await kit.run({ signal: AbortSignal.abort() });
    expect(clock.sleeping).toBe(0);
  });
});

describe("a kit", () => {
  test("without options works in memory, and says so", async () => {
    const { events, logger } = recordingLogger();
    const kit = createRecallKit({ logger });
    await kit.customers.upsert([{ externalKey: "c1" }]);
    expect(await kit.audience.count({ segment: { everybody: true } })).toBe(1);
    expect(events).toEqual(["config.memory_stores"]);
    expect(await kit.tenant()).toMatchObject({ id: 1, timeZone: "Asia/Shanghai", currency: "CNY" });
  });

  test("stores that come with the first call are like others: awaited, compared and wrapped", async () => {
    const { stores, customers } = createRecallKit({ logger: silentLogger });
    const { findByKeys } = stores.customers;
    expect(stores.customers.findByKeys).toBe(findByKeys);
    expect(await stores.customers).toBe(stores.customers);
    expect(stores.inTransaction?.()).toBe(false);
    const asked: (readonly string[])[] = [];
    Object.assign(stores.customers, {
      findByKeys(tenantId: number, keys: readonly string[]) {
        asked.push(keys);
        return findByKeys(tenantId, keys);
      },
    });
    await customers.upsert([{ externalKey: "c1" }]);
    expect((await stores.customers.findByKeys(1, ["c1"])).map(({ externalKey }) => externalKey)).toEqual(["c1"]);
    expect(asked).toEqual([["c1"], ["c1"]]);
    expect(await stores.transaction(async (tx) => [tx === stores, tx.inTransaction?.()])).toEqual([true, true]);
    await stores.close();
  });

  test("without channels plans, sends nothing and does not fail", async () => {
    const { events, logger } = recordingLogger();
    const { open, kit, ruleId, batches } = await pushRig();
    const { id } = await kit.occurrences.runNow(ruleId);
    await open({ channels: [], logger }).tick();
    expect(events).toEqual(["occurrence.snapshot_failed"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "snapshotting" });
    expect(await batches()).toEqual([]);
  });

  test.each([
    [{ secretKey: "too short" }, "secretKey"],
    [{ concurrency: 0 }, "concurrency"],
    [{ concurrency: 65 }, "concurrency"],
    [{ concurrency: 1.5 }, "concurrency"],
  ])("refuses the option %j", (options, option) => {
    const make = () => createRecallKit({ stores: memoryStores(), logger: silentLogger, ...options });
    expect(make).toThrow(expect.objectContaining({ code: "config.invalid", option }));
  });

  test("makes its secret once and keeps it with the data, so that markers stay the same", async () => {
    const { events, logger } = recordingLogger();
    const stores = memoryStores();
    const { channel, input } = await pushRig();
    const open = () => createRecallKit({ stores, logger, channels: [channel] });
    await open().customers.upsert([{ externalKey: "c", externalUserId: "wm_c" }]);
    const { id } = await open().rules.create(input);
    await open().occurrences.runNow(id, { requestId: "r" });
    await open().tick();
    await open().tick();
    expect(channel.calls).toHaveLength(1);
    expect(events).toEqual(["config.secret_generated"]);
    expect(await stores.config.get(0, "secret-key")).toHaveLength(43);
    expect(channel.calls[0]?.batch.marker).toMatch(/^[a-z2-7]{12}$/);
  });

  test("of a tenant that does not exist says so", async () => {
    const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger }).forTenant(404);
    const gone = { code: "tenant.not-found" };
    await expect(kit.tenant()).rejects.toMatchObject(gone);
    await expect(kit.orders.ingest([])).rejects.toMatchObject(gone);
    await expect(kit.report()).rejects.toMatchObject(gone);
  });

  test("keeps images under their hash", async () => {
    const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
    const reference = await kit.media.put(Uint8Array.from([0xff, 0xd8, 0xff, 1]));
    expect(reference).toMatch(/^media:[0-9a-f]{64}$/);
    expect(await kit.media.put(Uint8Array.from([0xff, 0xd8, 0xff, 1]))).toBe(reference);
    await expect(kit.media.put(new Uint8Array())).rejects.toMatchObject({ code: "input.invalid" });
  });
});
