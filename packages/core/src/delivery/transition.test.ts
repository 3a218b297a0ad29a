import { describe, expect, test } from "vitest";
import { pushRig } from "../testing/push-rig.js";
import { BATCH_STATES, DELIVERY_STATES, type EntityKind, OCCURRENCE_STATES } from "./states.js";
import { applyTransition, assertLegal, LeaseLostError, type Transition } from "./transition.js";

// The life cycles as they are promised, written down a second time.
const LEGAL = {
  occurrence: `
    planned: snapshotting skipped cancelled
    snapshotting: running cancelled
    running: completed completed_with_errors paused cancelled
    paused: running completed completed_with_errors cancelled`,
  batch: `
    pending: leased dead expired cancelled
    leased: pending dispatching expired cancelled
    dispatching: accepted pending rejected unknown
    unknown: reconciling needs_review accepted
    reconciling: accepted pending unknown needs_review
    needs_review: accepted rejected pending
    dead: pending expired cancelled`,
  delivery: `
    queued: in_batch suppressed cancelled expired
    in_batch: accepted failed unknown suppressed queued expired cancelled
    unknown: accepted failed needs_review in_batch queued
    needs_review: accepted failed in_batch
    accepted: delivered not_delivered
    not_delivered: delivered`,
} as const;

function isLegal(entity: EntityKind, from: string, to: string): boolean {
  const line = LEGAL[entity].split("\n").find((text) => text.trim().startsWith(`${from}:`));
  return line?.split(":")[1]?.trim().split(" ").includes(to) ?? false;
}

const STATES = { occurrence: OCCURRENCE_STATES, batch: BATCH_STATES, delivery: DELIVERY_STATES } as const;
const PAIRS = (["occurrence", "batch", "delivery"] as const).flatMap((entity) =>
  STATES[entity].flatMap((from) => STATES[entity].map((to) => [entity, from, to] as const)),
);

/** An occurrence with a batch of two people, each put into some state behind the table's back. */
async function scene() {
  const rig = await pushRig({ people: 2 });
  const occurrenceId = await rig.push();
  const [batch] = await rig.batches();
  const { stores } = rig;
  const subject = (entity: EntityKind) => (entity === "occurrence" ? occurrenceId : (batch?.id ?? 0));
  const leaseEpoch = batch?.leaseEpoch ?? 0;

  const transition = (entity: EntityKind, from: string, to: string): Transition => {
    const change = { from, to, patch: { reason: "test" } };
    const key = { tenantId: 1, id: subject(entity), leaseEpoch };
    // The states come from the lists of the same entity.
    if (entity === "occurrence") return { entity, key: { tenantId: 1, id: occurrenceId }, ...change } as Transition;
    if (entity === "batch") return { entity, key, ...change } as Transition;
    return { entity, tenantId: 1, selector: { batchId: key.id }, ...change } as Transition;
  };
  const force = async (entity: EntityKind, state: string) => {
    const to = state as never;
    const key = { tenantId: 1, id: subject(entity), leaseEpoch };
    if (entity === "occurrence")
      await stores.occurrences.transition({ ...key, leaseEpoch: 1, from: [...OCCURRENCE_STATES] }, to, {});
    else if (entity === "batch") await stores.batches.transition({ ...key, from: [...BATCH_STATES] }, to, {});
    else
      for (const from of DELIVERY_STATES) await stores.deliveries.transition(1, { batchId: key.id }, from, to, {}, 0);
  };
  const state = async (entity: EntityKind) => {
    if (entity === "occurrence") return (await stores.occurrences.get(1, occurrenceId))?.state;
    if (entity === "batch") return (await stores.batches.get(1, subject(entity)))?.state;
    return Object.keys(await stores.deliveries.countByState(1, { batchId: subject(entity) })).join();
  };
  const audit = async (entity: EntityKind) => stores.audit.list(1, entity, subject(entity), 1000);
  return { ...rig, transition, force, state, audit, subject, leaseEpoch };
}

