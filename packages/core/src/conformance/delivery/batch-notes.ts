import { addTenant } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";
import { addBatch, addRule, addRunning, moveBatch } from "./work-builders.js";

const occurrenceOf = async (scene: Scene) => addRunning(scene, (await addRule(scene, "r1")).id);

/** Facts about the note that people of a batch ended. */
export const batchNoteFacts: Facts = {
  "people who ended are noted where a channel is behind, until the note is taken": async (scene) => {
    const { stores, tenantId } = scene;
    const occurrence = await occurrenceOf(scene);
    const [first, last, other] = [
      await addBatch(scene, occurrence, { number: 1, handsOn: false }),
      await addBatch(scene, occurrence, { number: 2, handsOn: null }),
      await addBatch(scene, occurrence, { number: 3, handsOn: false }),
    ];
    const { batches } = stores;
    const noted = async (afterId = 0) => (await batches.handingOn(afterId, 10)).map(({ id }) => id);
    for (const { id } of [first, last, other, first]) await batches.noteEnded(tenantId, id);
    expectSame(await noted(), [first.id, other.id], "batches with a note");
    expectSame(await noted(first.id), [other.id], "after the first");
    expectSame((await batches.handingOn(0, 1)).length, 1, "at most so many");
    expectSame((await batches.get(tenantId, first.id))?.handsOn, true, "the first");
    const stranger = await addTenant(stores);
    await batches.takeEnded(stranger, other.id);
    const take = () => batches.takeEnded(tenantId, first.id);
    expectSame([await take(), await take()], [true, false], "taken, and taken again");
    expectSame([await noted(), (await batches.get(tenantId, last.id))?.handsOn], [[other.id], null], "what is left");
    await batches.takeEnded(tenantId, other.id);
    await batches.noteEnded(stranger, other.id);
    expectSame(await noted(), [], "by another tenant");
  },

  "an occurrence may hand people on while reports or a note are open": async (scene) => {
    const { stores, tenantId } = scene;
    const occurrence = await occurrenceOf(scene);
    const may = () => stores.batches.mayHandOn(tenantId, occurrence.id);
    const last = await addBatch(scene, occurrence, { number: 1, handsOn: null });
    await moveBatch(scene, last, "leased", "dispatching", "accepted");
    const first = await addBatch(scene, occurrence, { number: 2, handsOn: false });
    expectThat(!(await may()), "nothing was accepted before a channel");
    await moveBatch(scene, first, "leased", "dispatching", "accepted");
    expectThat(await may(), "reports are open");
    expectThat(!(await stores.batches.mayHandOn(await addTenant(stores), occurrence.id)), "not another tenant's");
    const { id, leaseEpoch } = first;
    await stores.batches.advance({ tenantId, id, leaseEpoch }, { settled: true });
    expectThat(!(await may()), "no more reports come");
    await stores.batches.noteEnded(tenantId, id);
    expectThat(await may(), "people wait to be handed on");
  },
};
