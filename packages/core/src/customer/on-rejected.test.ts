import { expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";

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

test("so does a label for somebody who is not there", async () => {
  const labels = [{ externalKey: "nobody", kind: "city", key: "上海" }] as const;
  const call = stores.transaction(() => kit.labels.assign(labels));
  await expect(call).rejects.toMatchObject({ issues: [{ path: "rows.0.externalKey", code: "customer.not-found" }] });
});

test("memory has no transactions of the application", () => {
  const unsupported = expect.objectContaining({ code: "transaction.unsupported" });
  expect(() => kit.withTransaction({})).toThrow(unsupported);
});
