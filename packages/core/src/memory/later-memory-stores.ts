import type { Stores } from "../ports/stores.js";

type StoreName = Exclude<keyof Stores, "transaction" | "inTransaction" | "within" | "wakeUps" | "close">;

/** Every store of theirs. */
const STORES: Readonly<Record<StoreName, true>> = {
  tenants: true,
  customers: true,
  orders: true,
  labels: true,
  audience: true,
  segments: true,
  rules: true,
  occurrences: true,
  batches: true,
  deliveries: true,
  attempts: true,
  conversions: true,
  suppressions: true,
  consents: true,
  spend: true,
  links: true,
  coupons: true,
  templates: true,
  messages: true,
  idempotency: true,
  audit: true,
  alarms: true,
  config: true,
  media: true,
  people: true,
  jobs: true,
  retention: true,
};

/** `memoryStores` whose code is loaded with the first call, for it is of no use to whoever brings stores of their own. */
export function laterMemoryStores(): Stores {
  let stores: Stores | undefined;
  let loading: Promise<Stores> | undefined;
  const load = async () => {
    const { memoryStores } = await import("./memory-stores.js");
    stores = memoryStores();
    return stores;
  };
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  // The names are those of stores, and every method of a store gives a promise.
  const parts = Object.fromEntries(
    Object.keys(STORES).map((name) => [name, storeOf(async () => Reflect.get(await loaded(), name))]),
  ) as Pick<Stores, StoreName>;
  const later: Stores = {
    ...parts,
    // Theirs hands its stores on as they are: whoever wrapped these finds them wrapped inside as well.
    transaction: async (work) => (await loaded()).transaction(() => work(later)),
    inTransaction: () => stores?.inTransaction?.() ?? false,
    close: async () => stores?.close(),
  };
  return later;
}

function storeOf(loaded: () => Promise<object>): object {
  const methods: Record<string, unknown> = {};
  return new Proxy(methods, {
    get(_methods, name) {
      // Whoever awaits a store asks it for `then`.
      if (typeof name === "symbol" || name === "then") return undefined;
      methods[name] ??= async (...given: readonly unknown[]) => Reflect.get(await loaded(), name)(...given);
      return methods[name];
    },
  });
}
