import { describe, expect, test } from "vitest";
import { pushRig } from "../testing/push-rig.js";
import type { Alarm } from "./delivery.js";

const refuseAll = async ({ batch }: { batch: { recipients: readonly unknown[] } }) =>
  batch.recipients.map(() => ({ kind: "refused" as const, reason: "invalid" }));

describe("alerts of a rule", () => {
  test("are raised once when too many people fail", async () => {
    const rig = await pushRig({ people: 4, maxBatchSize: 1, rule: { alert: { failureRate: 0.5, minPeople: 3 } } });
    rig.channel.steps.push(refuseAll, refuseAll);
    await rig.push();
    expect(await rig.alarms()).toEqual([]);
    rig.channel.steps.push(refuseAll, refuseAll, refuseAll);
    await rig.after(3 * 86_400_000);
    await rig.push();
    expect(await rig.alarms()).toEqual(["push.failure-rate"]);
  });

  test("wait until enough people were pushed, and can be switched off", async () => {
    for (const alert of [{ failureRate: 0, minPeople: 3 }, null]) {
      const rig = await pushRig({ people: 2, rule: { alert } });
      rig.channel.steps.push(refuseAll);
      await rig.push();
      expect(await rig.alarms()).toEqual([]);
    }
  });
});

describe("the sink of alarms", () => {
  test("gets every alarm in order, from its first configuration on, and again after it failed", async () => {
    const rig = await pushRig({
      people: 1,
      rule: { alert: { failureRate: 0, minPeople: 1 }, messageClass: "transactional" },
    });
    rig.channel.steps.push(refuseAll);
    await rig.push();
    const taken: number[] = [];
    let isDown = true;
    const alerts = {
      async send({ id, ...alarm }: Omit<Alarm, "addresses" | "acknowledgedBy" | "acknowledgedAt">) {
        expect(alarm).not.toHaveProperty("addresses");
        if (isDown && id === 3) throw new Error("down");
        taken.push(id);
      },
    };
    const watched = rig.open({ alerts });
    await watched.tick();
    expect(taken).toEqual([]);
    for (let n = 0; n < 3; n += 1) {
      rig.channel.steps.push(refuseAll);
      await rig.push();
    }
    await watched.tick();
    expect(taken).toEqual([2]);
    isDown = false;
    await watched.tick();
    await watched.tick();
    expect(taken).toEqual([2, 3, 4]);
  });
});
