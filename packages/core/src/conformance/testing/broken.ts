import { AssertionError } from "node:assert";
import { expect, test } from "vitest";
import { RecallKitError } from "../../errors.js";
import { memoryStores } from "../../memory/index.js";
import type { Page } from "../../page.js";
import type { OrderWrite } from "../../ports/order-store.js";
import type { Stores } from "../../ports/stores.js";
import type { ConformanceCase, StoresHarness } from "../conformance-case.js";

type Port = Exclude<keyof Stores, "transaction" | "close">;

/** Replaces methods of a store by faulty ones; each gets the working method and the stores around it. */
export type Faults = {
  readonly [P in Port]?: {
    readonly [M in keyof Stores[P]]?: (real: Stores[P][M], stores: Stores) => Stores[P][M];
  };
} & { readonly transaction?: (real: Stores["transaction"], stores: Stores) => Stores["transaction"] };

type Method = (...args: unknown[]) => Promise<unknown>;
type LooseFaults = Readonly<Record<string, Readonly<Record<string, (real: Method, stores: Stores) => Method>>>>;
type LooseStores = Readonly<Record<string, Readonly<Record<string, Method>>>>;

/** Working stores with some methods broken, also inside transactions. */
function breakStores(stores: Stores, faults: Faults): Stores {
  const { transaction = (real) => real, ...portFaults } = faults;
  // Ports and methods are matched by name here; the type of `Faults` has checked them.
  const [ports, methods] = [stores as unknown as LooseStores, portFaults as unknown as LooseFaults];
  const replaced = Object.entries(methods).map(([port, faulty]) => {
    const real = ports[port] ?? {};
    const entries = Object.entries(faulty).map(([name, fault]) => {
      const method = real[name];
      if (!method) throw new Error(`there is no ${port}.${name}`);
      return [name, fault(method, stores)];
    });
    return [port, { ...real, ...Object.fromEntries(entries) }];
  });
  const real: Stores["transaction"] = (work) => stores.transaction((tx) => work(breakStores(tx, faults)));
  const broken: Stores = { ...stores, ...Object.fromEntries(replaced) };
  return { ...broken, transaction: transaction(real, broken) };
}

type AnyMethod = (...args: never[]) => Promise<unknown>;
type Result<F extends AnyMethod> = Awaited<ReturnType<F>>;

/** A method that works and then tells something else. */
export function tells<F extends AnyMethod>(
  change: (result: Result<F>, ...args: Parameters<F>) => Result<F>,
): (real: F) => F {
  const broken =
    (real: F) =>
    async (...args: Parameters<F>) =>
      change((await real(...args)) as Result<F>, ...args);
  // The signature is that of `real`, which TypeScript can't follow through `Parameters` and `ReturnType`.
  return broken as unknown as (real: F) => F;
}

/** A method that works on something else. */
export function takes<F extends AnyMethod>(
  change: (...args: Parameters<F>) => Readonly<Parameters<F>>,
): (real: F) => F {
  const broken =
    (real: F) =>
    async (...args: Parameters<F>) =>
      real(...change(...args));
  // As above.
  return broken as unknown as (real: F) => F;
}

/** What an encoding of three bytes per character leaves of a text. */
export function narrow(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]/gu, "?");
}

/** A page after which the next one begins a row too late. */
export function skipsRow<T>({ items, nextCursor }: Page<T>): Page<T> {
  return { items, nextCursor: nextCursor && String(Number(nextCursor) + 1) };
}

/** A method that does nothing and tells a fixed result. */
export function merelyTells<R>(result: R) {
  return () => async (): Promise<R> => result;
}

/** Stores whose methods work on the rows of every tenant at once. New rows keep their tenant. */
export function mixTenants(stores: Stores): Stores {
  const writesNew = /^(insert|open$|add$|put)/;
  // As above: ports and methods by name.
  const ports = Object.entries(stores as unknown as LooseStores).map(([port, methods]) => {
    if (typeof methods === "function") return [port, methods];
    const mixed = Object.entries(methods).map(([name, method]) => {
      if (port === "tenants" ? name !== "update" && name !== "changesSince" : writesNew.test(name))
        return [name, method];
      return [name, inEveryTenant(method, stores)];
    });
    return [port, Object.fromEntries(mixed)];
  });
  return Object.fromEntries(ports) as Stores;
}

