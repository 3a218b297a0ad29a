import { StorageError, systemClock } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import type { SqlStores } from "../sql/sql-stores.js";
import { signal, testServers } from "./test-support.js";

describe.each(testServers.map((server) => [server.name, server] as const))("transactions on %s", (_, server) => {
  const run = server.isThere ? test : test.skip;
  const raise = async (tx: SqlStores) => {
    const count = Number((await tx.config.get(1, "count")) ?? "0");
    await tx.config.put(1, "count", String(count + 1));
  };

  run("thirty who hold a row, read and write lose nothing, and none is repeated", async () => {
    const stores = await (await server.place())();
    let runs = 0;
    const holding = () =>
      stores.transaction(async (tx) => {
        runs++;
        await tx.tenants.get(1, "exclusive");
        await raise(tx);
      });
    await Promise.all(Array.from({ length: 30 }, holding));
    expect([await stores.config.get(1, "count"), runs]).toEqual(["30", 30]);
  });

  run("of two who both read before they write one is lost, unless they are serializable", async () => {
    const stores = await (await server.place())();
    await stores.config.put(1, "count", "0");
    for (const [manner, expected] of [
      ["transaction", "1"],
      ["serializable", "3"],
    ] as const) {
      const both = [signal(), signal()];
      let runs = 0;
      const one = (own: number) =>
        stores[manner](async (tx) => {
          runs++;
          const count = Number(await tx.config.get(1, "count"));
          both[own]?.give();
          await Promise.all(both.map(({ given }) => given));
          await tx.config.put(1, "count", String(count + 1));
        });
      await Promise.all([one(0), one(1)]);
      expect([await stores.config.get(1, "count"), runs]).toEqual([expected, manner === "transaction" ? 2 : 3]);
    }
  });

  run("a serializable transaction is not begun inside one that is not", async () => {
    const stores = await (await server.place())();
    const refused = { code: "storage.failed", message: expect.stringContaining("serializable") };
    await expect(stores.transaction((tx) => tx.serializable(raise))).rejects.toMatchObject(refused);
    await expect(stores.transaction(() => stores.serializable(raise))).rejects.toMatchObject(refused);
    await stores.serializable((tx) => tx.serializable(raise));
    expect(await stores.config.get(1, "count")).toBe("1");
  });

  run("what is in the way five times is busy, after pauses that may grow to half a second", async () => {
    const pauses: number[] = [];
    const clock = {
      ...systemClock,
      async sleep(ms: number) {
        pauses.push(ms);
      },
    };
    const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) };
    const stores = await (await server.place())({ clock, random });
    let runs = 0;
    const inTheWay = stores.transaction(async (tx) => {
      runs++;
      await tx.config.put(1, "key", "lost");
      throw new StorageError("storage.busy", "in the way", { retryable: true });
    });
    await expect(inTheWay).rejects.toMatchObject({ code: "storage.busy", retryable: true });
    expect(runs).toBe(5);
    expect(pauses).toEqual([35, 65, 125, 245]);
    expect(await stores.config.get(1, "key")).toBeUndefined();
  });

  run("two who want the same rows the other way round both come through", async () => {
    const stores = await (await server.place())();
    for (const key of ["a", "b"]) await stores.config.put(1, key, "0");
    const both = [signal(), signal()];
    let runs = 0;
    const one = (own: number, keys: readonly string[]) =>
      stores.transaction(async (tx) => {
        runs++;
        await tx.config.put(1, keys[0] ?? "", `${own}`);
        both[own]?.give();
        await Promise.all(both.map(({ given }) => given));
        await tx.config.put(1, keys[1] ?? "", `${own}`);
      });
    await Promise.all([one(0, ["a", "b"]), one(1, ["b", "a"])]);
    expect(runs).toBe(3);
    expect(await stores.config.get(1, "a")).toBe(await stores.config.get(1, "b"));
  });
});
