import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { LabelAssignment } from "./assign-labels.js";

async function shop() {
  const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
  await kit.customers.upsert([{ externalKey: "c1" }, { externalKey: "c2", city: "上海" }]);
  const changes = async (since: number) =>
    (await kit.stores.tenants.changesSince(1, since, 100)).map(({ kind, id }) => `${kind} ${id}`);
  return { kit, changes };
}

const city = (externalKey: string, key: string, name?: string): LabelAssignment => ({
  externalKey,
  kind: "city",
  key,
  ...(name !== undefined && { name }),
});

describe("assigning labels", () => {
  test("counts people, of whose cities the last one counts", async () => {
    const { kit } = await shop();
    const rows = [city("c1", "北京"), city("c2", "北京"), city("c2", "上海"), city("c1", " 北京 ")];
    expect(await kit.labels.assign(rows)).toEqual({ inserted: 1, updated: 0, unchanged: 3, rejected: [] });
    expect(await kit.labels.assign(rows)).toMatchObject({ inserted: 0, unchanged: 4 });
    expect((await kit.labels.list("city")).items.map(({ key }) => key)).toEqual(["上海", "北京"]);
    expect(await kit.labels.assign([city("c2", "北京")])).toMatchObject({ inserted: 0, updated: 1 });
    expect((await kit.customers.export("c2")).labels).toMatchObject([{ key: "北京" }]);
  });

  test("takes them away again, and tells the feed of those who had them", async () => {
    const { kit, changes } = await shop();
    const { revision } = await kit.tenant();
    const rows = [city("c2", "上海"), city("c1", "上海"), city("c2", "无锡"), city("nobody", "上海")];
    expect(await kit.labels.unassign(rows)).toEqual({
      inserted: 0,
      updated: 1,
      unchanged: 2,
      rejected: [expect.objectContaining({ index: 3, code: "customer.not-found" })],
    });
    expect([await changes(revision), (await kit.customers.export("c2")).labels]).toEqual([["customer 2"], []]);
    expect(await kit.labels.unassign(rows)).toMatchObject({ updated: 0, unchanged: 3 });
    expect((await kit.tenant()).revision).toBe(revision + 1);
    const named = { ...city("c1", "上海"), name: "x" };
    expect((await kit.labels.unassign([named])).rejected).toMatchObject([{ path: "name" }]);
  });

  test("rejects unknown customers and wrong rows, and makes no label for them", async () => {
    const { kit } = await shop();
    const result = await kit.labels.assign([
      city("c1", "北京"),
      city("nobody", "苏州"),
      city("c1", " "),
      { externalKey: "c1", kind: "sku", key: "1" } as unknown as LabelAssignment,
    ]);
    expect(result).toMatchObject({ inserted: 1, unchanged: 0 });
    expect(result.rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
      [1, "externalKey", "customer.not-found"],
      [2, "key", "custom"],
      [3, "kind", "invalid_value"],
    ]);
    expect((await kit.labels.list("city")).items.map(({ key }) => key)).toEqual(["上海", "北京"]);
  });

  test("takes over a name, and tells the change feed of it", async () => {
    const { kit, changes } = await shop();
    await kit.labels.assign([city("c1", "sh")]);
    const { revision } = await kit.tenant();
    await kit.labels.assign([city("c1", "sh", "上海")]);
    expect((await kit.labels.list("city", { cursor: "a" })).items).toContainEqual(
      expect.objectContaining({ key: "sh", name: "上海" }),
    );
    const [label] = await kit.stores.labels.findMany(1, [{ kind: "city", key: "sh" }]);
    expect(await changes(revision)).toEqual([`label ${label?.id}`]);
  });

  test("tells the change feed of people and labels, and nothing where nothing changed", async () => {
    const { kit, changes } = await shop();
    const { revision } = await kit.tenant();
    await kit.labels.assign([city("c1", "北京")]);
    const [label] = await kit.stores.labels.findMany(1, [{ kind: "city", key: "北京" }]);
    expect(await changes(revision)).toEqual(["customer 1", `label ${label?.id}`]);
    await kit.labels.assign([city("c1", "北京")]);
    expect((await kit.tenant()).revision).toBe(revision + 1);
  });

  test("takes more than 500 rows and stops between chunks when aborted", async () => {
    const { kit } = await shop();
    const stop = new AbortController();
    const rows = Array.from({ length: 1001 }, (_, n) => city("c1", `city ${n}`));
    const progress: number[] = [];
    const onProgress = ({ rows: done }: { rows: number }) => {
      progress.push(done);
      if (done === 1000) stop.abort(new Error("enough"));
    };
    await expect(kit.labels.assign(rows, { signal: stop.signal, onProgress })).rejects.toThrow("enough");
    expect(progress).toEqual([500, 1000]);
    expect(await kit.labels.assign(rows)).toMatchObject({ inserted: 0, updated: 3, unchanged: 998 });
  });
});