function inEveryTenant(method: Method, stores: Stores): Method {
  return async (...args) => {
    const own = tenantOf(args[0]);
    if (own === undefined) return method(...args);
    const results = [await method(...args)];
    for (const { id } of await stores.tenants.list()) {
      if (id === own) continue;
      const moved = typeof args[0] === "number" ? [id, ...args.slice(1)] : [inTenant(args[0], id), ...args.slice(1)];
      results.push(await method(...moved));
    }
    return results.reduce(union);
  };
}

function tenantOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return tenantOf(value[0]);
  if (typeof value !== "object" || value === null) return undefined;
  return "tenantId" in value && typeof value.tenantId === "number" ? value.tenantId : undefined;
}

function inTenant(value: unknown, tenantId: number): unknown {
  if (Array.isArray(value)) return value.map((each) => inTenant(each, tenantId));
  if (typeof value !== "object" || value === null) return value;
  const moved = Object.entries(value).map(([key, part]) => [
    key,
    key === "tenantId" ? tenantId : inTenant(part, tenantId),
  ]);
  return Object.fromEntries(moved);
}

/** Both results in one: lists are joined, figures added, and the first thing found stands. */
function union(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (typeof a === "boolean" && typeof b === "boolean") return a || b;
  if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
    return Object.fromEntries([...keys].map((key) => [key, union(left.get(key), right.get(key))]));
  }
  return a ?? b;
}

/** A broken implementation, and the facts that it must be caught by. */
export interface Broken<H> {
  readonly harness: H;
  readonly caughtBy: readonly string[];
}

/** Memory stores with some methods broken. */
export function broken(faults: Faults, caughtBy: readonly string[]): Broken<StoresHarness> {
  return brokenBy((stores) => breakStores(stores, faults), caughtBy);
}

/** Memory stores behind a broken wrapper. */
export function brokenBy(wrap: (stores: Stores) => Stores, caughtBy: readonly string[]): Broken<StoresHarness> {
  return { harness: { open: async () => wrap(memoryStores()), reopen: async (stores) => stores }, caughtBy };
}

/** Memory stores that begin anew when they are reopened. */
export function forgetful(caughtBy: readonly string[]): Broken<StoresHarness> {
  return { harness: { open: async () => memoryStores(), reopen: async () => memoryStores() }, caughtBy };
}

/**
 * Tests that every case of a suite can fail: each broken implementation is caught by the facts that it names, and every
 * fact catches one. Caught means an assertion or an error of the store, never an accident such as a `TypeError`.
 */
export function provesEveryCase<H>(
  suite: (harness: H) => readonly ConformanceCase[],
  table: Readonly<Record<string, Broken<H>>>,
): void {
  for (const [title, { harness, caughtBy }] of Object.entries(table)) {
    const cases = suite(harness);
    test.each(caughtBy)(`an implementation that ${title} is caught by: %s`, async (fact) => {
      const found = cases.filter(({ name }) => factOf(name) === fact);
      expect(found).toHaveLength(1);
      const [outcome] = await Promise.allSettled(found.map(({ run }) => run()));
      const error: unknown = outcome?.status === "rejected" ? outcome.reason : undefined;
      expect(error instanceof AssertionError || RecallKitError.is(error), String(error)).toBe(true);
    });
  }

  test("every fact catches a broken implementation", () => {
    const caught = new Set(Object.values(table).flatMap(({ caughtBy }) => caughtBy));
    const facts = Object.values(table).flatMap(({ harness }) => suite(harness).map(({ name }) => factOf(name)));
    expect([...new Set(facts)].filter((fact) => !caught.has(fact))).toEqual([]);
  });
}

/** The name of a case without its area. */
function factOf(name: string): string {
  return name.slice(name.indexOf(": ") + 2);
}

/** Orders with a column overwritten on the way in. */
export const rewritten = (change: (order: OrderWrite) => Partial<OrderWrite>): Faults => ({
  orders: {
    insertMany: takes((orders) => [orders.map((order) => ({ ...order, ...change(order) }))]),
    updateMany: takes((orders) => [orders.map((order) => ({ ...order, ...change(order) }))]),
  },
});
