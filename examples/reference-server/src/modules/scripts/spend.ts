import type { ScriptBudget, ScriptTokens } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import { type ScriptDatabase, scriptTables } from "./tables.js";

/** What tokens cost, major units of the tenant's currency for a million. */
export interface TokenPrices {
  readonly prompt: number;
  readonly completion: number;
}

/** What a tenant may spend on a day. */
export interface DailyLimits {
  readonly tokens: number;
  /** Major units; undefined: only tokens are limited. */
  readonly cost: number | undefined;
}

/** What was spent on a day. */
export interface DaySpend {
  readonly calls: number;
  readonly tokens: number;
  /** Millionths of a major unit. */
  readonly costMicros: number;
}

/** Millionths of a major unit that tokens cost: a price for a million tokens is a price in millionths for one. */
export function costMicros({ prompt, completion }: ScriptTokens, prices: TokenPrices): number {
  return Math.ceil(prompt * prices.prompt + completion * prices.completion);
}

/** What was spent on a day, calls that are being made included. */
export async function spentOn(database: ScriptDatabase, tenantId: number, day: string): Promise<DaySpend> {
  const row = await scriptTables(database)
    .selectFrom("rk_script_spend")
    .select(["calls", "tokens", "cost_micros"])
    .where("tenant_id", "=", tenantId)
    .where("day", "=", day)
    .executeTakeFirst();
  return { calls: row?.calls ?? 0, tokens: row?.tokens ?? 0, costMicros: row?.cost_micros ?? 0 };
}

/**
 * A budget of a day in the ledger. A call takes its room in one statement that fits or does nothing, so that processes never
 * spend more together than one may alone; a process that dies in a call leaves the room taken.
 */
export function ledgerBudget(
  stores: SqlStores,
  {
    tenantId,
    day,
    limits,
    prices,
  }: {
    readonly tenantId: number;
    readonly day: string;
    readonly limits: DailyLimits;
    readonly prices: TokenPrices;
  },
): ScriptBudget {
  const mostCost = limits.cost === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(limits.cost * 1_000_000);

  async function add(tokens: number, cost: number, calls: number, isLimited: boolean): Promise<boolean> {
    let change = scriptTables(stores)
      .updateTable("rk_script_spend")
      .set((set) => ({
        calls: set("calls", "+", calls),
        tokens: set("tokens", "+", tokens),
        cost_micros: set("cost_micros", "+", cost),
      }))
      .where("tenant_id", "=", tenantId)
      .where("day", "=", day);
    if (isLimited) {
      change = change.where("tokens", "<=", limits.tokens - tokens).where("cost_micros", "<=", mostCost - cost);
    }
    return (await change.executeTakeFirst()).numUpdatedRows > 0n;
  }

  return {
    async reserve({ tokens }) {
      const count = tokens.prompt + tokens.completion;
      const cost = costMicros(tokens, prices);
      await makeDay(stores, tenantId, day);
      if (!(await add(count, cost, 1, true))) return undefined;
      return {
        async settle(used) {
          await add(used.prompt + used.completion - count, costMicros(used, prices) - cost, 0, false);
        },
      };
    },
  };
}

async function makeDay(stores: SqlStores, tenantId: number, day: string): Promise<void> {
  await stores.transaction(async (tx) => {
    const db = scriptTables(tx);
    const mine = db
      .selectFrom("rk_script_spend")
      .select("day")
      .where("tenant_id", "=", tenantId)
      .where("day", "=", day);
    if (await mine.executeTakeFirst()) return;
    const row = { tenant_id: tenantId, day, calls: 0, tokens: 0, cost_micros: 0 };
    await repeatIfTaken(() => db.insertInto("rk_script_spend").values(row).execute());
  });
}