describe("every pair of states", () => {
  test("has its place in the table, or not", () => {
    for (const [entity, from, to] of PAIRS) {
      const check = () => assertLegal(entity, from as never, to as never);
      if (isLegal(entity, from, to)) expect(check).not.toThrow();
      else expect(check).toThrow(expect.objectContaining({ code: "state.illegal-transition" }));
    }
  });

  test("that is legal changes the row and leaves a line; any other throws and leaves nothing", async () => {
    const { stores, transition, force, state, audit, subject, leaseEpoch } = await scene();
    let legal = 0;
    for (const [entity, from, to] of PAIRS) {
      await force(entity, from);
      const lines = (await audit(entity)).length;
      const change = stores.transaction((tx) => applyTransition(tx, transition(entity, from, to), 42));
      if (isLegal(entity, from, to)) {
        legal += 1;
        const count = entity === "delivery" ? 2 : 1;
        expect(await change).toBe(count);
        expect(await state(entity)).toBe(to);
        expect((await audit(entity)).slice(lines)).toMatchObject([
          {
            tenantId: 1,
            entity,
            entityId: subject(entity),
            from,
            to,
            reason: "test",
            count,
            leaseEpoch: entity === "batch" ? leaseEpoch : null,
            at: 42,
          },
        ]);
      } else {
        await expect(change).rejects.toMatchObject({ code: "state.illegal-transition" });
        expect(await state(entity)).toBe(from);
        expect(await audit(entity)).toHaveLength(lines);
      }
    }
    expect(legal).toBe(13 + 24 + 23);
  });
});

describe("a transition", () => {
  test("whose fence does not hold is lost, and takes its transaction with it", async () => {
    const { stores, force, state, audit, subject, leaseEpoch } = await scene();
    await force("batch", "pending");
    const lines = (await audit("batch")).length;
    for (const key of [
      { tenantId: 1, id: subject("batch"), leaseEpoch: leaseEpoch - 1 },
      { tenantId: 1, id: 404, leaseEpoch },
      { tenantId: 2, id: subject("batch"), leaseEpoch },
    ]) {
      const work = stores.transaction(async (tx) => {
        await tx.config.put(1, "lost", "yes");
        await applyTransition(tx, { entity: "batch", key, from: "pending", to: "leased" }, 1);
      });
      await expect(work).rejects.toBeInstanceOf(LeaseLostError);
    }
    expect(await stores.config.get(1, "lost")).toBeUndefined();
    expect(await state("batch")).toBe("pending");
    expect(await audit("batch")).toHaveLength(lines);
  });

  test("from a state that the row has left is lost too", async () => {
    const { stores, force, transition } = await scene();
    await force("occurrence", "completed");
    const work = stores.transaction((tx) => applyTransition(tx, transition("occurrence", "running", "paused"), 1));
    await expect(work).rejects.toMatchObject({ code: "state.lease-lost" });
  });

  test("of nobody changes nothing and leaves no line", async () => {
    const { stores, force, transition, audit } = await scene();
    await force("delivery", "delivered");
    const lines = (await audit("delivery")).length;
    expect(await stores.transaction((tx) => applyTransition(tx, transition("delivery", "queued", "expired"), 1))).toBe(
      0,
    );
    expect(await audit("delivery")).toHaveLength(lines);
  });
});

test("the audit tells the whole life of a push", async () => {
  const { clock, tick, audit } = await scene();
  await clock.advance(60_000);
  await tick();
  const told = async (entity: EntityKind) => (await audit(entity)).map(({ from, to }) => `${from} → ${to}`);
  expect(await told("occurrence")).toEqual(["planned → snapshotting", "snapshotting → running", "running → completed"]);
  expect(await told("batch")).toEqual(["pending → leased", "leased → dispatching", "dispatching → accepted"]);
  expect(await told("delivery")).toEqual(["queued → in_batch", "in_batch → accepted", "accepted → delivered"]);
});
