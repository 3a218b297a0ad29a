import { describe, expect, test } from "vitest";
import { hostKinds } from "./test-support.js";

const people = (...keys: readonly (string | number)[]) => keys.map((key) => ({ externalKey: `p${key}` }));
/** A row that no customer can be. */
const BAD = { externalKey: "" };

describe.each(hostKinds.map((kind) => [`${kind.engine} by ${kind.driver}`, kind] as const))(
  "in a transaction on %s",
  (_, kind) => {
    const run = kind.isThere ? test : test.skip;

    run("rows of both are committed together", async () => {
      const host = await kind.open();
      const { handle, write, commit } = await host.begin();
      await write(1);
      const kit = host.kit.withTransaction(handle);
      expect(await kit.customers.upsert(people(1, 2))).toMatchObject({ inserted: 2, rejected: [] });
      expect(await kit.audience.count({ segment: { everybody: true } })).toBe(2);
      expect(await host.kept()).toEqual({ notes: [], people: 0 });
      await commit();
      expect(await host.kept()).toEqual({ notes: [1], people: 2 });
    });

    run("rows of both are rolled back together", async () => {
      const host = await kind.open();
      const { handle, write, rollback } = await host.begin();
      const kit = host.kit.withTransaction(handle);
      await kit.customers.upsert(people(1));
      await write(1);
      const { id } = await kit.tenants.create({ name: "second" });
      await kit.forTenant(id).customers.upsert(people(1));
      await rollback();
      expect(await host.kept()).toEqual({ notes: [], people: 0 });
      await expect(host.kit.forTenant(id).customers.upsert(people(1))).rejects.toMatchObject({
        code: "tenant.not-found",
      });
    });

    run("a call that fails leaves nothing of itself, and the transaction goes on", async () => {
      const host = await kind.open();
      const { handle, write, commit } = await host.begin();
      const kit = host.kit.withTransaction(handle);
      await write(1);
      await kit.customers.upsert(people("kept"));
      const many = [...people(...Array.from({ length: 700 }, (_, index) => index)), BAD];
      const failed = kit.customers.upsert(many);
      await expect(failed).rejects.toMatchObject({ code: "input.invalid", issues: [{ path: "rows.700.externalKey" }] });
      await expect(kit.rules.get(7)).rejects.toMatchObject({ code: "rule.not-found" });
      await expect(
        kit.stores.sql
          .selectFrom("rk_nothing" as "rk_config")
          .selectAll()
          .execute(),
      ).rejects.toThrow();
      await write(2);
      await commit();
      expect(await host.kept()).toEqual({ notes: [1, 2], people: 1 });
    });

    run("work over the stores is done as a whole or not at all", async () => {
      const host = await kind.open();
      const { handle, write, commit } = await host.begin();
      const { stores, customers } = host.kit.withTransaction(handle);
      const failed = stores.transaction(async (tx) => {
        await tx.config.put(1, "key", "half");
        await customers.upsert(people(1));
        await stores.config.put(1, "other", "half");
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      await stores.transaction((tx) => tx.config.put(1, "key", "whole"));
      await write(1);
      await commit();
      expect(await host.kit.stores.config.get(1, "key")).toBe("whole");
      expect(await host.kit.stores.config.get(1, "other")).toBeUndefined();
      expect(await host.kept()).toEqual({ notes: [1], people: 0 });
    });

    run("calls side by side take turns: one that fails takes nothing of the others with it", async () => {
      const host = await kind.open();
      const { handle, commit } = await host.begin();
      const [one, other] = [host.kit.withTransaction(handle), host.kit.withTransaction(handle)];
      const ends = await Promise.allSettled([
        one.customers.upsert(people(1)),
        other.customers.upsert([...people(2), BAD]),
        one.customers.upsert(people(3)),
        other.labels.put([{ kind: "city", key: "上海" }]),
      ]);
      expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
      await commit();
      expect(await host.kept()).toEqual({ notes: [], people: 2 });
    });

    run("a transaction that has ended, or never began, is not open", async () => {
      const host = await kind.open();
      const notOpen = { code: "transaction.not-open" };
      const { handle, write, commit } = await host.begin();
      await write(1);
      await commit();
      await expect((async () => host.kit.withTransaction(handle).customers.upsert(people(1)))()).rejects.toMatchObject(
        notOpen,
      );
      const idle = await host.idle();
      await expect((async () => host.kit.withTransaction(idle).customers.upsert(people(1)))()).rejects.toMatchObject(
        notOpen,
      );
      await expect((async () => host.kit.withTransaction(idle).stores.config.put(1, "a", "b"))()).rejects.toMatchObject(
        notOpen,
      );
      expect(await host.kept()).toEqual({ notes: [1], people: 0 });
    });

    run("a transaction of another database is foreign, and left as it was", async () => {
      const [host, other] = [await kind.open(), await kind.open()];
      const { handle, write, commit } = await other.begin();
      await write(1);
      if (kind.engine !== "PostgreSQL") {
        const call = host.kit.withTransaction(handle).customers.upsert(people(1));
        await expect(call).rejects.toMatchObject({ code: "transaction.foreign" });
      }
      await write(2);
      await commit();
      expect(await host.kept()).toEqual({ notes: [], people: 0 });
      expect(await other.kept()).toEqual({ notes: [1, 2], people: 0 });
    });

    run("neither a second one nor a transaction of the stores may surround it", async () => {
      const host = await kind.open();
      const { handle, rollback } = await host.begin();
      const nested = expect.objectContaining({ code: "transaction.nested" });
      expect(() => host.kit.withTransaction(handle).withTransaction(handle)).toThrow(nested);
      const inside = host.kit.stores.transaction(() => host.kit.withTransaction(handle).customers.upsert(people(1)));
      await expect(inside).rejects.toEqual(nested);
      await rollback();
      expect(await host.kept()).toEqual({ notes: [], people: 0 });
    });
  },
);
