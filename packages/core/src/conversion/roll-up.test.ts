import { describe, expect, test } from "vitest";
import { StorageError } from "../errors.js";
import { memoryStores } from "../memory/index.js";
import type { ConversionStore } from "../ports/conversion-store.js";
import type { Stores } from "../ports/stores.js";
import { virtualClock } from "../testing/index.js";
import type { ConversionQuery } from "./report.js";
import { byRollUp, dropRollUp, rollUpConversions } from "./roll-up.js";

const DAY = 86_400_000;
const query: ConversionQuery = { tenantId: 1, asOf: 9, windowMs: 7 * DAY, statuses: [] };

/** Stores whose steps are told one after the other; the last one again and again. */
function told(...steps: readonly (Awaited<ReturnType<ConversionStore["rollUp"]>> | StorageError)[]) {
  const stores = memoryStores();
  let asked = 0;
  const rollUp: ConversionStore["rollUp"] = async () => {
    const step = steps[Math.min(asked, steps.length - 1)];
    asked += 1;
    if (step instanceof StorageError) throw step;
    return step;
  };
  const context = (more: Partial<Stores> = {}) => ({
    stores: { ...stores, ...more, conversions: { ...stores.conversions, rollUp } },
    clock: virtualClock(0),
  });
  return { context, asked: () => asked };
}

const BEHIND = { revision: 1, isCurrent: false };
const CURRENT = { revision: 2, isCurrent: true };

describe("a report", () => {
  test("reads what is left, and asks for credits that are kept", async () => {
    const { context, asked } = told(BEHIND, BEHIND, CURRENT);
    expect(await byRollUp(context(), query)).toEqual({ ...query, fromRollUp: true });
    expect(asked()).toBe(3);
  });

  test("searches where none are kept, and where more is left than it would read", async () => {
    expect(await byRollUp(told(undefined).context(), query)).toEqual(query);
    const { context, asked } = told(BEHIND);
    expect(await byRollUp(context(), query)).toEqual(query);
    expect(asked()).toBe(8);
  });

  test("searches without a look as of an instant, over a longer window, and within a transaction", async () => {
    const { context, asked } = told(CURRENT);
    for (const other of [
      { ...query, pushesAsOf: 9 },
      { ...query, windowMs: 7 * DAY + 1 },
    ])
      expect(await byRollUp(context(), other)).toEqual(other);
    expect(await byRollUp(context({ inTransaction: () => true }), query)).toEqual(query);
    expect(asked()).toBe(0);
  });

  test("searches while nothing can be written", async () => {
    expect(await byRollUp(told(new StorageError("storage.busy", "busy")).context(), query)).toEqual(query);
    const { context } = told(new StorageError("transaction.aborted", "over"));
    await expect(byRollUp(context(), query)).rejects.toMatchObject({ code: "transaction.aborted" });
  });
});

describe("keeping credits", () => {
  test("goes on until nothing is left, or until it is told to stop", async () => {
    const { context, asked } = told(BEHIND, BEHIND, CURRENT);
    expect(await rollUpConversions(context(), 1)).toEqual({ revision: 2 });
    expect(asked()).toBe(3);
    const signal = AbortSignal.abort();
    await expect(rollUpConversions(told(BEHIND).context(), 1, { signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("is nothing to stores in memory", async () => {
    const context = { stores: memoryStores(), clock: virtualClock(0) };
    expect(await rollUpConversions(context, 1)).toEqual({ revision: 0 });
    await dropRollUp(context, 1);
    expect(await byRollUp(context, query)).toEqual({ ...query, fromRollUp: true });
  });
});
