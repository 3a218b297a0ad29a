import { describe, expect, test } from "vitest";
import { DAY, lose, MINUTE, pushRig, START } from "../testing/push-rig.js";

/** A push whose answer was lost, in review. */
async function inReview(isMade: boolean) {
  const rig = await pushRig({ people: 3, rule: { expireAfterMs: 3 * DAY } });
  rig.channel.capabilityNow = "none";
  rig.channel.steps.push(lose(isMade));
  const occurrenceId = await rig.push();
  await rig.after(MINUTE);
  const [batch] = await rig.batches();
  expect(batch?.state).toBe("needs_review");
  return { rig, occurrenceId, batchId: batch?.id ?? 0 };
}

describe("an operator decides on a batch in review", () => {
  test("it was sent: its people count as reached from the attempt on", async () => {
    const { rig, occurrenceId, batchId } = await inReview(true);
    expect(await rig.kit.batches.decide(batchId, "accepted")).toMatchObject({ state: "accepted", settled: true });
    expect(await rig.people()).toEqual(Array(3).fill("accepted: operator"));
    expect((await rig.kit.deliveries.list()).items[0]?.acceptedAt).toBe(START);
    expect(await rig.kit.occurrences.status(occurrenceId)).toMatchObject({
      state: "completed",
      blockedOnReview: false,
    });
    await rig.after(DAY);
    expect(rig.channel.polls).toBe(0);
  });

  test("it was not: nobody is counted, nobody is sent to, and caps are free again", async () => {
    const { rig, occurrenceId, batchId } = await inReview(false);
    await rig.kit.batches.decide(batchId, "rejected");
    expect(await rig.people()).toEqual(Array(3).fill("failed: operator"));
    expect(await rig.kit.occurrences.status(occurrenceId)).toMatchObject({ state: "completed_with_errors" });
    await rig.after(DAY);
    expect(rig.channel.calls).toHaveLength(1);
    await rig.push();
    expect((await rig.people()).slice(3)).toEqual(Array(3).fill("accepted"));
  });

  test("it shall go out again: the same batch, once", async () => {
    const { rig, batchId } = await inReview(false);
    await rig.kit.batches.decide(batchId, "pending");
    await rig.tick();
    expect(await rig.people()).toEqual(Array(3).fill("accepted"));
    expect(rig.channel.made).toHaveLength(1);
    expect(await rig.batches()).toMatchObject([{ attempts: 2, resends: 1 }]);
  });

  test("whatever has moved on, expired or never was is refused", async () => {
    const { rig, batchId } = await inReview(false);
    await expect(rig.kit.batches.decide(9_999, "accepted")).rejects.toMatchObject({ code: "batch.not-found" });
    await expect(rig.kit.batches.redrive(batchId)).rejects.toMatchObject({ code: "dead-letter.closed" });
    await rig.clock.advance(3 * DAY);
    await expect(rig.kit.batches.decide(batchId, "pending")).rejects.toMatchObject({ code: "review.too-late" });
    await rig.kit.batches.decide(batchId, "rejected");
    await expect(rig.kit.batches.decide(batchId, "accepted")).rejects.toMatchObject({ code: "review.closed" });
  });

  test("each decision is a line of the audit", async () => {
    const { rig, batchId } = await inReview(true);
    await rig.kit.batches.decide(batchId, "accepted");
    const lines = await rig.stores.audit.list(1, "batch", batchId, 50);
    expect(lines.at(-1)).toMatchObject({ from: "needs_review", to: "accepted", reason: "operator" });
  });
});

test("a dead batch is tried again when it is redriven", async () => {
  const rig = await pushRig({ people: 2 });
  let isBroken = true;
  rig.channel.onPrepare = () => {
    if (isBroken) throw new TypeError("a fault of ours");
  };
  await rig.push();
  for (let n = 0; n < 5; n++) await rig.after(MINUTE);
  const [batch] = await rig.batches();
  expect(batch?.state).toBe("dead");
  isBroken = false;
  await rig.kit.batches.redrive(batch?.id ?? 0);
  await rig.tick();
  expect(await rig.people()).toEqual(["accepted", "accepted"]);
});
