import { describe, expect, test } from "vitest";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { createRecallKit } from "./create-recallkit.js";

/** A kit whose calls of one method are counted. */
function counted(store: "labels" | "rules" | "suppressions", method: string) {
  const stores = memoryStores();
  const calls: unknown[] = [];
  const real = stores[store];
  const spied = new Proxy(real, {
    get: (of, name) =>
      name === method
        ? (...given: unknown[]) => {
            calls.push(given);
            return Reflect.apply(Reflect.get(of, name), of, given);
          }
        : Reflect.get(of, name),
  });
  return { kit: createRecallKit({ stores: { ...stores, [store]: spied }, logger: silentLogger }), calls };
}

async function allOf<T>(rows: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const labels = (many: number) => Array.from({ length: many }, (_, n) => ({ kind: "sku", key: `k${n + 100}` }) as const);
const rule = (name: string) => ({
  name,
  channel: "wecom",
  segment: { everybody: true },
  validFrom: "2026-01-01",
  validTo: "2026-12-31",
  content: { text: "a" },
});

describe("a walk", () => {
  test("meets every row once, with one question per page", async () => {
    const { kit, calls } = counted("suppressions", "list");
    for (let n = 0; n < 7; n += 1) await kit.suppressions.add({ address: `a${n}`, reason: "x" });
    const met = await allOf(kit.suppressions.all({ limit: 3 }));
    expect(met.map(({ address }) => address)).toEqual(["a0", "a1", "a2", "a3", "a4", "a5", "a6"]);
    expect(calls).toHaveLength(3);
  });

  test("reads no page before its first row is asked for", async () => {
    const { kit, calls } = counted("labels", "list");
    await kit.labels.put(labels(5));
    const rows = kit.labels.all("sku", { limit: 2 })[Symbol.asyncIterator]();
    expect(calls).toHaveLength(0);
    await rows.next();
    await rows.next();
    expect(calls).toHaveLength(1);
    await rows.next();
    expect(calls).toHaveLength(2);
  });

  test("begins at a cursor, and ends with the reason of its signal", async () => {
    const { kit } = counted("labels", "list");
    await kit.labels.put(labels(5));
    const { nextCursor } = await kit.labels.list("sku", { limit: 3 });
    expect((await allOf(kit.labels.all("sku", { cursor: nextCursor }))).map(({ key }) => key)).toEqual([
      "k103",
      "k104",
    ]);
    const stop = new AbortController();
    const rows = kit.labels.all("sku", { signal: stop.signal })[Symbol.asyncIterator]();
    await rows.next();
    stop.abort(new Error("enough"));
    await expect(rows.next()).rejects.toThrow("enough");
  });

  test("meets each rule once though others come and go", async () => {
    const { kit, calls } = counted("rules", "after");
    for (const name of ["a", "b", "c", "d"]) await kit.rules.create(rule(name));
    const met: string[] = [];
    for await (const { id, name } of kit.rules.all({ limit: 2 })) {
      met.push(name);
      if (name === "d") await kit.rules.create(rule("e"));
      if (name === "c") await kit.rules.delete(id);
    }
    expect(met).toEqual(["d", "c", "b", "a"]);
    expect(calls).toHaveLength(2);
    expect(await kit.rules.page({}, { offset: 1, limit: 1 })).toMatchObject({ total: 4, items: [{ name: "d" }] });
  });

  test("goes over tenants, and over results, by the same cursors", async () => {
    const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
    for (const name of ["b", "c"]) await kit.tenants.create({ name });
    expect((await allOf(kit.tenants.all({ limit: 1 }))).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(await allOf(kit.results.all({ from: "2026-01-01", search: null }))).toEqual([]);
  });
});

test("wall time of an option is of the tenant's zone", async () => {
  const { kit, calls } = counted("rules", "after");
  await kit.rules.list({ createdFrom: "2026-01-31 10:00", createdTo: new Date(0) });
  expect(calls).toEqual([[1, { createdFrom: Date.UTC(2026, 0, 31, 2), createdTo: 0 }, null, 51]]);
});
