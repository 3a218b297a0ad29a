import { describe, expect, test } from "vitest";
import { fail, HOUR, lose, MINUTE, pushRig } from "../testing/push-rig.js";
import { affordable, budgetPeriods } from "./spend-limit.js";

test("a day and a month are those of the tenant's zone", () => {
  const zone = "Asia/Shanghai";
  const periods = budgetPeriods({ perDayMinor: 5 }, zone, Date.parse("2026-12-31T23:30:00+08:00"));
  const next = Date.parse("2027-01-01T00:00:00+08:00");
  expect(periods).toEqual([
    { name: "2026-12-31", next, limit: 5 },
    { name: "2026-12", next, limit: null },
  ]);
  expect(budgetPeriods(undefined, zone, Date.parse("2026-02-01T00:00:00+08:00"))[1]?.next).toBe(
    Date.parse("2026-03-01T00:00:00+08:00"),
  );
});

test("as many messages are affordable, in order, as every budget holds", () => {
  expect(affordable([3, 3, 3], [null, null])).toEqual({ count: 3, broken: [] });
  expect(affordable([3, 3, 3], [9, 9])).toEqual({ count: 3, broken: [] });
  expect(affordable([3, 3, 3], [8, null])).toEqual({ count: 2, broken: [0] });
  expect(affordable([3, 3, 3], [2, 0])).toEqual({ count: 0, broken: [0, 1] });
  expect(affordable([3, 0], [-1, null])).toEqual({ count: 0, broken: [0] });
});

/** A rig whose messages cost 5 each, with a limit a day. */
async function rigOf(perDayMinor: number, options: Parameters<typeof pushRig>[0] = {}) {
  const rig = await pushRig({ caps: "off", ...options });
  rig.channel.costOf = () => ({ units: 2, amountMinor: 5 });
  await rig.kit.contactPolicy.set({ spend: { scripted: { perDayMinor } } });
  const spent = async (period = "2026-06-01") => {
    const [sum] = await rig.stores.spend.sums(1, "scripted", [period]);
    return sum && [sum.units, sum.amountMinor];
  };
  return { ...rig, spent };
}

describe("a budget", () => {
  test("pays for as many as it holds, and for the others on the next day", async () => {
    const rig = await rigOf(12, { people: 5 });
    const id = await rig.push();
    expect(await rig.people(id)).toEqual(["accepted", "accepted", ...Array(3).fill("in_batch: spend_limit")]);
    expect(await rig.spent()).toEqual([4, 10]);
    expect(await rig.spent("2026-06")).toEqual([4, 10]);
    const [, later] = await rig.batches();
    expect([later?.size, later?.notBefore]).toEqual([3, Date.parse("2026-06-02T00:00:00+08:00")]);
    expect((await rig.alarms()).filter((code) => code === "spend_limit")).toHaveLength(1);
    await rig.after(14 * HOUR);
    expect(await rig.spent("2026-06-02")).toEqual([4, 10]);
    await rig.after(HOUR);
    expect((await rig.people(id)).map((state) => state.replace("delivered", "accepted"))).toEqual([
      ...Array(4).fill("accepted"),
      "suppressed: spend_limit",
    ]);
    expect(await rig.spent("2026-06")).toEqual([8, 20]);
    expect((await rig.alarms()).filter((code) => code === "spend_limit")).toHaveLength(2);
  });

  test("that is used up lets a batch wait, also of another rule", async () => {
    const rig = await rigOf(15);
    await rig.push();
    const id = await rig.push();
    expect(await rig.people(id)).toEqual(["in_batch", "in_batch", "in_batch"]);
    const batch = (await rig.batches()).at(-1);
    expect([batch?.state, batch?.reason, batch?.notBefore]).toEqual([
      "pending",
      "spend_limit",
      Date.parse("2026-06-02T00:00:00+08:00"),
    ]);
    await rig.after(14 * HOUR);
    expect(await rig.people(id)).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("gets back what certainly was not sent, and keeps what may have been", async () => {
    const rig = await rigOf(1_000, { people: 4 });
    rig.channel.steps.push(
      ({ batch, make }) => {
        const providerMessageId = make();
        return batch.recipients.map((_, n) =>
          n === 0 ? { kind: "refused", reason: "blocked" } : { kind: "accepted", providerMessageId },
        );
      },
      fail("REQUEST"),
      fail("NOT_SENT"),
      lose(false),
    );
    await rig.push();
    expect(await rig.spent()).toEqual([6, 15]);
    await rig.push();
    expect(await rig.spent()).toEqual([6, 15]);
    await rig.push();
    expect(await rig.spent()).toEqual([6, 15]);
    await rig.after(MINUTE);
    expect(await rig.spent()).toEqual([14, 35]);
    for (let n = 0; n < 30; n += 1) await rig.after(MINUTE);
    // Looked up, not found, sent again: paid once.
    expect(rig.channel.made).toHaveLength(2);
    expect(await rig.spent()).toEqual([14, 35]);
  });

  test("is no budget of what costs nothing, or names no whole number", async () => {
    const rig = await rigOf(0);
    rig.channel.costOf = () => ({ units: 1, amountMinor: 0 });
    expect(await rig.people(await rig.push())).toEqual(["accepted", "accepted", "accepted"]);
    expect(await rig.spent()).toEqual([3, 0]);
    for (const wrong of [() => ({ units: 0.5, amountMinor: -1 }), () => undefined as never]) {
      rig.channel.costOf = wrong;
      expect(await rig.people(await rig.push())).toEqual(["accepted", "accepted", "accepted"]);
    }
    expect(await rig.spent()).toEqual([3, 0]);
  });

  test("is shown by previews, with what the messages would cost", async () => {
    const rig = await rigOf(12, { people: 5 });
    const preview = await rig.kit.audience.preview(rig.input);
    expect(preview.cost).toEqual({ units: 10, amountMinor: 25 });
    expect(preview.warnings).toMatchObject([{ code: "spend.limit", detail: "2026-06-01" }]);
    await rig.kit.contactPolicy.set({ spend: "off" });
    expect((await rig.kit.audience.preview(rig.input)).warnings).toEqual([]);
    rig.channel.costOf = undefined as never;
    expect((await rig.kit.audience.preview(rig.input)).cost).toBeNull();
  });
});
