import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import type { RecallKitOptions } from "../kit/options.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { recordingChannel, seededRandom, sequentialIds, virtualClock } from "../testing/index.js";

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1, 2, 0); // Monday 10:00 in Shanghai
const rule = {
  name: "45天未购买用户召回",
  segment: { lapse: { minDays: 30, maxDays: 45 } },
  slots: [{ weekday: 1 as const, time: "10:01" }],
  validFrom: "2026-01-01",
  validTo: "2026-12-31",
  content: { text: "喵～ {{merchant_name}}" },
  channel: "recording",
};

function shop(people: number, options: Partial<RecallKitOptions> = {}, refuse?: (address: string) => boolean) {
  const clock = virtualClock(START);
  const channel = recordingChannel({ clock, maxBatchSize: 10, ...(refuse && { refuse }) });
  const kit = createRecallKit({
    stores: memoryStores(),
    clock,
    random: seededRandom(1),
    ids: sequentialIds(),
    logger: silentLogger,
    channels: [channel],
    secretKey: "0123456789abcdef0123456789abcdef",
    ...options,
  });
  const load = async () => {
    await kit.customers.upsert(
      Array.from({ length: people }, (_, n) => ({
        externalKey: `c${n}`,
        ...(n % 10 !== 9 && { externalUserId: `wm_${n}` }),
      })),
    );
    await kit.orders.ingest(
      Array.from({ length: people }, (_, n) => ({
        externalId: `o${n}`,
        externalKey: `c${n}`,
        orderedAt: START - 35 * DAY,
        amount: 10,
      })),
    );
  };
  return { clock, channel, kit, load };
}

describe("a push from rule to report", () => {
  test("fires at the minute of its slot, in batches, and accounts for everybody", async () => {
    const { clock, channel, kit, load } = shop(30, {}, (address) => address === "wm_3");
    await load();
    const { id } = await kit.rules.create(rule);
    await kit.tick();
    expect(channel.sent).toHaveLength(0);
    await clock.advance(59_999);
    await kit.tick();
    expect(channel.sent).toHaveLength(0);
    await clock.advance(1);
    await kit.tick();
    expect(channel.sent.map((batch) => batch.recipients.length)).toEqual([10, 10, 7]);
    expect(channel.sent[0]?.content.text).toBe("喵～ default");
    await clock.advance(60_000);
    await kit.tick();
    const occurrence = await kit.occurrences.latest(id);
    expect(occurrence).toMatchObject({ state: "completed", nominal: "2026-06-01T10:01", audienceSize: 30 });
    const status = await kit.occurrences.status(occurrence?.id ?? 0);
    expect(status.batches).toEqual({ accepted: 3 });
    expect(status.deliveries).toEqual({ delivered: 26, failed: 1, suppressed: 3 });
    await kit.orders.ingest([{ externalId: "back", externalKey: "c1", orderedAt: clock.now() + DAY, amount: 99.5 }]);
    const report = await kit.report(id, { asOf: clock.now() + 8 * DAY });
    expect(report).toMatchObject({
      pushed: 27,
      succeeded: 26,
      failed: 1,
      delivered: 26,
      orders: 1,
      buyers: 1,
      revenueMinor: 9950,
    });
    expect(report.successRate).toBeCloseTo(26 / 27);
  });

  test("does nothing a second time for the same minute, also after a restart", async () => {
    const { clock, channel, kit, load } = shop(5);
    await load();
    await kit.rules.create(rule);
    await clock.advance(60_000);
    await kit.tick();
    await kit.tick();
    const other = createRecallKit({
      stores: kit.stores,
      clock,
      channels: [channel],
      logger: silentLogger,
      secretKey: "0123456789abcdef0123456789abcdef",
    });
    await other.tick();
    expect(channel.sent).toHaveLength(1);
  });

  test("records a slot that came too late as missed, with an alarm", async () => {
    const { clock, channel, kit, load } = shop(5);
    await load();
    const { id } = await kit.rules.create(rule);
    await clock.advance(60_000 + 3_600_001);
    await kit.tick();
    expect(channel.sent).toHaveLength(0);
    expect(await kit.occurrences.latest(id)).toMatchObject({ state: "skipped", reason: "missed_catch_up" });
    expect((await kit.alarms.list()).items.map(({ code }) => code)).toEqual(["missed"]);
  });

  test("suppresses people who had a message 47 hours ago", async () => {
    const { clock, channel, kit, load } = shop(5);
    await load();
    const { id } = await kit.rules.create({ ...rule, slots: [] });
    await kit.occurrences.runNow(id);
    await kit.tick();
    await clock.advance(47 * 3_600_000);
    const second = await kit.occurrences.runNow(id);
    await kit.tick();
    expect(channel.sent).toHaveLength(1);
    expect((await kit.occurrences.status(second.id)).deliveries).toEqual({ suppressed: 5 });
    await clock.advance(3_600_000);
    await kit.occurrences.runNow(id);
    await kit.tick();
    expect(channel.sent).toHaveLength(2);
  });

  test("an audience of nobody makes no call and is recorded as zero", async () => {
    const { channel, kit } = shop(0);
    const { id } = await kit.rules.create({ ...rule, slots: [] });
    const { id: occurrenceId } = await kit.occurrences.runNow(id, { requestId: "r1" });
    await kit.tick();
    expect(channel.sent).toHaveLength(0);
    expect(await kit.occurrences.status(occurrenceId)).toMatchObject({
      state: "completed",
      audienceSize: 0,
      batches: {},
    });
    expect((await kit.occurrences.runNow(id, { requestId: "r1" })).id).toBe(occurrenceId);
  });
});
