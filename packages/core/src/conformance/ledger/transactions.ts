import type { Stores } from "../../ports/stores.js";
import { addCustomer, addLabel, everybody, newCustomer } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { addOccurrence, addRule } from "../delivery/work-builders.js";
import { expectSame, expectThat } from "../expect.js";

/** Facts about `Stores.transaction` and `Stores.close`. */
export function transactionConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("transactions", harness, facts, restart);
}

/** Writes to several stores. @returns what `traces` reads */
async function writeTraces(stores: Stores, scene: Scene): Promise<void> {
  const { tenantId } = scene;
  const id = await addCustomer(stores, tenantId, "c1", { identities: { mobile: "1" } });
  await addLabel(stores, tenantId, "city", "上海");
  await stores.tenants.recordChanges(tenantId, [{ kind: "customer", id }], { at: 1, maxOrderAt: 5 });
  await stores.config.put(tenantId, "key", "value");
  await addOccurrence({ ...scene, stores }, (await addRule({ stores, tenantId }, "r1")).id);
}

/** What {@link writeTraces} leaves: rows of five stores. */
async function traces(stores: Stores, tenantId: number) {
  const tenant = await stores.tenants.get(tenantId);
  return {
    customers: (await stores.customers.findByKeys(tenantId, ["c1"])).length,
    owners: (await stores.customers.findOwners(tenantId, [{ type: "mobile", value: "1" }])).length,
    labels: (await stores.labels.list(tenantId, "city", { limit: 10 })).length,
    revision: tenant?.revision,
    maxOrderAt: tenant?.maxOrderAt,
    setting: await stores.config.get(tenantId, "key"),
    rules: (await stores.rules.list(tenantId, {}, { offset: 0, limit: 10 })).total,
    occurrences: (await stores.occurrences.list(tenantId, {})).items.length,
  };
}

const ALL = {
  customers: 1,
  owners: 1,
  labels: 1,
  revision: 1,
  maxOrderAt: 5,
  setting: "value",
  rules: 1,
  occurrences: 1,
};
const NONE = {
  customers: 0,
  owners: 0,
  labels: 0,
  revision: 0,
  maxOrderAt: null,
  setting: undefined,
  rules: 0,
  occurrences: 0,
};

const FAILURE = new Error("failure on purpose");

/** Runs a transaction that fails after its work. @returns what came out of it */
async function fail(stores: Stores, work: (tx: Stores) => Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([
    stores.transaction(async (tx) => {
      await work(tx);
      throw FAILURE;
    }),
  ]);
  return outcome.status === "rejected" ? outcome.reason : outcome.value;
}

