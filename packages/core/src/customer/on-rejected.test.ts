import { expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { IngestFaults } from "./outcome.js";

const stores = memoryStores();
const kit = createRecallKit({ stores, logger: silentLogger });
const rows = [{ externalKey: "good" }, { externalKey: "" }];
const thrown = { code: "input.invalid", issues: [{ path: "rows.1.externalKey" }] };

test("rejected rows are told of outside of a transaction, and end the call inside one or where that is asked for", async () => {
  await expect(kit.customers.upsert(rows, { onRejected: "throw" })).rejects.toMatchObject(thrown);
  await expect(stores.transaction(() => kit.customers.upsert(rows))).rejects.toMatchObject(thrown);
  expect(await kit.audience.count({ segment: { everybody: true } })).toBe(0);
  const told = { inserted: 1, rejected: [{ index: 1, path: "externalKey" }] };
  expect(await stores.transaction(() => kit.customers.upsert(rows, { onRejected: "return" }))).toMatchObject(told);
  expect(await kit.customers.upsert(rows)).toMatchObject({ unchanged: 1, rejected: [{ index: 1 }] });
});

test("rejected rows are told of chunk by chunk where somebody listens, and not kept", async () => {
  const told: (readonly [rows: number, indices: readonly number[]])[] = [];
  let rows = 0;
  const listening = {
    onFaults: ({ rejected }: IngestFaults) => told.push([rows, rejected.map(({ index }) => index)]),
    onProgress: (progress: { readonly rows: number }) => {
      rows = progress.rows;
    },
  };
  const people = Array.from({ length: 1200 }, (_, n) => ({ externalKey: n % 400 === 1 ? "" : `p${n}` }));
  expect(await kit.customers.upsert(people, listening)).toMatchObject({ inserted: 1197, rejected: [] });
  expect(told.splice(0)).toEqual([
    [0, [1, 401]],
    [500, [801]],
  ]);
  rows = 0;
  const orders = [1, 2].map((n) => ({ externalId: `${n}`, externalKey: "p0", orderedAt: "x", amount: n }));
  expect(await kit.orders.ingest(orders, listening)).toMatchObject({ inserted: 0, rejected: [] });
  const labels = [{ externalKey: "nobody", kind: "city", key: "上海" }] as const;
  expect(await kit.labels.assign(labels, { ...listening, onProgress: null })).toMatchObject({ rejected: [] });
  expect(told.map(([, indices]) => indices)).toEqual([[0, 1], [0]]);
});

test("so does a label for somebody who is not there", async () => {
  const labels = [{ externalKey: "nobody", kind: "city", key: "上海" }] as const;
  const call = stores.transaction(() => kit.labels.assign(labels));
  await expect(call).rejects.toMatchObject({ issues: [{ path: "rows.0.externalKey", code: "customer.not-found" }] });
});

test("memory has no transactions of the application", () => {
  const unsupported = expect.objectContaining({ code: "transaction.unsupported" });
  expect(() => kit.withTransaction({})).toThrow(unsupported);
});
