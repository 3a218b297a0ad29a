import type { IdempotencyKey } from "../../ports/idempotency-store.js";
import { addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame } from "../expect.js";

/** Facts about `IdempotencyStore`. */
export function idempotencyStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("idempotency", harness, facts, durable);
}

const ANSWER = { status: 201, body: `{"text":"${DIFFICULT_TEXT.replace(/[\\"\n\t]/g, "")}"}` };

function keyOf({ tenantId }: Pick<Scene, "tenantId">, key = "k", route = "POST /a"): IdempotencyKey {
  return { tenantId, route, key };
}

/** Begins at `now` with a lock of 10 ms and an expiry of 100 ms later. */
function begin({ stores }: Pick<Scene, "stores">, key: IdempotencyKey, now: number, fingerprint = "f") {
  return stores.idempotency.begin(key, { fingerprint, now, lockedUntil: now + 10, expiresAt: now + 100 });
}

const facts: Facts = {
  "a new key starts, and keeps its answer": async (scene) => {
    const key = keyOf(scene);
    expectSame(await begin(scene, key, 0), { kind: "started" }, "first");
    expectSame(await scene.stores.idempotency.finish(key, ANSWER), true, "finished");
    expectSame(await begin(scene, key, 50), { kind: "finished", answer: ANSWER }, "repeat");
  },

  "a key in use is running until its time is over": async (scene) => {
    const key = keyOf(scene);
    await begin(scene, key, 0);
    expectSame(await begin(scene, key, 9), { kind: "running", lockedUntil: 10 }, "at once");
    expectSame(await begin(scene, key, 10), { kind: "abandoned" }, "later");
  },

  "of 50 callers one starts": async (scene) => {
    const claims = await Promise.all(Array.from({ length: 50 }, () => begin(scene, keyOf(scene), 0)));
    const kinds = claims.map(({ kind }) => kind);
    expectSame([kinds.filter((kind) => kind === "started").length, new Set(kinds).size], [1, 2], "who started");
  },

  "another request with the key is a mismatch, finished or not": async (scene) => {
    const key = keyOf(scene);
    await begin(scene, key, 0);
    expectSame(await begin(scene, key, 1, "g"), { kind: "mismatch" }, "while it runs");
    await scene.stores.idempotency.finish(key, ANSWER);
    expectSame(await begin(scene, key, 2, "g"), { kind: "mismatch" }, "afterwards");
  },

  "one of 50 callers resumes an abandoned key": async (scene) => {
    const key = keyOf(scene);
    await begin(scene, key, 0);
    const resume = (now: number) => scene.stores.idempotency.resume(key, { now, lockedUntil: now + 10 });
    expectSame(await resume(9), false, "too early");
    const resumed = await Promise.all(Array.from({ length: 50 }, () => resume(20)));
    expectSame(resumed.filter(Boolean).length, 1, "callers who resumed");
    expectSame(await begin(scene, key, 25), { kind: "running", lockedUntil: 30 }, "afterwards");
  },

  "an answer is given once": async (scene) => {
    const key = keyOf(scene);
    const { idempotency } = scene.stores;
    expectSame(await idempotency.finish(key, ANSWER), false, "without a beginning");
    await begin(scene, key, 0);
    await idempotency.finish(key, ANSWER);
    expectSame(await idempotency.finish(key, { status: 200, body: "other" }), false, "a second one");
    expectSame(await idempotency.resume(key, { now: 50, lockedUntil: 60 }), false, "resumed");
    expectSame(await begin(scene, key, 50), { kind: "finished", answer: ANSWER }, "the answer");
  },

  "a key that is released is new, one with an answer stays": async (scene) => {
    const { idempotency } = scene.stores;
    const [open, finished] = [keyOf(scene, "open"), keyOf(scene, "finished")];
    for (const key of [open, finished]) await begin(scene, key, 0);
    await idempotency.finish(finished, ANSWER);
    for (const key of [open, finished]) await idempotency.release(key);
    expectSame(await begin(scene, open, 1, "g"), { kind: "started" }, "the released key");
    expectSame(await begin(scene, finished, 1), { kind: "finished", answer: ANSWER }, "the finished key");
  },

  "an expired key is new": async (scene) => {
    const key = keyOf(scene);
    await begin(scene, key, 0);
    await scene.stores.idempotency.finish(key, ANSWER);
    expectSame((await begin(scene, key, 99)).kind, "finished", "a moment before");
    expectSame(await begin(scene, key, 100, "g"), { kind: "started" }, "at its expiry");
  },

  "a purge takes expired rows, at most so many": async (scene) => {
    const { stores, now } = scene;
    // What other cases left.
    while ((await stores.idempotency.purge(now, 1000)) > 0);
    for (const key of ["a", "b", "c"]) await begin(scene, keyOf(scene, key), now);
    await begin(scene, keyOf(scene, "young"), now + 1);
    expectSame(await stores.idempotency.purge(now + 99, 10), 0, "before their expiry");
    const taken = [await stores.idempotency.purge(now + 100, 2), await stores.idempotency.purge(now + 100, 2)];
    expectSame(taken, [2, 1], "rows taken");
    expectSame(await begin(scene, keyOf(scene, "young"), now + 100), { kind: "abandoned" }, "what is left");
  },

  "keys, routes and tenants are apart, bytewise": async (scene) => {
    const { stores } = scene;
    const other = { tenantId: await addTenant(stores) };
    const keys = BYTEWISE_KEYS.flatMap((text) => [
      keyOf(scene, text, "r"),
      keyOf(scene, "k", text),
      keyOf(other, text, "r"),
    ]);
    const claims = [];
    for (const key of keys) claims.push((await begin(scene, key, 0)).kind);
    expectSame(new Set(claims), new Set(["started"]), "claims");
    await stores.idempotency.release(keyOf(other, BYTEWISE_KEYS[0], "r"));
    expectSame((await begin(scene, keyOf(scene, BYTEWISE_KEYS[0], "r"), 1)).kind, "running", "after a foreign release");
  },
};

const durable: Facts<DurableScene> = {
  "answers are there after a restart": async (scene) => {
    const key = keyOf(scene);
    await begin(scene, key, 0);
    await scene.stores.idempotency.finish(key, ANSWER);
    const stores = await scene.reopen();
    expectSame(await begin({ stores }, key, 1), { kind: "finished", answer: ANSWER }, "answer");
  },
};