/** A promise that another part of the case fulfils. */
function signal() {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

const facts: Facts = {
  "a transaction writes everything and answers its result": async (scene) => {
    const { stores, tenantId } = scene;
    const result = await stores.transaction(async (tx) => {
      await writeTraces(tx, scene);
      return "done";
    });
    expectSame(result, "done", "result");
    expectSame(await traces(stores, tenantId), ALL, "traces");
  },

  "a transaction sees its own writes": async (scene) => {
    const seen = await scene.stores.transaction(async (tx) => {
      await writeTraces(tx, scene);
      return traces(tx, scene.tenantId);
    });
    expectSame(seen, ALL, "traces");
  },

  "a failed transaction leaves nothing in any store": async (scene) => {
    const { stores, tenantId } = scene;
    const error = await fail(stores, (tx) => writeTraces(tx, scene));
    expectThat(error === FAILURE, "the error comes out as it was thrown");
    expectSame(await traces(stores, tenantId), NONE, "traces");
  },

  "a failed transaction takes updates back": async (scene) => {
    const { stores, tenantId } = scene;
    await writeTraces(stores, scene);
    const [customer] = await stores.customers.findByKeys(tenantId, ["c1"]);
    await fail(stores, async (tx) => {
      await tx.customers.updateMany([{ ...newCustomer(tenantId, "c2"), id: customer?.id ?? 0 }]);
      await tx.config.put(tenantId, "key", "other");
      await tx.tenants.recordChanges(tenantId, [], { at: 2, maxOrderAt: 9 });
    });
    expectSame(await traces(stores, tenantId), ALL, "traces");
  },

  "what was rolled back can be written again": async (scene) => {
    const { stores, tenantId } = scene;
    await fail(stores, (tx) => writeTraces(tx, scene));
    await stores.transaction((tx) => writeTraces(tx, scene));
    expectSame(await traces(stores, tenantId), ALL, "traces");
  },

  "nobody outside sees what is rolled back": async (scene) => {
    const { stores, tenantId } = scene;
    const [written, looked] = [signal(), signal()];
    const failing = fail(stores, async (tx) => {
      await writeTraces(tx, scene);
      written.give();
      await looked.given;
    });
    await written.given;
    const seen = Promise.all([
      stores.config.get(tenantId, "key"),
      stores.customers.findByKeys(tenantId, ["c1"]),
      stores.rules.findByName(tenantId, "r1"),
      stores.audience.count(everybody(scene)),
    ]);
    looked.give();
    await failing;
    expectSame(await seen, [undefined, [], undefined, 0], "setting, customers, rule and audience seen from outside");
  },

  "a nested transaction is committed with the outer one": async (scene) => {
    const { stores, tenantId } = scene;
    const result = await stores.transaction((tx) =>
      tx.transaction(async (inner) => {
        await writeTraces(inner, scene);
        return (await traces(tx, tenantId)).customers;
      }),
    );
    expectSame(result, 1, "customers that the outer transaction sees");
    expectSame(await traces(stores, tenantId), ALL, "traces");
  },

  "a nested transaction is rolled back with the outer one": async (scene) => {
    const { stores, tenantId } = scene;
    await fail(stores, (tx) => tx.transaction((inner) => writeTraces(inner, scene)));
    expectSame(await traces(stores, tenantId), NONE, "traces");
  },

  "of 50 transactions at once those that fail leave nothing": async ({ stores, tenantId }) => {
    const one = (caller: number) => {
      const work = async (tx: Stores) => {
        const id = await addCustomer(tx, tenantId, `c${caller}`);
        return tx.tenants.recordChanges(tenantId, [{ kind: "customer", id }], { at: caller });
      };
      return caller % 2 === 0 ? stores.transaction(work) : fail(stores, work);
    };
    await Promise.all(Array.from({ length: 50 }, (_, caller) => one(caller)));
    const keys = Array.from({ length: 50 }, (_, caller) => `c${caller}`);
    expectSame((await stores.customers.findByKeys(tenantId, keys)).length, 25, "customers");
    expectSame((await stores.tenants.get(tenantId))?.revision, 25, "revision");
    expectSame((await stores.tenants.changesSince(tenantId, 0, 100)).length, 25, "changes");
  },
};

const restart: Facts<DurableScene> = {
  "only what was committed survives a restart": async (scene) => {
    const { stores, tenantId } = scene;
    await stores.transaction((tx) => writeTraces(tx, scene));
    await fail(stores, (tx) => tx.config.put(tenantId, "key", "rolled back"));
    expectSame(await traces(await scene.reopen(), tenantId), ALL, "traces");
  },

  "a restart waits for a running transaction": async (scene) => {
    const { stores, tenantId } = scene;
    const [begun, closing] = [signal(), signal()];
    const order: string[] = [];
    const running = stores.transaction(async (tx) => {
      begun.give();
      await closing.given;
      await writeTraces(tx, scene);
    });
    const ended = running.then(() => order.push("transaction"));
    await begun.given;
    const reopening = scene.reopen();
    const closed = reopening.then(() => order.push("restart"));
    closing.give();
    await Promise.all([ended, closed]);
    expectSame(order, ["transaction", "restart"], "order of the ends");
    expectSame(await traces(await reopening, tenantId), ALL, "traces");
  },
};
