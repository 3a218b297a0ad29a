import type { Stores } from "../../ports/stores.js";
import type { Life } from "./fate.js";

type Method = (...args: unknown[]) => Promise<unknown>;
type Methods = Readonly<Record<string, Method>>;

/** Stores as one process has them: every call goes through its life, and its death takes back an open transaction. */
export function mortalStores(stores: Stores, life: Life): Stores {
  const ports = Object.entries(stores).flatMap(([port, methods]) =>
    typeof methods === "function" ? [] : [[port, mortal(port, methods as unknown as Methods, life)]],
  );
  const transaction: Stores["transaction"] = (work) =>
    life.call("transaction", () =>
      stores.transaction(async (tx) => {
        const result = await work(mortalStores(tx, life));
        life.assertAlive();
        return result;
      }),
    );
  // Ports are matched by name here; the type of `Stores` is what they were taken from.
  return { ...Object.fromEntries(ports), transaction, close: async () => {} } as Stores;
}

function mortal(port: string, methods: Methods, life: Life): Methods {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...args: unknown[]) => life.call(`${port}.${name}`, () => method(...args)),
    ]),
  );
}
