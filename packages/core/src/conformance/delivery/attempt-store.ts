import type { AttemptFilter } from "../../ports/attempt-store.js";
import { addTenant, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, walk } from "../expect.js";
import { addBatch, addRule, addRunning } from "./work-builders.js";

/** Facts about `AttemptStore`. */
export function attemptStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("attempts", harness, facts, restart);
}

const attemptsOf = ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, filter: AttemptFilter = {}) =>
  walk((cursor) => stores.attempts.list(tenantId, { limit: 2, ...filter, cursor }));

const OK = { class: "OK", answer: "errcode 0", endedAt: 9 };
const LATE = { class: "UNKNOWN", answer: null, endedAt: 99 };

/** A batch of a rule of its own. */
async function addWork(scene: Scene, name: string) {
  const occurrence = await addRunning(scene, (await addRule(scene, name)).id);
  return addBatch(scene, occurrence);
}

const open = ({ stores, tenantId }: Scene, batchId: number, number = 1, startedAt = 5) =>
  stores.attempts.open({ tenantId, batchId, kind: "send", number, leaseEpoch: 7, startedAt });

const facts: Facts = {
  "an empty store finds nothing": async ({ stores, tenantId }) => {
    expectSame(await stores.attempts.list(tenantId, {}), { items: [], nextCursor: null }, "list");
    expectSame(await stores.attempts.close(tenantId, 1_000_000, OK), false, "an unknown attempt is closed");
  },

  "an attempt is open at first": async (scene) => {
    const batch = await addWork(scene, "r1");
    const id = await open(scene, batch.id, 3, scene.now);
    const row = {
      id,
      tenantId: scene.tenantId,
      batchId: batch.id,
      kind: "send" as const,
      number: 3,
      leaseEpoch: 7,
      startedAt: scene.now,
    };
    expectSame(await attemptsOf(scene), [{ ...row, endedAt: null, class: null, answer: null }], "attempts");
  },

  "an attempt is closed once": async (scene) => {
    const { stores, tenantId } = scene;
    const id = await open(scene, (await addWork(scene, "r1")).id);
    const outcome = { class: "RATE_LIMITED", answer: DIFFICULT_TEXT, endedAt: 0 };
    expectSame(await stores.attempts.close(tenantId, id, outcome), true, "first close");
    expectSame(await stores.attempts.close(tenantId, id, LATE), false, "second close");
    const [row] = await attemptsOf(scene);
    expectSame([row?.class, row?.answer, row?.endedAt], ["RATE_LIMITED", DIFFICULT_TEXT, 0], "outcome");
  },

  "of 50 callers who close one attempt one wins": async (scene) => {
    const { stores, tenantId } = scene;
    const id = await open(scene, (await addWork(scene, "r1")).id);
    const close = (caller: number) => stores.attempts.close(tenantId, id, { ...OK, answer: `caller ${caller}` });
    const won = await Promise.all(Array.from({ length: 50 }, (_, caller) => close(caller)));
    expectSame(won.filter(Boolean).length, 1, "callers who closed it");
    expectSame((await attemptsOf(scene))[0]?.answer, `caller ${won.indexOf(true)}`, "answer");
  },

  "closing what is open spares closed attempts and other batches": async (scene) => {
    const { stores, tenantId } = scene;
    const [batch, other] = [await addWork(scene, "r1"), await addWork(scene, "r2")];
    const first = await open(scene, batch.id, 1);
    await open(scene, batch.id, 2);
    await open(scene, batch.id, 3);
    await open(scene, other.id, 1);
    await stores.attempts.close(tenantId, first, OK);
    await stores.attempts.closeOpen(tenantId, batch.id, LATE);
    expectSame(
      (await attemptsOf(scene)).map((attempt) => attempt.class),
      ["OK", "UNKNOWN", "UNKNOWN", null],
      "classes",
    );
    expectSame(
      (await attemptsOf(scene)).map(({ endedAt }) => endedAt),
      [9, 99, 99, null],
      "ends",
    );
  },

  "filters narrow a list that runs by id": async (scene) => {
    const [first, second] = [await addWork(scene, "r1"), await addWork(scene, "r2")];
    const ids: number[] = [];
    for (const number of [1, 2, 3]) {
      ids.push(await open(scene, first.id, number, 10 * number), await open(scene, second.id, number, 10 * number + 1));
    }
    const found = async (filter: AttemptFilter) => (await attemptsOf(scene, filter)).map(({ id }) => ids.indexOf(id));
    expectSame(await found({}), [0, 1, 2, 3, 4, 5], "all");
    expectSame(await found({ batchId: first.id }), [0, 2, 4], "of a batch");
    expectSame(await found({ occurrenceId: second.occurrenceId }), [1, 3, 5], "of an occurrence");
    expectSame(await found({ ruleId: first.ruleId }), [0, 2, 4], "of a rule");
    expectSame(await found({ since: 21 }), [3, 4, 5], "started since");
    expectSame(await found({ batchId: second.id, ruleId: second.ruleId, since: 30 }), [5], "of several filters");
  },

  "look-ups are told from calls that send, which alone are the latest": async (scene) => {
    const { stores, tenantId } = scene;
    const batch = await addWork(scene, "r1");
    const call = { tenantId, batchId: batch.id, leaseEpoch: 7, startedAt: 5 } as const;
    const sent = await open(scene, batch.id, 1);
    const asked = await stores.attempts.open({ ...call, kind: "lookup", number: 1 });
    await stores.attempts.close(tenantId, asked, { ...OK, answer: '{"found":1}' });
    const found = async (filter: AttemptFilter) =>
      (await attemptsOf(scene, filter)).map(({ id, kind, number }) => [id, kind, number]);
    expectSame(
      await found({}),
      [
        [sent, "send", 1],
        [asked, "lookup", 1],
      ],
      "both",
    );
    expectSame(await found({ kind: "send" }), [[sent, "send", 1]], "calls that send");
    expectSame(await found({ kind: "lookup", batchId: batch.id }), [[asked, "lookup", 1]], "look-ups");
    expectSame((await stores.attempts.latest(tenantId, batch.id))?.id, sent, "latest");
  },

  "foreign attempts can be neither read nor written": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    const batch = await addWork(scene, "r1");
    const id = await open(scene, batch.id);
    expectSame(await attemptsOf({ stores, tenantId: other }, { batchId: batch.id }), [], "list");
    expectSame(await stores.attempts.close(other, id, OK), false, "close");
    await stores.attempts.closeOpen(other, batch.id, OK);
    expectSame((await attemptsOf({ stores, tenantId }))[0]?.endedAt, null, "end of my attempt");
  },
};

const restart: Facts<DurableScene> = {
  "attempts survive a restart": async (scene) => {
    const { stores, tenantId } = scene;
    const batch = await addWork(scene, "r1");
    await stores.attempts.close(tenantId, await open(scene, batch.id, 1), OK);
    await open(scene, batch.id, 2);
    const before = await attemptsOf(scene);
    expectSame(before.length, 2, "attempts");
    expectSame(await attemptsOf({ stores: await scene.reopen(), tenantId }), before, "attempts after the restart");
  },
};
