import { expect, test } from "vitest";
import { breathe, MINUTE, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

test("each group of a channel gets a call of its own, and whoever is in none is told why", async () => {
  const { channel, push, tick, people, batches } = await pushRig({ people: 5 });
  channel.divide = async (_tenantId, _content, addresses) =>
    [["wm_0", "wm_2"], ["wm_1", "wm_3"], []].map((group) => group.filter((address) => addresses.includes(address)));
  await push();
  await tick();
  expect(channel.calls.map(({ batch }) => addressesOf(batch))).toEqual([
    ["wm_0", "wm_2"],
    ["wm_1", "wm_3"],
  ]);
  expect(await people()).toEqual(["accepted", "accepted", "accepted", "accepted", "suppressed: no_sender"]);
  expect(await batches()).toMatchObject([
    { state: "accepted", size: 2 },
    { state: "accepted", size: 2 },
  ]);
});

test("a batch of which nobody can be reached sends nothing", async () => {
  const { channel, push, people, batches } = await pushRig();
  channel.divide = async () => [];
  await push();
  expect(channel.calls).toEqual([]);
  expect(new Set(await people())).toEqual(new Set(["suppressed: no_sender"]));
  expect(await batches()).toMatchObject([{ state: "cancelled" }]);
});

test.each([
  ["a text", "all"],
  ["groups that are none", ["wm_0"]],
  ["somebody else", [["wm_0", "wm_99"]]],
  ["somebody twice", [["wm_0"], ["wm_0", "wm_1"]]],
])("an answer that is no division moves nobody: %s", async (_, value) => {
  const { channel, push, after, people, batches } = await pushRig();
  // What is tested is that the engine does not rely on the types.
  channel.divide = async () => value as never;
  await push();
  expect(channel.calls).toEqual([]);
  expect(new Set(await people())).toEqual(new Set(["in_batch"]));
  expect(await batches()).toMatchObject([{ state: "pending" }]);
  delete channel.divide;
  await after(10 * MINUTE);
  expect(new Set(await people())).toEqual(new Set(["accepted"]));
});

test("a channel that never says how it divides is given up, and asked again later", async () => {
  const { channel, push, after, clock, people, batches } = await pushRig();
  channel.divide = () => new Promise<never>(() => {});
  let isOver = false;
  const asked = push().finally(() => {
    isOver = true;
  });
  for (let second = 0; second < 600 && !isOver; second += 1) {
    await breathe(2);
    await clock.advance(1000);
  }
  expect(isOver).toBe(true);
  await asked;
  expect(channel.calls).toEqual([]);
  expect(await batches()).toMatchObject([{ state: "pending", reason: "channel.no-answer" }]);
  delete channel.divide;
  await after(10 * MINUTE);
  expect(new Set(await people())).toEqual(new Set(["accepted"]));
});
