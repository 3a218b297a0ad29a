import type { HeldSpend, SpendEntry, SpendPeriod, SpendStore } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { toColumns } from "../columns.js";
import { goneMeanwhile } from "../constraint-error.js";
import type { SqlContext } from "../context.js";

/** What messages cost, in SQL. */
export function spendStore(context: SqlContext): SpendStore {
  const { db, dialect } = context;
  return {
    hold: (tenantId, channel, periods) =>
      context.atomic(async (tx) => {
        const held = () =>
          sumsOf(tx, tenantId, channel, periods)
            .$if(dialect.holding !== undefined, (query) => query.modifyEnd(dialect.holding?.exclusive ?? sql``))
            .execute();
        const before = await held();
        const missing = periods.filter((name) => !before.some(({ period }) => period === name));
        for (const period of missing) {
          const row = { tenant_id: tenantId, channel, period, units: 0, amount_minor: 0 };
          await dialect.insertIfAbsent(tx, "rk_spend_periods", row);
        }
        const rows = missing.length > 0 ? await held() : before;
        return periods.map((name) => {
          const row = rows.find(({ period }) => period === name);
          if (row) return row;
          throw goneMeanwhile();
        });
      }),
    charge: (entry) =>
      context.atomic(async (tx) => {
        const before = await entryOf(tx, entry.tenantId, entry.batchId);
        if (before) await add(tx, before, -before.leftUnits, -before.leftMinor);
        const row = toColumns({ ...entry, leftUnits: entry.units, leftMinor: entry.amountMinor });
        if (before) {
          const { tenant_id, batch_id, ...written } = row;
          await tx
            .updateTable("rk_spend")
            .set(written)
            .where("tenant_id", "=", tenant_id)
            .where("batch_id", "=", batch_id)
            .execute();
        } else await tx.insertInto("rk_spend").values(row).execute();
        await add(tx, entry, entry.units, entry.amountMinor);
      }),
    get: (tenantId, batchId) => entryOf(db, tenantId, batchId),
    lower: (tenantId, batchId, { units, amountMinor }) =>
      context.atomic(async (tx) => {
        const entry = await entryOf(tx, tenantId, batchId);
        if (!entry || (entry.leftUnits === units && entry.leftMinor === amountMinor)) return;
        await tx
          .updateTable("rk_spend")
          .set({ left_units: units, left_minor: amountMinor })
          .where("tenant_id", "=", tenantId)
          .where("batch_id", "=", batchId)
          .execute();
        await add(tx, entry, units - entry.leftUnits, amountMinor - entry.leftMinor);
      }),
    sums: async (tenantId, channel, periods) =>
      periods.length === 0 ? [] : sumsOf(db, tenantId, channel, periods).execute(),
  };
}

/** Sums by period, in the order in which everybody holds them. */
function sumsOf(db: Kysely<Database>, tenantId: number, channel: string, periods: readonly string[]) {
  return db
    .selectFrom("rk_spend_periods")
    .select(["id", "period", "units", "amount_minor as amountMinor"])
    .where("tenant_id", "=", tenantId)
    .where("channel", "=", channel)
    .where("period", "in", periods)
    .orderBy("period")
    .$castTo<SpendPeriod>();
}

/** Adds to the sums of a day and its month. */
async function add(
  db: Kysely<Database>,
  { tenantId, channel, day }: Pick<SpendEntry, "tenantId" | "channel" | "day">,
  units: number,
  amountMinor: number,
): Promise<void> {
  await sql`update rk_spend_periods set units = units + ${units}, amount_minor = amount_minor + ${amountMinor}
    where tenant_id = ${tenantId} and channel = ${channel} and period in (${day}, ${day.slice(0, 7)})`.execute(db);
}

async function entryOf(db: Kysely<Database>, tenantId: number, batchId: number): Promise<HeldSpend | undefined> {
  return db
    .selectFrom("rk_spend")
    .select(["tenant_id as tenantId", "batch_id as batchId", "channel", "day", "people", "units", "at"])
    .select(["amount_minor as amountMinor", "least_units as leastUnits", "least_minor as leastMinor"])
    .select(["left_units as leftUnits", "left_minor as leftMinor"])
    .where("tenant_id", "=", tenantId)
    .where("batch_id", "=", batchId)
    .executeTakeFirst();
}
